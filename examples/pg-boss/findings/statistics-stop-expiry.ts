/**
 * pg-boss 12.38.0 with persistQueueStats. When a row of statistics cannot be written, no job expires any more: in a
 * supervisor's pass the statistics come before the expiry, and their error ends the pass, each time. A job whose
 * worker died stays active for ever. Three ways there: the right to insert is missing, the table is, or tomorrow's
 * partition is and the role of the service does not own the table, as from the first midnight (UTC) after an installation
 * by another role.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';

const schema = 'statistics_stop_expiry';
const role = `${schema}_service`;
const owner = process.env.DATABASE_URL ?? '';
const service = Object.assign(new URL(owner), { search: `?options=-c%20role%3D${role}` }).href;
const admin = new pg.Client({ connectionString: owner });
await admin.connect();

/** Seconds until an orphaned job that expires after one second is retried, up to eight, and the errors meanwhile. */
async function retried(options: ConstructorOptions, damage = 'select', connectionString = service) {
	const installer = new PgBoss({ connectionString: owner, schema, supervise: false });
	await installer.start();
	await installer.createQueue('work', { expireInSeconds: 1 });
	await installer.stop();
	await admin.query(`
		create role ${role};
		grant usage on schema ${schema} to ${role};
		grant select, insert, update, delete on all tables in schema ${schema} to ${role};
		${damage}`);
	const quick = { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 };
	const boss = new PgBoss({ connectionString, schema, ...quick, ...options });
	const errors = new Set<string>();
	boss.on('error', (error) => errors.add(`${(error as pg.DatabaseError).code}: ${error.message}`));
	await boss.start();
	await boss.send('work', {});
	const [orphan] = await boss.fetch('work');
	if (orphan === undefined) throw new Error('there is no orphan');
	const began = Date.now();
	let seconds = Number.POSITIVE_INFINITY;
	while (seconds === Number.POSITIVE_INFINITY && Date.now() - began < 8000) {
		const [job] = await boss.findJobs('work', { id: orphan.id });
		if (job?.state !== 'active') seconds = (Date.now() - began) / 1000;
		await delay(100);
	}
	await boss.stop();
	await admin.query(`drop schema ${schema} cascade; drop owned by ${role}; drop role ${role}`);
	return { seconds, errors: [...errors] };
}

const denied = `revoke insert on ${schema}.queue_stats from ${role}`;
const statistics = { persistQueueStats: true };
const partition = `queue_stats_${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}`;
const never = Number.POSITIVE_INFINITY;
const fails = async (error: RegExp | undefined, ...how: Parameters<typeof retried>) => ({
	error,
	...(await retried(...how)),
});
/** What is tried, and the error that keeps the job from being retried; none where it is retried. */
const seen = {
	'no failure': await fails(undefined, statistics),
	'insert denied': await fails(/^42501: .*table queue_stats$/, statistics, denied),
	'insert denied, without statistics': await fails(undefined, {}, denied),
	'partition missing': await fails(/^42501: .*schema \w+$/, statistics, `drop table ${schema}.${partition}`),
	'as the owner, no failure': await fails(undefined, statistics, 'select', owner),
	'as the owner, table missing': await fails(
		/^42P01: .*queue_stats" does not exist$/,
		statistics,
		`drop table ${schema}.queue_stats`,
		owner,
	),
};
await admin.end();

console.log('an orphaned job is retried after (s):');
for (const [name, { seconds, errors }] of Object.entries(seen)) console.log(`${name}:`, seconds, ...errors);
const held = Object.values(seen).every(({ seconds, error, errors }) =>
	error === undefined
		? seconds < 8 && errors.length === 0
		: seconds === never && errors.length > 0 && errors.every((said) => error.test(said)),
);
process.exitCode = held ? 0 : 1;
