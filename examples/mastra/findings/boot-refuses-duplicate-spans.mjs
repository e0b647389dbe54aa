/**
 * Two equal rows in a table of spans that an older version has made (without the primary key of today) keep a process
 * from everything: its storage refuses to start until somebody has migrated spans. DATABASE_URL: a database to try
 * things in. Exit 0: it is so.
 */
import { PostgresStore } from '@mastra/pg';
import pg from 'pg';

const { DATABASE_URL } = process.env;
const admin = new pg.Client(DATABASE_URL);
await admin.connect();

async function listThreads() {
	const store = new PostgresStore({ id: 'storage', connectionString: DATABASE_URL });
	try {
		await store.init();
		const memory = await store.getStore('memory');
		return `${(await memory.listThreads({ perPage: false })).total} threads`;
	} catch (error) {
		return error.id;
	} finally {
		await store.close();
	}
}

await listThreads();
const unkeyed = 'alter table mastra_ai_spans drop constraint public_mastra_ai_spans_traceid_spanid_pk';
const insert = `insert into mastra_ai_spans ("traceId", "spanId", name, "spanType", "isEvent", "startedAt", "createdAt")
	values ('trace', 'span', 'a span', 'generic', false, now(), now())`;
await admin.query(unkeyed);
await admin.query(insert);
const control = await listThreads();
console.log('control: one row, without the primary key:', control);
await admin.query(unkeyed);
await admin.query(insert);
const found = await listThreads();
console.log('two equal rows:', found);
await admin.end();
const refused = found === 'MASTRA_STORAGE_PG_MIGRATION_REQUIRED_DUPLICATE_SPANS';
process.exit(control === '0 threads' && refused ? 0 : 1);
