/**
 * A connection that writes spans and is cut off (by an administrator, a fail-over, a proxy) ends the whole process: the
 * client of a transaction has no listener for its error. DATABASE_URL: a database to try things in, as a superuser.
 * Exit 0: it is so.
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

/** A process that writes one span, and then has nothing to do but to live. */
async function work() {
	const mastra = new Mastra({
		logger: false,
		storage: new PostgresStore({ id: 'storage', connectionString: DATABASE_URL }),
		observability: new Observability({
			configs: { default: { serviceName: 'finding', exporters: [new MastraStorageExporter()] } },
		}),
	});
	await mastra.getStorage().init();
	process.send('ready');
	await once(process, 'message');
	mastra.observability.getDefaultInstance().startSpan({ type: 'generic', name: 'span' }).end();
	setInterval(() => {}, 1000);
}

/** Terminates the backend that waits with this statement on the table of spans: whether the process lives on. */
async function survives(admin, statement) {
	const child = fork(import.meta.filename);
	let ended;
	child.once('exit', (code) => {
		ended = code;
	});
	await once(child, 'message');
	await admin.query(`begin; ${statement.lock}`);
	child.send('go');
	for (let terminated = false; !terminated && ended === undefined; await delay(50)) {
		const { rows } = await admin.query(
			`select left(query, 40) as query, pg_terminate_backend(pid) from pg_stat_activity
			where wait_event_type = 'Lock' and query ilike $1`,
			[statement.like],
		);
		for (const { query } of rows) console.log('terminated:', query);
		terminated = rows.length > 0;
	}
	await admin.query('commit');
	await delay(2000);
	child.kill();
	return ended === undefined;
}

async function look() {
	const admin = new pg.Client(DATABASE_URL);
	await admin.connect();
	const insert = { like: 'insert into%', lock: 'lock table mastra_ai_spans in access exclusive mode' };
	const update = { like: 'update%', lock: 'lock table mastra_ai_spans in access exclusive mode' };
	const control = await survives(admin, insert);
	console.log(
		'control: the backend of the insert, of no transaction: the process',
		control ? 'lives' : 'is dead',
	);
	const found = await survives(admin, update);
	console.log('the backend of the update, in a transaction: the process', found ? 'lives' : 'is dead');
	process.exit(control && !found ? 0 : 1);
}
