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

/** Seconds until an orphaned job that expires after one second is retried, up to eight, and who waits in the end. */
async function retried(options: ConstructorOptions) {
	const quick = { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 };
	const boss = new PgBoss({ connectionString, schema, ...quick, ...options });
	boss.on('error', ({ message }) => console.log(`error event: ${message}`));
	await boss.start();
	await boss.createQueue('work', { expireInSeconds: 1 });
	await holder.query(`begin; lock table ${schema}.warning in access exclusive mode`);
	await boss.send('work', {});
	const [orphan] = await boss.fetch('work');
	await boss.insert('work', [{}, {}, {}]);
	const began = Date.now();
	let seconds = Number.POSITIVE_INFINITY;
	while (seconds === Number.POSITIVE_INFINITY && Date.now() - began < 8000) {
		const [job] = await boss.findJobs('work', { id: orphan?.id ?? '' });
		if (job?.state !== 'active') seconds = (Date.now() - began) / 1000;
		await delay(100);
	}
	const { rows: waiting } = await admin.query(
		`select format('%s waits for %s: %s', pid, pg_blocking_pids(pid), left(regexp_replace(query, '\\s+', ' ', 'g'), 90)) as text
		from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
	);
	await holder.query('rollback');
	await boss.stop();
	await admin.query(`drop schema ${schema} cascade`);
	return { seconds, waiting: waiting.map(({ text }) => text) };
}

const backlog = { warningQueueSize: 1 };
const emitted = await retried(backlog);
const kept = await retried({ ...backlog, persistWarnings: true });
await Promise.all([admin.end(), holder.end()]);

console.log('with the table of warnings locked, an orphaned job is retried after (s):', { emitted, kept });
process.exitCode = emitted.seconds < 8 && kept.seconds === Number.POSITIVE_INFINITY ? 0 : 1;
