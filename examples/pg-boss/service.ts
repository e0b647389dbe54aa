/** A product around pg-boss: a run is a job, asked for over HTTP and answered once pg-boss says that it is over. */
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import { DEAD_LETTERS, settings } from './queues.ts';

interface Order {
	readonly key: string;
	readonly cost: number;
	readonly tool: string;
	readonly upstream: 'answers' | 'hangs';
}

const POLL_MS = 100;
const CONSUME_MS = 500;
const UPSTREAM_MS = 500;
/** What pg-boss says of a job whose last try it knows no end of: it was interrupted, and nobody is told that it failed. */
const INTERRUPTED = 'job timed out';
/** A job that is not over by then is not waited for, in milliseconds. */
const ANSWER_MS = 6_000;
/** What is owed an answer gets it before pg-boss is stopped, in milliseconds. */
const FINISH_MS = 5_000;

// Errors are kept as the output of their jobs: without stacks they say the same wherever this runs.
Error.stackTraceLimit = 0;

const boss = new PgBoss(settings(process.env.DATABASE_URL ?? ''));
boss.on('error', ({ message }) => console.error(`pg-boss: ${message}`));
await boss.start();

async function perform({ key, cost, tool, upstream }: Order) {
	if (cost > 1000) throw new Error(`budget exceeded: ${cost} of 1000`);
	if (tool === 'send_mail') throw new Error('policy violation: no mail may be sent');
	if (upstream === 'hangs') {
		await delay(UPSTREAM_MS);
		throw new Error('the upstream did not answer in time');
	}
	return { answer: `${key} is done` };
}

await boss.work<Order>(
	'runs',
	{ localConcurrency: 8, pollingIntervalSeconds: 0.5 },
	async ([job]) => job && perform(job.data),
);

/** The database may be away for a moment: that is said, and what asks asks again. */
async function unlessAway<Found, Instead>(what: string, asked: Promise<Found>, instead: Instead) {
	try {
		return await asked;
	} catch (error) {
		console.error(`${what}: ${(error as Error).message}`);
		return instead;
	}
}

/** Stands for workers that die: the first claim of a job is dropped, and nobody but pg-boss's own supervisor knows. */
async function consume() {
	while (!stopping) {
		const jobs = await unlessAway('fetch', boss.fetch<Order>('fragile', { batchSize: 10 }), []);
		// What could not be completed expires and is claimed again.
		for (const { id, retryCount, data } of jobs)
			if (retryCount > 0)
				await unlessAway('complete', boss.complete('fragile', id, await perform(data)), undefined);
		await delay(CONSUME_MS);
	}
}
let stopping = false;
const consuming = consume();

/** `runs.<uuid>`: pg-boss finds a job by its queue and its id. */
async function find(run: string) {
	const [queue = '', id = ''] = run.split('.');
	return boss.getJobById<Order>(queue, id);
}

async function execute(order: Order & { fragile?: boolean }) {
	const queue = order.fragile ? 'fragile' : 'runs';
	const run = `${queue}.${await boss.send(queue, order)}`;
	const deadline = performance.now() + ANSWER_MS;
	while (performance.now() < deadline) {
		const job = await unlessAway('find', find(run), null);
		if (JSON.stringify(job?.output)?.includes(INTERRUPTED) && job?.state === 'failed')
			throw new Error(`${run} was interrupted`);
		if (job?.state === 'completed' || job?.state === 'failed') return { run, state: job.state };
		await delay(POLL_MS);
	}
	throw new Error(`${run} is not over`);
}

const definition = ({
	name,
	policy,
	partition,
	retryLimit,
	expireInSeconds,
	deadLetter,
}: Awaited<ReturnType<typeof boss.getQueues>>[number]) => ({
	name,
	policy,
	partition,
	retryLimit,
	expireInSeconds,
	deadLetter,
});

const owed = new Set<Promise<unknown>>();

async function answer(method: string, path: string, body: string): Promise<unknown> {
	if (method === 'POST' && path === '/runs') {
		const run = execute(JSON.parse(body));
		owed.add(run);
		return run.finally(() => owed.delete(run));
	}
	const [, what, run = '', replay] = path.split('/');
	if (what === 'health') return { supervising: Number(boss.isMaintaining()) };
	if (what === 'incidents') return { incidents: await boss.findJobs(DEAD_LETTERS) };
	if (what === 'queues') return { queues: (await boss.getQueues()).map(definition) };
	if (what === 'schedules') return { schedules: await boss.getSchedules() };
	if (what === 'metrics') return { note: 'non-authoritative', series: await boss.getQueueStats('runs') };
	const job = what === 'runs' ? await find(run) : null;
	if (job === null) return undefined;
	const { data, state, output } = job;
	return replay ? { data, state, output } : job;
}

const server = createServer(async (request, response) => {
	let [status, content]: [number, unknown] = [200, undefined];
	try {
		const body = (await request.toArray()).join('');
		content = await answer(request.method ?? '', request.url ?? '', body);
		if (content === undefined) [status, content] = [404, { error: 'there is no such thing' }];
	} catch (error) {
		[status, content] = [503, { error: (error as Error).message }];
	}
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
});
server.listen(Number(process.env.PORT), '127.0.0.1');

process.once('SIGTERM', async () => {
	server.close();
	await Promise.race([Promise.allSettled(owed), delay(FINISH_MS)]);
	stopping = true;
	await consuming;
	await boss.stop();
	process.exit();
});
