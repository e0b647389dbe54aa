/**
 * pg-boss 12.38.0, default configuration. stop({ timeout: 1000 }) does not return while the registry of instances is
 * locked: it waits for UPDATE instance, for a heartbeat under way (INSERT INTO instance), and for a supervisor's pass
 * that waits for DELETE FROM instance, and none of these waits is part of the timeout. Stopping without being graceful
 * waits as long. Each configuration is stopped with nothing locked as well.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';

const schema = 'instance_lock_stops_stop';
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

/** Milliseconds that a stop takes, up to five seconds, and who waits for the lock's holder in the end. */
async function stop(lock: boolean, options: ConstructorOptions, graceful: boolean) {
	const boss = new PgBoss({ connectionString, schema, ...options });
	boss.on('error', ({ message }) => console.log(`error event: ${message}`));
	await boss.start();
	if (lock) await holder.query(`begin; lock table ${schema}.instance in access exclusive mode`);
	await delay(2500); // a heartbeat or a pass is under way by then, where they come every second
	const began = Date.now();
	const stopped = boss.stop({ timeout: 1000, graceful }).then(() => Date.now() - began);
	const ms = await Promise.race([stopped, delay(5000, Number.POSITIVE_INFINITY)]);
	const waits = await waiting();
	if (lock) await holder.query('rollback');
	await stopped;
	return { ms, waits };
}

const supervised = { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1, registerInstance: false };
const update = `UPDATE ${schema}.instance SET stopped_on `;
const configurations = [
	{ name: 'registered', statement: update, options: { supervise: false } },
	{
		name: 'a heartbeat under way',
		statement: `INSERT INTO ${schema}.instance `,
		options: { supervise: false, instanceHeartbeatSeconds: 1 },
	},
	{ name: 'a pass under way', statement: `DELETE FROM ${schema}.instance `, options: supervised },
	{ name: 'not graceful', statement: update, options: { supervise: false }, graceful: false },
];

let held = true;
for (const { name, statement, options, graceful = true } of configurations) {
	const control = await stop(false, options, graceful);
	const locked = await stop(true, options, graceful);
	console.log(`stop({ timeout: 1000 }), ${name}:`, { control, locked });
	const expected = locked.waits.length === 1 && locked.waits[0]?.startsWith(statement) === true;
	held &&= control.ms < 5000 && locked.ms === Number.POSITIVE_INFINITY && expected;
}
await admin.query(`drop schema ${schema} cascade`);
await Promise.all([admin.end(), holder.end()]);
process.exitCode = held ? 0 : 1;
