/**
 * pg-boss 12.38.0, default configuration. stop({ timeout: 1000 }) does not return while the registry of instances is
 * locked: it waits for UPDATE instance, and for a supervisor's pass that waits for DELETE FROM instance, and neither
 * wait is part of the timeout. Stopping without being graceful waits as long.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';

const schema = 'instance_lock_stops_stop';
const connectionString = process.env.DATABASE_URL ?? '';
const admin = new pg.Client({ connectionString });
const holder = new pg.Client({ connectionString });
await Promise.all([admin.connect(), holder.connect()]);

/** Milliseconds that a stop takes, up to eight seconds; with the registry locked, what waits meanwhile. */
async function stop(lock: boolean, options: ConstructorOptions, graceful = true) {
	const boss = new PgBoss({ connectionString, schema, ...options });
	boss.on('error', ({ message }) => console.log(`error event: ${message}`));
	await boss.start();
	if (lock) await holder.query(`begin; lock table ${schema}.instance in access exclusive mode`);
	await delay(2500);
	const began = Date.now();
	const stopped = boss.stop({ timeout: 1000, graceful }).then(() => Date.now() - began);
	const ms = await Promise.race([stopped, delay(8000, Number.POSITIVE_INFINITY)]);
	const { rows: waiting } = await admin.query(
		`select format('%s waits for %s: %s', pid, pg_blocking_pids(pid), left(regexp_replace(query, '\\s+', ' ', 'g'), 90)) as text
		from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
	);
	await holder.query('rollback');
	await stopped;
	return { ms, waiting: waiting.map(({ text }) => text) };
}

const quick = { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 };
const control = await stop(false, quick);
const registered = await stop(true, { supervise: false });
const supervising = await stop(true, { ...quick, registerInstance: false });
const abrupt = await stop(true, { supervise: false }, false);
await admin.query(`drop schema ${schema} cascade`);
await Promise.all([admin.end(), holder.end()]);

console.log('stop({ timeout: 1000 }):', { control, registered, supervising, abrupt });
const held = [registered, supervising, abrupt].every(({ ms }) => ms === Number.POSITIVE_INFINITY);
process.exitCode = control.ms < 8000 && held ? 0 : 1;
