/**
 * Beside the verdicts: `mastra.shutdown()` closes the pool first and flushes spans then, so that the spans of the last
 * five seconds are lost at every orderly stop. DATABASE_URL: a database to try things in. Exit 0: it is so.
 */
import { Mastra } from '@mastra/core/mastra';
import { MastraStorageExporter, Observability } from '@mastra/observability';
import { PostgresStore } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL } = process.env;

async function stored(flushFirst) {
	const mastra = new Mastra({
		storage: new PostgresStore({ id: 'storage', connectionString: DATABASE_URL }),
		observability: new Observability({
			configs: { default: { serviceName: 'finding', exporters: [new MastraStorageExporter()] } },
		}),
	});
	await mastra.getStorage().init();
	mastra.observability.getDefaultInstance().startSpan({ type: 'generic', name: 'span' }).end();
	if (flushFirst) await mastra.observability.flush();
	await mastra.shutdown();
	const admin = new pg.Client(DATABASE_URL);
	await admin.connect();
	const { rows } = await admin.query('delete from mastra_ai_spans returning name');
	await admin.end();
	return rows.length;
}

const control = await stored(true);
console.log('control: spans in the table after flush() and shutdown():', control);
const found = await stored(false);
console.log('spans in the table after shutdown():', found);
process.exit(control === 1 && found === 0 ? 0 : 1);
