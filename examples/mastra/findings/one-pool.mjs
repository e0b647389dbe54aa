/**
 * Spans and facts share one pool of twenty connections: while the table of spans is locked, every batch of a thousand
 * spans keeps one, and after twenty batches a read of a thread waits without a limit. DATABASE_URL: a database to
 * try things in. Exit 0: it is so.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Mastra } from '@mastra/core/mastra';
import { MastraStorageExporter, Observability } from '@mastra/observability';
import { PostgresStore } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL } = process.env;
const LIMIT_MS = 10_000;
const SPANS = 21_000;

const mastra = new Mastra({
	logger: false,
	storage: new PostgresStore({ id: 'storage', connectionString: DATABASE_URL }),
	observability: new Observability({
		configs: { default: { serviceName: 'finding', exporters: [new MastraStorageExporter()] } },
	}),
});
const memory = await mastra.getStorage().getStore('memory');

/** Milliseconds of a read of a thread while spans are written, undefined where it does not end. */
async function read() {
	for (let span = 0; span < SPANS; span += 1) {
		const event = { type: 'generic', name: 'span', isEvent: true };
		mastra.observability.getDefaultInstance().startSpan(event);
		if (span % 100 === 0) await delay(50); // some 2,000 spans a second: a hundred runs of an agent
	}
	const began = performance.now();
	const answered = memory.getThreadById({ threadId: 'thread' }).then(() => true);
	const ended = await Promise.race([answered, delay(LIMIT_MS, false)]);
	return ended ? Math.round(performance.now() - began) : undefined;
}

const control = await read();
console.log(`control: a thread was read in ${control} ms`);
await mastra.observability.flush();
const locker = new pg.Client(DATABASE_URL);
await locker.connect();
await locker.query('begin; lock table mastra_ai_spans in access exclusive mode');
const found = await read();
console.log(
	`with mastra_ai_spans locked: a thread was ${found === undefined ? `not read after ${LIMIT_MS} ms` : `read in ${found} ms`}`,
);
const { rows } = await locker.query(
	`select count(*)::int as backends, left(query, 40) as query, wait_event_type, wait_event,
		bool_and(pg_backend_pid() = any(pg_blocking_pids(pid))) as for_the_lock from pg_stat_activity
	where datname = current_database() and pid <> pg_backend_pid() group by 2, 3, 4`,
);
for (const row of rows) console.log('backends:', row);
const [{ backends, query, for_the_lock: held }] = rows;
const whole = rows.length === 1 && backends === 20 && held && /^INSERT INTO .*mastra_ai_spans/.test(query);
process.exit(control !== undefined && found === undefined && whole ? 0 : 1);
