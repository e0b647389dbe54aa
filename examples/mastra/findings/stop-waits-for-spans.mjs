/**
 * A stop waits for telemetry, without a limit: `mastra.shutdown()` closes its pools, and a pool closes when its last query
 * has ended, that of a batch of spans or a read of traces which waits for a lock among them. DATABASE_URL: a database to
 * try things in. Exit 0: it is so.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Mastra } from '@mastra/core/mastra';
import { MastraStorageExporter, Observability } from '@mastra/observability';
import { PostgresStore, PostgresStoreVNext } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL: connectionString } = process.env;
const LIMIT_MS = 5000;

const STORES = {
	PostgresStore: {
		table: 'mastra_ai_spans',
		make: () => new PostgresStore({ id: 'storage', connectionString }),
	},
	PostgresStoreVNext: {
		table: 'mastra_span_events',
		make: () =>
			new PostgresStoreVNext({ id: 'storage', connectionString, observability: { connectionString } }),
	},
};

/** What is under way when the stop comes, and the statement that this is. */
const ACTS = [
	{
		act: 'a batch of spans',
		statement: /^INSERT INTO "public"\."mastra_(ai_spans|span_events)"/,
		async begin(mastra) {
			mastra.observability.getDefaultInstance().startSpan({ type: 'generic', name: 'span' }).end();
			await delay(6000); // it is written after five seconds
		},
	},
	{
		act: 'a read of traces',
		statement: /^SELECT COUNT\(\*\)\S* (AS count )?FROM "public"\."mastra_(ai_spans|span_events)"/,
		async begin(mastra) {
			const observability = await mastra.getStorage().getStore('observability');
			observability.listTraces({}).catch(() => {});
			await delay(500);
		},
	},
];

/** How long a stop takes meanwhile, where it ends, and which statements wait for the lock's holder before and after it. */
async function stop({ table, make }, begin, lock) {
	const holder = new pg.Client(connectionString);
	await holder.connect();
	const waiting = async () => {
		const { rows } = await holder.query(
			`select left(query, 70) as query from pg_stat_activity where datname = current_database()
			and wait_event_type = 'Lock' and pg_backend_pid() = any(pg_blocking_pids(pid))`,
		);
		return rows.map(({ query }) => query);
	};
	const exporters = [new MastraStorageExporter()];
	const observability = new Observability({ configs: { default: { serviceName: 'finding', exporters } } });
	const mastra = new Mastra({ logger: false, storage: make(), observability });
	await mastra.getStorage().init();
	if (lock) await holder.query(`begin; lock table ${table} in access exclusive mode`);
	await begin(mastra);
	const before = await waiting();
	const began = performance.now();
	const stopping = mastra.shutdown();
	const ended = await Promise.race([stopping.then(() => true), delay(LIMIT_MS, false)]);
	const ms = Math.round(performance.now() - began);
	const after = await waiting();
	if (lock) await holder.query('rollback');
	await Promise.all([stopping, holder.end()]);
	return { shutdown: ended ? `took ${ms} ms` : `has not ended after ${ms} ms`, ended, before, after };
}

/** Whether it is as it is said to be, of one store. */
async function look([name, store]) {
	const held = [];
	for (const { act, statement, begin } of ACTS) {
		const control = await stop(store, begin, false);
		const found = await stop(store, begin, true);
		console.log(`${name}, ${act}:`, { control, [`${store.table} locked`]: found });
		const one = (waits) => waits.length === 1 && statement.test(waits[0]);
		const free = control.ended && control.before.length + control.after.length === 0;
		held.push(free && !found.ended && one(found.before) && one(found.after));
	}
	return held.every(Boolean);
}

// One after the other: two that make the same index at once fail, with `if not exists` too.
for (const { make } of Object.values(STORES)) {
	const storage = make();
	await storage.init();
	await storage.close();
}
const held = await Promise.all(Object.entries(STORES).map(look));
process.exit(held.every(Boolean) ? 0 : 1);
