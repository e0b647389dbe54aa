/**
 * pg-boss 12.38.0 with persistQueueStats. Reads of the statistics have no deadline and share the pool with everything
 * else: while the table of statistics is locked, ten getQueueStats(), as a dashboard makes them, leave no connection,
 * and send() fails after ten seconds.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

const schema = 'statistics_reads_starve_jobs';
const connectionString = process.env.DATABASE_URL ?? '';
const admin = new pg.Client({ connectionString });
const holder = new pg.Client({ connectionString });
await Promise.all([admin.connect(), holder.connect()]);

const boss = new PgBoss({ connectionString, schema, persistQueueStats: true, supervise: false });
boss.on('error', ({ message }) => console.log(`error event: ${message}`));
await boss.start();
await boss.createQueue('work');

/** How a send() ends, and after how many milliseconds. */
async function send() {
	const began = Date.now();
	const sent = boss.send('work', {}).then(
		() => 'sent',
		(error: Error) => error.message,
	);
	const outcome = await Promise.race([sent, delay(15_000, 'still waiting')]);
	return { outcome, ms: Date.now() - began };
}

const reads: Promise<unknown>[] = [];
const read = (times: number) => {
	for (let time = 0; time < times; time += 1) reads.push(boss.getQueueStats('work').catch(() => {}));
};

read(10);
const control = await send();
await holder.query(`begin; lock table ${schema}.queue_stats in access exclusive mode`);
read(1);
const one = await send();
read(9);
const ten = await send();
const { rows: waits } = await holder.query<{ statement: string }>(
	`select trim(regexp_replace(query, '\\s+', ' ', 'g')) as statement from pg_stat_activity
	where datname = current_database() and wait_event_type = 'Lock' and pg_backend_pid() = any(pg_blocking_pids(pid))`,
);
await holder.query('rollback');
await Promise.all(reads);
await boss.stop();
await admin.query(`drop schema ${schema} cascade`);
await Promise.all([admin.end(), holder.end()]);

const statement = waits[0]?.statement ?? '';
console.log(`waiting for the holder: ${waits.length} times`, statement);
console.log('send():', { 'ten reads, no lock': control, 'one read, locked': one, 'ten reads, locked': ten });
const reading = waits.filter((wait) => /^SELECT .* FROM \S+\.queue_stats\b/.test(wait.statement)).length;
const free = control.outcome === 'sent' && one.outcome === 'sent';
process.exitCode = free && /timeout exceeded/.test(ten.outcome) && reading === 10 ? 0 : 1;
