/**
 * pg-boss 12.38.0, default configuration. While the registry of instances is locked, start() does not return: it
 * awaits INSERT INTO instance, which has no deadline. Nothing that a job needs is locked: without the registration
 * the same start takes no time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';

const schema = 'instance_lock_stops_start';
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

const bosses: PgBoss[] = [];
/** Milliseconds that a start takes, up to eight seconds. */
async function msToStart(options: ConstructorOptions = {}): Promise<number> {
	const boss = new PgBoss({ connectionString, schema, supervise: false, ...options });
	boss.on('error', ({ message }) => console.log(`error event: ${message}`));
	bosses.push(boss);
	const began = Date.now();
	const started = boss.start().then(() => Date.now() - began);
	return Promise.race([started, delay(8000, Number.POSITIVE_INFINITY)]);
}

const control = await msToStart();
await holder.query(`begin; lock table ${schema}.instance in access exclusive mode`);
const unregistered = await msToStart({ registerInstance: false });
const locked = await msToStart();
const waits = await waiting();
await holder.query('rollback');
await Promise.all(bosses.map((boss) => boss.stop()));
await admin.query(`drop schema ${schema} cascade`);
await Promise.all([admin.end(), holder.end()]);

console.log('waiting for the holder:', waits);
console.log(
	`start: ${control} ms; locked: ${locked} ms; locked, registerInstance: false: ${unregistered} ms`,
);
const registers = waits.length === 1 && waits[0]?.startsWith(`INSERT INTO ${schema}.instance `);
const free = control < 8000 && unregistered < 8000;
process.exitCode = free && locked === Number.POSITIVE_INFINITY && registers ? 0 : 1;
