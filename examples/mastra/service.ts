/** The product's HTTP API. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { mastra, Ticket } from './product.ts';
import * as runs from './runs.ts';

const ROUTES: readonly (readonly [RegExp, (run: string) => Promise<unknown>])[] = [
	[/^\/health$/, async () => ({ status: 'up' })],
	[/^\/runs$/, runs.all],
	[/^\/threads$/, runs.threads],
	[/^\/runs\/([\w-]+)$/, runs.find],
	[/^\/runs\/([\w-]+)\/messages$/, runs.messagesOf],
	[/^\/runs\/([\w-]+)\/incidents$/, runs.incidentsOf],
	[/^\/runs\/([\w-]+)\/replay$/, runs.replay],
	[/^\/traces$/, runs.traces],
	[/^\/traces\/flush$/, runs.flush],
];

async function answer(request: IncomingMessage): Promise<unknown> {
	if (request.method === 'POST' && request.url === '/runs')
		return runs.perform(Ticket.parse(await json(request)));
	for (const [path, read] of ROUTES) {
		const found = request.method === 'GET' ? path.exec(request.url ?? '') : null;
		if (found !== null) return read(found[1] ?? '');
	}
	throw new runs.Missing('no such page');
}

function send(response: ServerResponse, status: number, body: unknown): void {
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Requests under way that a stop waits for: those of facts. */
const owed = new Set<Promise<void>>();

const server = createServer((request, response) => {
	const answered = answer(request).then(
		(body) => send(response, 200, body),
		(error) => {
			const missing = error instanceof runs.Missing;
			if (!missing) console.error(error);
			send(response, missing ? 404 : 503, {
				error: missing ? error.message : 'the request could not be completed',
			});
		},
	);
	if (request.url?.startsWith('/traces')) return;
	owed.add(answered);
	answered.finally(() => owed.delete(answered));
});

async function stop(): Promise<void> {
	server.close();
	while (owed.size > 0) await Promise.allSettled(owed);
	await mastra.shutdown();
	process.exit(0);
}

process.once('SIGTERM', stop);
// Without its tables it ends here, and whoever supervises it knows.
await mastra.getStorage()?.init();
await runs.recover();
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
