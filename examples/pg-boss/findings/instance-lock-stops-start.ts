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
const { rows: waiting } = await admin.query(
	`select pid, pg_blocking_pids(pid) as waits_for, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as statement
	from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
);
await holder.query('rollback');
await Promise.all(bosses.map((boss) => boss.stop()));
await admin.query(`drop schema ${schema} cascade`);
await Promise.all([admin.end(), holder.end()]);

console.log('waiting:', waiting);
console.log(
	`start: ${control} ms; locked: ${locked} ms; locked, registerInstance: false: ${unregistered} ms`,
);
process.exitCode = control < 8000 && unregistered < 8000 && locked === Number.POSITIVE_INFINITY ? 0 : 1;
