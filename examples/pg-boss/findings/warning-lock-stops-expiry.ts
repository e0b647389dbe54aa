/**
 * pg-boss 12.38.0 with persistWarnings. While somebody holds a lock on the table of warnings, a supervisor's pass that
 * has something to warn of does not come to expire jobs: INSERT INTO warning is awaited first and has no deadline, and
 * no other pass begins meanwhile. A job whose worker died stays active for as long as the lock is held.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';

const schema = 'warning_lock_stops_expiry';
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

/** Seconds until an orphaned job that expires after one second is retried, up to eight, warnings kept, and who waits. */
async function retried(lock: boolean, options: ConstructorOptions) {
	const quick = { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1, warningQueueSize: 1 };
	const boss = new PgBoss({ connectionString, schema, ...quick, ...options });
	boss.on('error', ({ message }) => console.log(`error event: ${message}`));
	let warned = 0;
	boss.on('warning', () => {
		warned += 1;
	});
	await boss.start();
	await boss.createQueue('work', { expireInSeconds: 1 });
	if (lock) await holder.query(`begin; lock table ${schema}.warning in access exclusive mode`);
	await boss.send('work', {});
	const [orphan] = await boss.fetch('work');
	if (orphan === undefined) throw new Error('there is no orphan');
	await boss.insert('work', [{}, {}, {}]);
	const began = Date.now();
	let seconds = Number.POSITIVE_INFINITY;
	while (seconds === Number.POSITIVE_INFINITY && Date.now() - began < 8000) {
		const [job] = await boss.findJobs('work', { id: orphan.id });
		if (job?.state !== 'active') seconds = (Date.now() - began) / 1000;
		await delay(100);
	}
	const waits = await waiting();
	if (lock) await holder.query('rollback');
	const { rows: kept } = await admin.query(`select from ${schema}.warning`);
	await boss.stop();
	await admin.query(`drop schema ${schema} cascade`);
	return { seconds, warned, kept: kept.length, waits };
}

const control = await retried(false, { persistWarnings: true });
const emitted = await retried(true, {});
const persisted = await retried(true, { persistWarnings: true });
await Promise.all([admin.end(), holder.end()]);

console.log('an orphaned job is retried after (s), with a backlog to warn of:');
console.log({ 'kept, nothing locked': control, 'emitted alone, locked': emitted, 'kept, locked': persisted });
const free = control.seconds < 8 && control.kept > 0 && emitted.seconds < 8 && emitted.warned > 0;
const waits =
	persisted.waits.length === 1 && persisted.waits[0]?.startsWith(`INSERT INTO ${schema}.warning `);
process.exitCode = free && persisted.seconds === Number.POSITIVE_INFINITY && waits ? 0 : 1;
