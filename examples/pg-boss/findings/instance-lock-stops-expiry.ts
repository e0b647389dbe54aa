/**
 * pg-boss 12.38.0, default configuration. While somebody holds a lock on the registry of instances, no job expires:
 * the supervisor's pass ends with DELETE FROM instance, that statement waits without a deadline, and no other pass
 * begins meanwhile. A job whose worker died stays active for as long as the lock is held.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

const schema = 'instance_lock_stops_expiry';
const connectionString = process.env.DATABASE_URL ?? '';
const admin = new pg.Client({ connectionString });
const holder = new pg.Client({ connectionString });
await Promise.all([admin.connect(), holder.connect()]);

/** The statements that wait for the holder of the lock now. */
async function waiting(): Promise<string[]> {
	const { rows } = await holder.query<{ statement: string }>(
		`select left(trim(regexp_replace(query, '\\s+', ' ', 'g')), 90) as statement from pg_stat_activity
		where datname = current_database() and wait_event_type = 'Lock' and pg_backend_pid() = any(pg_blocking_pids(pid))`,
	);
	return rows.map(({ statement }) => statement);
}

/** Seconds until an orphaned job that expires after one second is retried, up to eight. */
async function secondsToRetry(boss: PgBoss): Promise<number> {
	await boss.send('work', {});
	const [orphan] = await boss.fetch('work');
	if (orphan === undefined) throw new Error('there is no orphan');
	const began = Date.now();
	while (Date.now() - began < 8000) {
		const [job] = await boss.findJobs('work', { id: orphan.id });
		if (job?.state !== 'active') return (Date.now() - began) / 1000;
		await delay(100);
	}
	return Number.POSITIVE_INFINITY;
}

const boss = new PgBoss({ connectionString, schema, superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 });
boss.on('error', ({ message }) => console.log(`error event: ${message}`));
await boss.start();
await boss.createQueue('work', { expireInSeconds: 1 });
const control = await secondsToRetry(boss);

await holder.query(`begin; lock table ${schema}.instance in access exclusive mode`);
await delay(1500);
const locked = await secondsToRetry(boss);
const waits = await waiting();
await holder.query('rollback');
await boss.stop();
await admin.query(`drop schema ${schema} cascade`);
await Promise.all([admin.end(), holder.end()]);

console.log('waiting for the holder:', waits);
console.log(`an orphaned job is retried after: ${control} s; with a lock on ${schema}.instance: ${locked} s`);
const housekeeping = waits.length === 1 && waits[0]?.startsWith(`DELETE FROM ${schema}.instance `);
process.exitCode = control < 8 && locked === Number.POSITIVE_INFINITY && housekeeping ? 0 : 1;
