/**
 * A stop waits for telemetry, without a limit: `mastra.shutdown()` closes the pool, and a pool closes when its last query
 * has ended, that of a batch of spans which waits for a lock among them. DATABASE_URL: a database to try things in.
 * Exit 0: it is so.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Mastra } from '@mastra/core/mastra';
import { MastraStorageExporter, Observability } from '@mastra/observability';
import { PostgresStore } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL } = process.env;
const LIMIT_MS = 10_000;
const [admin, locker] = [new pg.Client(DATABASE_URL), new pg.Client(DATABASE_URL)];
await Promise.all([admin.connect(), locker.connect()]);
const { rows: holders } = await locker.query('select pg_backend_pid() as pid');

/** The statements that wait for the lock's holder now. */
async function waiting() {
	const { rows } = await admin.query(
		`select left(query, 40) as query from pg_stat_activity
		where datname = current_database() and wait_event_type = 'Lock' and $1 = any(pg_blocking_pids(pid))`,
		[holders[0].pid],
	);
	return rows.map(({ query }) => query);
}

/** Writes a span, and stops once its batch is under way: how long that takes where it ends, and who waits. */
async function stop() {
	const mastra = new Mastra({
		logger: false,
		storage: new PostgresStore({ id: 'storage', connectionString: DATABASE_URL }),
		observability: new Observability({
			configs: { default: { serviceName: 'finding', exporters: [new MastraStorageExporter()] } },
		}),
	});
	await mastra.getStorage().init();
	mastra.observability.getDefaultInstance().startSpan({ type: 'generic', name: 'span' }).end();
	await delay(6000); // a batch is written after five seconds
	const before = await waiting();
	const began = performance.now();
	const ended = await Promise.race([mastra.shutdown().then(() => true), delay(LIMIT_MS, false)]);
	const ms = Math.round(performance.now() - began);
	const shutdown = ended ? `took ${ms} ms` : `has not ended after ${ms} ms`;
	return { shutdown, ended, before, after: await waiting() };
}

const control = await stop();
console.log('control:', control);
await locker.query('begin; lock table mastra_ai_spans in access exclusive mode');
const found = await stop();
console.log('with mastra_ai_spans locked:', found);
const writes = (waits) => waits.length === 1 && waits[0].startsWith('INSERT INTO "public"."mastra_ai_spans"');
const free = control.ended && control.before.length === 0;
process.exit(free && !found.ended && writes(found.before) && writes(found.after) ? 0 : 1);
