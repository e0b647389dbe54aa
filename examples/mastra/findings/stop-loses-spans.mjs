/**
 * Beside the verdicts: `mastra.shutdown()` closes the pool first and flushes spans then, so that the spans of the last
 * five seconds are lost at every orderly stop. DATABASE_URL: a database to try things in. Exit 0: it is so.
 */
import { MastraLogger } from '@mastra/core/logger';
import { Mastra } from '@mastra/core/mastra';
import { MastraStorageExporter, Observability } from '@mastra/observability';
import { PostgresStore } from '@mastra/pg';
import pg from 'pg';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const { DATABASE_URL } = process.env;

/** Keeps what is said, with its causes. */
class Said extends MastraLogger {
	all = [];
	keep(...said) {
		this.all.push(said.map(inWords).join(' '));
	}
	debug() {}
	info() {}
	warn(...said) {
		this.keep(...said);
	}
	error(...said) {
		this.keep(...said);
	}
}

const inWords = (one) =>
	one instanceof Error
		? `${one.message} ${inWords(one.cause ?? '')}`
		: typeof one === 'object' && one !== null
			? Object.values(one).map(inWords).join(' ')
			: String(one);

async function stored(flushFirst) {
	const logger = new Said();
	const mastra = new Mastra({
		logger,
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
	const refused = logger.all.filter((said) =>
		said.includes('Cannot use a pool after calling end on the pool'),
	);
	return { spans: rows.length, refused: refused.length };
}

const control = await stored(true);
console.log('flush() and shutdown(): spans stored, and writes to a pool that has ended:', control);
const found = await stored(false);
console.log('shutdown():', found);
const stores = control.spans === 1 && control.refused === 0;
process.exit(stores && found.spans === 0 && found.refused > 0 ? 0 : 1);
