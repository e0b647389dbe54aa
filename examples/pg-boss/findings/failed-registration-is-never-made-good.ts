/**
 * pg-boss 12.38.0, default configuration. An instance whose registration failed at its start is never registered: each
 * heartbeat is an INSERT whose started_on is what the registration would have returned, null, which the column refuses.
 * The row of an instance that was registered comes back with the next heartbeat when somebody deletes it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

const schema = 'failed_registration';
const connectionString = process.env.DATABASE_URL ?? '';
const admin = new pg.Client({ connectionString });
await admin.connect();

/** Starts after `before`, runs `after` once that is done: the instances registered three seconds later, and the errors meanwhile. */
async function registered(before: string, after: string) {
	const errors = new Set<string>();
	const boss = new PgBoss({ connectionString, schema, supervise: false, instanceHeartbeatSeconds: 1 });
	boss.on('error', (error) => errors.add(`${(error as pg.DatabaseError).code}: ${error.message}`));
	await admin.query(before);
	await boss.start();
	await delay(1500);
	await admin.query(after);
	errors.clear();
	await delay(3000);
	const { rows } = await admin.query(`select from ${schema}.instance where stopped_on is null`);
	await boss.stop();
	return { instances: rows.length, errors: [...errors] };
}

const installer = new PgBoss({ connectionString, schema, registerInstance: false });
await installer.start();
await installer.stop();
const { instance, away } = { instance: `${schema}.instance`, away: `${schema}.away` };
const control = await registered('select', `delete from ${instance}`);
const failed = await registered(
	`alter table ${instance} rename to away`,
	`alter table ${away} rename to instance`,
);
await admin.query(`drop schema ${schema} cascade`);
await admin.end();

console.log({ 'row deleted': control, 'registration failed': failed });
const refused = failed.errors.length === 1 && /^23502: .*"started_on"/.test(failed.errors[0] ?? '');
const restored = control.instances === 1 && control.errors.length === 0;
process.exitCode = restored && failed.instances === 0 && refused ? 0 : 1;
