/**
 * pg-boss 12.38.0, default configuration. Where reads of the registry of instances are slow, start() takes as long as all of
 * them together: it awaits one after the other. Without the registration it takes no time.
 */
import pg from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';

const schema = 'slow_reads_delay_start';
const role = `${schema}_service`;
const SLEEP_S = 2;
const owner = process.env.DATABASE_URL ?? '';
const url = new URL(owner);
url.searchParams.set('options', `-c role=${role}`);
const service = url.href;
const [admin, watcher] = [
	new pg.Client({ connectionString: owner }),
	new pg.Client({ connectionString: owner }),
];
await Promise.all([admin.connect(), watcher.connect()]);

/** The statements of the service that are asleep now. */
const asleep = async (): Promise<readonly string[]> => {
	const { rows } = await watcher.query<{ statement: string }>(
		`select left(trim(regexp_replace(query, '\\s+', ' ', 'g')), 150) as statement from pg_stat_activity
		where datname = current_database() and wait_event = 'PgSleep'`,
	);
	return rows.map(({ statement }) => statement);
};

/** Seconds that a start takes, and which statements slept meanwhile. */
async function start(options: ConstructorOptions = {}) {
	const boss = new PgBoss({ connectionString: service, schema, supervise: false, ...options });
	const statements = new Set<string>();
	const began = Date.now();
	let started = false;
	const starting = boss.start().finally(() => {
		started = true;
	});
	while (!started) for (const statement of await asleep()) statements.add(statement);
	await starting;
	const seconds = (Date.now() - began) / 1000;
	await boss.stop();
	return { seconds, asleep: [...statements] };
}

const installer = new PgBoss({ connectionString: owner, schema, supervise: false, registerInstance: false });
await installer.start();
await installer.stop();
await admin.query(`
	create role ${role};
	grant usage on schema ${schema} to ${role};
	grant select, insert, update, delete on all tables in schema ${schema} to ${role};
	alter table ${schema}.instance enable row level security;
	create policy everything on ${schema}.instance using (true)`);
const control = await start();
await admin.query(`create policy slow on ${schema}.instance as restrictive for select
	using ((select pg_sleep(${SLEEP_S})) is not null)`);
const slow = await start();
const unregistered = await start({ registerInstance: false });
await admin.query(`drop schema ${schema} cascade; drop owned by ${role}; drop role ${role}`);
await Promise.all([admin.end(), watcher.end()]);

console.log({ control, 'reads are slow': slow, 'reads are slow, registerInstance: false': unregistered });
const quick = [control, unregistered].every(
	({ seconds, asleep }) => seconds < SLEEP_S && asleep.length === 0,
);
const registry = slow.asleep.every((statement) => statement.includes(`${schema}.instance`));
const each = slow.asleep.length > 1 && slow.seconds >= slow.asleep.length * SLEEP_S;
process.exitCode = quick && registry && each ? 0 : 1;
