/** The `probes` command: the 15 probes alone, against a live database and, where one is given, its API. */
import { parseArgs } from 'node:util';
import pg from 'pg';
import colors from 'picocolors';
import { loadParts, subjectFile } from '../fixtures/subjects/load.ts';
import { UsageError } from '../fixtures/usage-error.ts';
import type { ProbeResult } from '../reports/record.ts';
import { applied } from './applicable.ts';
import frozen from './frozen.json' with { type: 'json' };
import { type ProbeOptions, type ProbeSubject, runProbes } from './index.ts';
import { ident } from './probe.ts';

/** All that the probes ask of a subject. */
const DECLARED = ['truth', 'telemetry', 'endpoints', 'replayReads', 'capabilities'] as const;

interface Output {
	readonly out: (text: string) => void;
	readonly error: (text: string) => void;
}

/** Resolves to 0 when all that apply pass, 1 when one fails, 2 when one is inconclusive, 3 when a mistake was said. */
export async function probesCommand(
	args: readonly string[],
	env: Readonly<Record<string, string | undefined>>,
	{ out, error }: Output,
): Promise<number> {
	try {
		const options = parse(args);
		const url = options['database-url'] ?? env.DATABASE_URL;
		if (!url) throw new UsageError('Name the database with --database-url or DATABASE_URL');
		const subject = await loadParts(subjectFile(options.subject), DECLARED);
		const client = await connect(url);
		try {
			const api = options['api-url'] && (await apiAt(options['api-url'], env.BYSTANDER_API_KEY));
			const runs = options.run ?? (api ? await runsOf(client, subject) : []);
			const run = await runProbes({
				client,
				subject,
				when: 'before',
				...(api ? { api: { ...api, runs } } : {}),
			});
			const results = applied(run.results, subject);
			const isFrozen = run.digest === frozen.digest;
			if (options.json) out(JSON.stringify({ digest: run.digest, frozen: isFrozen, results }, null, 2));
			else out(table(results, isFrozen ? run.digest : `${run.digest}, which is not the frozen set`));
			return code(results);
		} finally {
			await client.end().catch(() => {});
		}
	} catch (cause) {
		if (!(cause instanceof UsageError)) throw cause;
		error(cause.message);
		return 3;
	}
}

function parse(args: readonly string[]) {
	const text = { type: 'string' } as const;
	const options = {
		'database-url': text,
		'api-url': text,
		subject: text,
		run: { type: 'string', multiple: true },
		json: { type: 'boolean' },
	} as const;
	try {
		return parseArgs({ args: [...args], options }).values;
	} catch (cause) {
		// The message may quote an argument, and an argument may hold a password.
		const code = (cause as { code?: string }).code ?? '';
		const what = code.includes('UNKNOWN_OPTION')
			? 'An option is unknown'
			: code.includes('POSITIONAL')
				? 'An argument has no option'
				: 'An option has no value, or one too many';
		throw new UsageError(`${what}; see --help`);
	}
}

async function connect(connectionString: string): Promise<pg.Client> {
	try {
		const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
		client.on('error', () => {});
		await client.connect();
		return client;
	} catch (cause) {
		throw new UsageError(`The database cannot be reached: ${reason(cause)}`);
	}
}

async function apiAt(
	url: string,
	key: string | undefined,
): Promise<Omit<NonNullable<ProbeOptions['api']>, 'runs'>> {
	const parsed = URL.parse(url);
	if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password)
		throw new UsageError(
			'--api-url takes http://… or https://… without a user; the key goes into BYSTANDER_API_KEY',
		);
	const origin = parsed.origin + parsed.pathname.replace(/\/$/, '');
	await fetch(origin, { signal: AbortSignal.timeout(5000) })
		.then((response) => response.body?.cancel())
		.catch((cause: unknown) => {
			throw new UsageError(`The API at ${origin} cannot be reached: ${reason(cause)}`);
		});
	return { origin, headers: key ? { authorization: `Bearer ${key}` } : {} };
}

/** Ids as the API knows them, by the port's word the key of the table of runs. */
async function runsOf(client: pg.Client, { truth }: ProbeSubject): Promise<string[]> {
	const runs = truth.find(({ holds }) => holds === 'runs');
	const key = runs?.key[0];
	if (!runs || !key) return [];
	const found = await client
		.query(`select ${ident(key)}::text as id from ${runs.name} limit 3`)
		.catch(() => undefined);
	return found?.rows.map(({ id }) => id) ?? [];
}

/** What went wrong, without a stack: the code of a network error, the first line of a message. */
function reason(cause: unknown): string {
	const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
	const { code, message } = inner as { code?: string; message?: string };
	return message?.split('\n')[0] || code || 'no reason was given';
}

function code(results: readonly ProbeResult[]): number {
	if (results.some(({ verdict }) => verdict === 'failed' || verdict === 'departs')) return 1;
	return results.every(({ verdict }) => verdict === 'passed' || verdict === 'not applicable') ? 0 : 2;
}

const PAINT = {
	passed: colors.green,
	failed: colors.red,
	departs: colors.red,
	inconclusive: colors.yellow,
	'not applicable': colors.cyan,
};

function table(results: readonly ProbeResult[], digest: string): string {
	const width = Math.max(...results.map(({ name }) => name.length));
	const lines = results.map(({ name, verdict, looked, detail, declared }) => {
		const line = `${PAINT[verdict](verdict.padEnd(14))}  ${name.padEnd(width)}  ${looked}`;
		const why = [detail, ...(declared === undefined ? [] : [`declared: ${declared}`])]
			.filter(Boolean)
			.join('; ');
		return why ? `${line}\n${' '.repeat(16)}${why}` : line;
	});
	const passed = results.filter(({ verdict }) => verdict === 'passed').length;
	const without = results.filter(({ verdict }) => verdict === 'not applicable').length;
	const outside = without > 0 ? `, ${without} not applicable` : '';
	return [...lines, '', `${passed} of ${results.length} passed${outside} · probe set ${digest}`].join('\n');
}
