/**
 * PostgresStoreVNext keeps spans in a database of their own; while that one cannot be reached, a process that starts has
 * no facts either: `init()` is one for both. DATABASE_URL: a database to try things in. Exit 0: it is so.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { PostgresStoreVNext } from '@mastra/pg';
import pg from 'pg';

const { DATABASE_URL } = process.env;

/** A process that starts now, with this database for its spans. */
async function readThread(observability) {
	const store = new PostgresStoreVNext({
		id: 'storage',
		connectionString: DATABASE_URL,
		observability: { connectionString: observability, schemaName: 'observability' },
	});
	try {
		await store.init();
		const memory = await store.getStore('memory');
		const now = new Date();
		await memory.saveThread({
			thread: { id: 'thread', resourceId: 'someone', title: 'A fact', createdAt: now, updatedAt: now },
		});
		return (await memory.getThreadById({ threadId: 'thread' })).title;
	} catch (error) {
		return `${error.id}: ${error.cause?.message || error.cause?.code || error.message}`;
	} finally {
		await store.close();
	}
}

const listener = createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const { port } = listener.address();
await new Promise((resolve) => listener.close(resolve));
const nobody = new URL(DATABASE_URL);
nobody.host = `127.0.0.1:${port}`;

const control = await readThread(`${DATABASE_URL}?application_name=observability`);
console.log('control: both databases are there:', control);
const found = await readThread(nobody.href);
console.log('nobody listens where the spans are kept:', found);
const client = new pg.Client(DATABASE_URL);
await client.connect();
const { rows } = await client.query('select id, title from mastra_threads');
console.log('what the database of facts has:', rows);
await client.end();
process.exit(control === 'A fact' && /VNEXT_INIT_FAILED: .*ECONNREFUSED/.test(found) ? 0 : 1);
