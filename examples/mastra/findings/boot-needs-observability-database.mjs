/**
 * PostgresStoreVNext keeps spans in a database of their own; while that one cannot be reached, a process that starts has
 * no facts either: `init()` is one for both. With `disableInit` it has. DATABASE_URL: a database to try things in.
 * Exit 0: it is so.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Mastra } from '@mastra/core/mastra';
import { PostgresStoreVNext } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL } = process.env;

/** A process that starts now, with this database for its spans: its first call of the storage awaits `init()`. */
async function writeThread(observability, title, options) {
	const storage = new PostgresStoreVNext({
		id: 'storage',
		connectionString: DATABASE_URL,
		observability: { connectionString: observability, schemaName: 'observability' },
		...options,
	});
	const mastra = new Mastra({ logger: false, storage });
	try {
		const memory = await mastra.getStorage().getStore('memory');
		const now = new Date();
		await memory.saveThread({
			thread: { id: 'thread', resourceId: 'someone', title, createdAt: now, updatedAt: now },
		});
		return (await memory.getThreadById({ threadId: 'thread' })).title;
	} catch (error) {
		return `${error.id}: ${error.cause?.message || error.cause?.code || error.message}`;
	} finally {
		await storage.close();
	}
}

const listener = createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const { port } = listener.address();
await new Promise((resolve) => listener.close(resolve));
const nobody = new URL(DATABASE_URL);
nobody.host = `127.0.0.1:${port}`;

const client = new pg.Client(DATABASE_URL);
await client.connect();
const titles = async () =>
	(await client.query('select title from mastra_threads')).rows.map((row) => row.title);

const control = await writeThread(DATABASE_URL, 'A fact');
console.log('control: both databases are there:', control);
const found = await writeThread(nobody.href, 'Another');
console.log(
	'nobody listens where the spans are kept:',
	found,
	'- what the database of facts has:',
	await titles(),
);
const uninitialised = await writeThread(nobody.href, 'A third', { disableInit: true });
console.log('the same, disableInit: true:', uninitialised);
await client.end();
const refused = /^MASTRA_STORAGE_PG_VNEXT_INIT_FAILED: .*ECONNREFUSED/.test(found);
process.exit(control === 'A fact' && refused && uninitialised === 'A third' ? 0 : 1);
