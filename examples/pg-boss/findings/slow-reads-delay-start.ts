/**
 * pg-boss 12.38.0, default configuration. Where reads of the registry of instances are slow, start() takes as long: it
 * awaits the one that says when crashes are to be counted again. Without the registration it takes no time.
 */
import pg from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';

const schema = 'slow_reads_delay_start';
const role = `${schema}_service`;
const SLEEP_S = 2;
const owner = process.env.DATABASE_URL ?? '';
const service = new URL(owner);
service.searchParams.set('options', `-c role=${role}`);
const admin = new pg.Client({ connectionString: owner });
await admin.connect();

/** The statements of the service that are asleep now. */
async function sleeping(): Promise<readonly string[]> {
	const { rows } = await admin.query<{ statement: string }>(
		`select trim(regexp_replace(query, '\\s+', ' ', 'g')) as statement from pg_stat_activity
		where datname = current_database() and wait_event = 'PgSleep'`,
	);
	return rows.map(({ statement }) => statement);
}

/** Seconds that a start takes, and which statements slept meanwhile. */
async function start(options: ConstructorOptions = {}) {
	const boss = new PgBoss({ connectionString: service.href, schema, supervise: false, ...options });
	const asleep = new Set<string>();
	const began = Date.now();
	let started = false;
	const starting = boss.start().finally(() => {
		started = true;
	});
	while (!started) for (const statement of await sleeping()) asleep.add(statement);
	await starting;
	const seconds = (Date.now() - began) / 1000;
	await boss.stop();
	return { seconds, asleep: [...asleep] };
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
// Of what reads alone: to a policy, the rows that an UPDATE looks for are read as well.
await admin.query(`create policy slow on ${schema}.instance as restrictive for select using (
	case when current_query() ~* '\\y(insert|update|delete)\\y' then true else (select pg_sleep(${SLEEP_S})) is not null end)`);
const slow = await start();
const unregistered = await start({ registerInstance: false });
await admin.query(`drop schema ${schema} cascade; drop owned by ${role}; drop role ${role}`);
await admin.end();

console.log({ control, 'reads are slow': slow, 'reads are slow, registerInstance: false': unregistered });
const quick = [control, unregistered].every(
	({ seconds, asleep }) => seconds < SLEEP_S && asleep.length === 0,
);
const [recount, ...others] = slow.asleep;
const counts = /^WITH me AS .*FROM slow_reads_delay_start\.instance .*"recountAt" FROM streak/.test(
	recount ?? '',
);
process.exitCode = quick && counts && others.length === 0 && slow.seconds >= SLEEP_S ? 0 : 1;
