/**
 * A connection that writes spans and is cut off (by an administrator, a fail-over, a proxy) ends the whole process: spans
 * are written in a transaction, and its client has no listener for its error. DATABASE_URL: a database to try things in,
 * as a superuser. Exit 0: it is so.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Mastra } from '@mastra/core/mastra';
import { MastraStorageExporter, Observability } from '@mastra/observability';
import { PostgresStore } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL } = process.env;
if (process.send === undefined) await look();
else await work();

/** A process that reads a thread or writes a span when it is told to, and lives on. */
async function work() {
	const mastra = new Mastra({
		logger: false,
		storage: new PostgresStore({ id: 'storage', connectionString: DATABASE_URL }),
		observability: new Observability({
			configs: { default: { serviceName: 'finding', exporters: [new MastraStorageExporter()] } },
		}),
	});
	const memory = await mastra.getStorage().getStore('memory');
	await memory.getThreadById({ threadId: 'thread' });
	setInterval(() => {}, 1000);
	process.send('ready');
	const [what] = await once(process, 'message');
	if (what === 'read')
		await memory
			.getThreadById({ threadId: 'thread' })
			.catch(({ id }) => console.log('the reader was told:', id));
	else mastra.observability.getDefaultInstance().startSpan({ type: 'generic', name: 'span' }).end();
}

/** Terminates the backend that does `what`, which waits for this table: whether its process lives on. */
async function survives(what, table) {
	const [admin, locker] = [new pg.Client(DATABASE_URL), new pg.Client(DATABASE_URL)];
	await Promise.all([admin.connect(), locker.connect()]);
	const child = fork(import.meta.filename);
	let code;
	child.once('exit', (ended) => {
		code = ended;
	});
	await once(child, 'message');
	await locker.query(`begin; lock table ${table} in access exclusive mode`);
	child.send(what);
	for (let terminated = []; terminated.length === 0; await delay(50)) {
		const { rows } = await admin.query(
			`select left(query, 40) as query, pg_terminate_backend(pid) as terminated from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock'`,
		);
		terminated = rows;
		for (const row of rows) console.log(row);
	}
	await locker.query('commit');
	await delay(2000);
	console.log(what, code === undefined ? 'the process lives' : `the process has ended with ${code}`);
	child.kill();
	await Promise.all([admin.end(), locker.end()]);
	return code === undefined;
}

async function look() {
	const control = await survives('read', 'mastra_threads');
	const found = await survives('write', 'mastra_ai_spans');
	process.exit(control && !found ? 0 : 1);
}
