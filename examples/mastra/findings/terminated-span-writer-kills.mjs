/**
 * A connection that is cut off (by an administrator, a fail-over, a proxy) while it writes spans ends the whole process:
 * they are written in a transaction of `tx()`, and the client that it has checked out has no listener for its error. The
 * same transaction with such a listener is the control. Messages, which are facts, are written in `tx()` as well, and
 * die of it in the same way. DATABASE_URL: a database to try things in, as a superuser. Exit 0: it is so.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Mastra } from '@mastra/core/mastra';
import { MastraStorageExporter, Observability } from '@mastra/observability';
import { PostgresStore } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL } = process.env;

const LIMIT_MS = 20_000;

/** The table that is locked, so that its writer waits there and can be cut off. */
const TABLES = { spans: 'mastra_ai_spans', messages: 'mastra_messages' };

/** What the caller of a write hears that was cut off, in a process that lives; of a batch of spans nobody is told. */
const TOLD = { messages: 'MASTRA_STORAGE_PG_SAVE_MESSAGES_FAILED' };

/** What writes there. */
const ACTS = {
	async spans(storage) {
		const exporters = [new MastraStorageExporter()];
		const observability = new Observability({ configs: { default: { serviceName: 'finding', exporters } } });
		const mastra = new Mastra({ logger: false, storage, observability });
		mastra.observability.getDefaultInstance().startSpan({ type: 'generic', name: 'span' }).end();
	},
	async messages(storage) {
		const memory = await storage.getStore('memory');
		const now = new Date();
		const of = { resourceId: 'someone', createdAt: now };
		await memory.saveThread({ thread: { ...of, id: 'thread', title: 'A fact', updatedAt: now } });
		const content = { format: 2, parts: [{ type: 'text', text: 'a fact' }] };
		await memory.saveMessages({
			messages: [{ ...of, id: 'message', threadId: 'thread', role: 'user', content }],
		});
	},
};

if (process.send === undefined) await look();
else await work(...process.argv.slice(2));

/** A process that does one thing when it is told to, says what came of it, and lives on. */
async function work(what, guard) {
	const storage = new PostgresStore({ id: 'storage', connectionString: DATABASE_URL });
	if (guard === 'listener')
		storage.pool.on('connect', (client) =>
			client.on('error', ({ message }) => console.log('  the listener was told:', message)),
		);
	await storage.init();
	// Lives until whoever began it has ended.
	process.once('disconnect', () => process.exit());
	process.send('ready');
	await once(process, 'message');
	await ACTS[what](storage).catch(({ id }) => process.send({ told: id }));
}

/** Cuts off the backend that does this, with or without a listener on its client: how its process ended, if it did. */
async function cut(what, guard) {
	const [admin, holder] = [new pg.Client(DATABASE_URL), new pg.Client(DATABASE_URL)];
	await Promise.all([admin.connect(), holder.connect()]);
	const child = fork(import.meta.filename, [what, guard], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
	const stderr = text(child.stderr);
	let told;
	child.on('message', (message) => {
		told = message.told;
	});
	console.log(`${what}, ${guard}:`);
	await once(child, 'message');
	await holder.query(`begin; lock table ${TABLES[what]} in access exclusive mode`);
	child.send('go');
	const began = Date.now();
	for (let cutOff = 0; cutOff === 0; await delay(50)) {
		if (Date.now() - began > LIMIT_MS) throw new Error(`nothing has come to write ${what}`);
		const { rows } = await admin.query(
			`select left(query, 45) as statement, pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock' and starts_with(query, $1)`,
			[`INSERT INTO "public"."${TABLES[what]}"`],
		);
		cutOff = rows.length;
		for (const row of rows) console.log('  terminated:', row.statement);
	}
	await holder.query('rollback');
	await Promise.race([once(child, 'exit'), delay(3000)]);
	const { exitCode, signalCode } = child;
	const lives = exitCode === null && signalCode === null;
	child.kill();
	await Promise.all([admin.end(), holder.end()]);
	const said = /Unhandled 'error' event.*?Error: ([^\n]*)/s.exec(await stderr)?.[1];
	if (told !== undefined) console.log('  the caller was told:', told);
	console.log(
		lives ? '  the process lives' : `  the process has ended with ${exitCode ?? signalCode}: ${said}`,
	);
	return { lives, exitCode, said, told };
}

async function look() {
	const outcomes = [];
	for (const what of Object.keys(TABLES)) {
		const control = await cut(what, 'listener');
		const found = await cut(what, 'no listener');
		outcomes.push(
			control.lives &&
				control.told === TOLD[what] &&
				found.exitCode === 1 &&
				found.said === 'Connection terminated unexpectedly',
		);
	}
	const spans = new pg.Client(DATABASE_URL);
	await spans.connect();
	const { rows } = await spans.query('select name from mastra_ai_spans');
	await spans.end();
	console.log('spans in the table, only that of the process that lived:', rows.length);
	process.exit(outcomes.every(Boolean) && rows.length === 1 ? 0 : 1);
}
