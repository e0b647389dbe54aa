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
	boss.on('error', ({ message }) => errors.add(message));
	await boss.start();
	await boss.send('work', {});
	const [orphan] = await boss.fetch('work');
	const began = Date.now();
	let seconds = Number.POSITIVE_INFINITY;
	while (seconds === Number.POSITIVE_INFINITY && Date.now() - began < 8000) {
		const [job] = await boss.findJobs('work', { id: orphan?.id ?? '' });
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
const seen = {
	'no failure': await retried(statistics),
	'insert denied': await retried(statistics, denied),
	'insert denied, without statistics': await retried({}, denied),
	'table missing': await retried(statistics, `drop table ${schema}.queue_stats`, owner),
	'partition missing': await retried(statistics, `drop table ${schema}.${partition}`),
};
await admin.end();

console.log('an orphaned job is retried after (s):', seen);
const expected = [true, false, true, false, false];
const held = Object.values(seen).every(({ seconds }, index) => seconds < 8 === expected[index]);
process.exitCode = held ? 0 : 1;
