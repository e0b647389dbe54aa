/**
 * Where the table of spans is missing and may not be created, nothing of Mastra's storage can be used: threads that are
 * there, and readable, are out of reach. DATABASE_URL: a database to try things in, as a superuser. Exit 0: it is so.
 */
import { PostgresStore } from '@mastra/pg';
import pg from 'pg';

const { DATABASE_URL } = process.env;
const admin = new pg.Client(DATABASE_URL);
await admin.connect();

/** A process that starts now, as a role that may use every table and create none. */
async function readThread() {
	const store = new PostgresStore({
		id: 'storage',
		connectionString: `${DATABASE_URL}?options=-c%20role%3Dfinding_app`,
	});
	try {
		await store.init();
		const memory = await store.getStore('memory');
		return (await memory.getThreadById({ threadId: 'thread' })).title;
	} catch (error) {
		return `${error.id}: ${error.cause?.message ?? error.message}`;
	} finally {
		await store.close();
	}
}

const owner = new PostgresStore({ id: 'storage', connectionString: DATABASE_URL });
await owner.init();
const memory = await owner.getStore('memory');
const now = new Date();
await memory.saveThread({
	thread: { id: 'thread', resourceId: 'someone', title: 'A fact', createdAt: now, updatedAt: now },
});
await owner.close();
await admin.query(`create role finding_app;
	grant usage on schema public to finding_app;
	grant select, insert, update, delete on all tables in schema public to finding_app`);

const control = await readThread();
console.log('control: with the table of spans:', control);
await admin.query('drop table mastra_ai_spans');
const found = await readThread();
console.log('without the table of spans:', found);
const { rows } = await admin.query('select id, title from mastra_threads');
console.log('what Postgres has:', rows);

await admin.query('drop owned by finding_app; drop role finding_app');
await admin.end();
process.exit(control === 'A fact' && /permission denied for schema public/.test(found) ? 0 : 1);
