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
const admin = new pg.Client(DATABASE_URL);
await admin.connect();

/** Writes a span, and stops once its batch is under way: how long that takes, or undefined where it does not end. */
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
	const { rows } = await admin.query(
		`select pid, pg_blocking_pids(pid) as waits_for, left(query, 40) as query from pg_stat_activity
		where wait_event_type = 'Lock'`,
	);
	for (const row of rows) console.log('waiting:', row);
	const began = performance.now();
	const ended = await Promise.race([mastra.shutdown().then(() => true), delay(LIMIT_MS, false)]);
	return ended ? Math.round(performance.now() - began) : undefined;
}

const control = await stop();
console.log(`control: shutdown() took ${control} ms`);
const locker = new pg.Client(DATABASE_URL);
await locker.connect();
await locker.query('begin; lock table mastra_ai_spans in access exclusive mode');
const found = await stop();
console.log(
	`with mastra_ai_spans locked: shutdown() ${found === undefined ? `has not ended after ${LIMIT_MS} ms` : `took ${found} ms`}`,
);
process.exit(control !== undefined && found === undefined ? 0 : 1);
