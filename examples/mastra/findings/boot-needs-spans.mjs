/**
 * Where the table of spans is missing and may not be created, nothing of Mastra's storage can be used: threads that are
 * there, and readable, are out of reach. The other Postgres store does not start either where a column of that table has
 * another name. With `disableInit` both do. DATABASE_URL: a database to try things in, as a superuser. Exit 0: it is so.
 */
import { Mastra } from '@mastra/core/mastra';
import { PostgresStore, PostgresStoreVNext } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL: connectionString } = process.env;
const admin = new pg.Client({ connectionString });
await admin.connect();

const STORES = {
	PostgresStore: (options) => new PostgresStore({ id: 'storage', connectionString, ...options }),
	PostgresStoreVNext: (options) =>
		new PostgresStoreVNext({
			id: 'storage',
			connectionString,
			observability: { connectionString },
			...options,
		}),
};

/** A process that starts now, and reads a fact as Mastra has it read: its first call of the storage awaits `init()`. */
async function readThread(store, options) {
	const storage = STORES[store](options);
	const mastra = new Mastra({ logger: false, storage });
	try {
		const memory = await mastra.getStorage().getStore('memory');
		return (await memory.getThreadById({ threadId: 'thread' }))?.title;
	} catch (error) {
		return `${error.id}: ${error.cause?.message ?? error.message}`;
	} finally {
		await storage.close();
	}
}

// As a role has it that may use every table and create none: what is there is let alone.
const REFUSE = `
	create function refuse() returns event_trigger language plpgsql as $$
		begin
			if exists (select from pg_event_trigger_ddl_commands() where command_tag = 'CREATE TABLE') then
				raise insufficient_privilege using message = 'no table is made outside of a deployment';
			end if;
		end $$;
	create event trigger refuse on ddl_command_end execute function refuse()`;

/** What is done to the spans of each store, and what a read of a thread says then. */
const TRIALS = [
	{
		store: 'PostgresStore',
		what: 'without mastra_ai_spans',
		damage: 'drop table mastra_ai_spans',
		error: /^MASTRA_STORAGE_PG_CREATE_TABLE_FAILED: no table is made outside of a deployment$/,
	},
	{
		store: 'PostgresStoreVNext',
		what: 'without mastra_span_events',
		damage: 'drop table mastra_span_events',
		error: /^MASTRA_STORAGE_PG_VNEXT_INIT_FAILED: no table is made outside of a deployment$/,
	},
	{
		store: 'PostgresStoreVNext',
		what: 'mastra_span_events."entityType" renamed',
		damage: 'alter table mastra_span_events rename "entityType" to "entityKind"',
		error: /^MASTRA_STORAGE_PG_VNEXT_INIT_FAILED: column "entityType" does not exist$/,
	},
];

/** Whether it is as it is said to be. */
async function tryIt({ store, what, damage, error }) {
	await admin.query('drop schema public cascade; create schema public');
	const owner = STORES[store]();
	await owner.init();
	const memory = await owner.getStore('memory');
	const now = new Date();
	await memory.saveThread({
		thread: { id: 'thread', resourceId: 'someone', title: 'A fact', createdAt: now, updatedAt: now },
	});
	await owner.close();
	await admin.query(REFUSE);
	const control = await readThread(store);
	await admin.query(damage);
	const found = await readThread(store);
	const uninitialised = await readThread(store, { disableInit: true });
	const { rows } = await admin.query('select title from mastra_threads');
	await admin.query('drop event trigger refuse; drop function refuse()');
	console.log({
		store,
		'control: nothing wrong': control,
		[what]: found,
		'the same, disableInit: true': uninitialised,
		'what Postgres has': rows[0]?.title,
	});
	return control === 'A fact' && error.test(found) && uninitialised === 'A fact';
}

const held = [];
for (const trial of TRIALS) held.push(await tryIt(trial));
await admin.end();
process.exit(held.every(Boolean) ? 0 : 1);
