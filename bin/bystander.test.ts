/** What a user gets wrong is one clear sentence, exit code 3, no stack trace, and nothing left running. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RUN_VARIABLE } from '../fixtures/leases.ts';
import { inherited, processes } from '../fixtures/processes.ts';
import { example as smallest } from '../fixtures/subjects/black-box/testing/example.ts';

const ROOT = join(import.meta.dirname, '..');
/** Two controls, one after the other: half a minute on a busy machine of two cores. */
const DOCTOR_MS = 180_000;
let folder = '';
/** The command's own temporary folder: whatever it leaves behind lies there, or names it. */
let temporary = '';

beforeAll(() => {
	temporary = mkdtempSync(join(tmpdir(), 'byst-'));
	// Postgres may run as another user, who has to get through.
	chmodSync(temporary, 0o755);
	// Inside the tree, so that a subject written there finds the packages.
	folder = mkdtempSync(join(ROOT, 'reports/out-'));
});
afterAll(() => {
	for (const path of [folder, temporary]) rmSync(path, { recursive: true, force: true });
});

async function bystander(args: readonly string[], env: Record<string, string> = {}) {
	const { VITEST: _, [RUN_VARIABLE]: __, ...environment } = process.env;
	const child = spawn(process.execPath, [join(ROOT, 'bin/bystander.ts'), ...args], {
		cwd: ROOT,
		env: { ...environment, TMPDIR: temporary, ...env },
	});
	let out = '';
	let error = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		out += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		error += text;
	});
	const [code] = (await once(child, 'close')) as [number | null];
	return { code, out, error };
}

const file = (name: string, text: string): string => {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
};
const subject = (name: string, source: string) => file(`${name}.ts`, source);
const config = (name: string, value: object) => file(`${name}.json`, JSON.stringify(value));

/** A black box without a table of its own. */
const example = () => ({
	...smallest(),
	migrate: [{ sql: 'empty.sql' }],
	restoreTelemetry: [{ sql: 'empty.sql' }],
	sources: ['*.sql'],
});

const REFERENCE = `import reference from '../../fixtures/subjects/reference.ts';`;

/** A command on the reference with something about its adapter wrong. */
const adapter = (command: 'doctor' | 'certify', name: string, source: string) => () => [
	command,
	'--database',
	'embedded',
	...(command === 'certify' ? ['--out', folder] : []),
	'--subject',
	subject(name, `${REFERENCE}\n${source}`),
];

const MISTAKES: readonly (readonly [string, () => readonly string[], RegExp, Record<string, string>?])[] = [
	[
		'no command',
		() => [],
		/no command was given: use init, doctor, certify, verify, diff, versions, teeth or probes/,
	],
	[
		'an unknown command',
		() => ['certifi'],
		/there is no command certifi: use init, doctor, certify, verify, diff, versions, teeth or probes/,
	],
	['an unknown option', () => ['certify', '--colour'], /Unknown option `--colour`/],
	[
		'an unknown injection',
		() => ['certify', '--only', 'Q9'],
		/there is no injection Q9: --only takes ids among /,
	],
	[
		'an unknown matrix',
		() => ['certify', '--matrix', 'tiny'],
		/there is no matrix tiny: use --matrix minimal or --matrix full/,
	],
	[
		'a PostgreSQL that is not certified on',
		() => ['certify', '--postgres', '13'],
		/There is no PostgreSQL "13" to certify on: --postgres .* takes a major version among 14, 15, 16, 17, 18/,
	],
	[
		'one such among several',
		() => ['versions', '--postgres', '14,9.6', '--out', folder],
		/There is no PostgreSQL "9.6" to certify on/,
	],
	[
		'what is wrong on every version',
		() => ['versions', '--subject', './none.ts', '--out', folder],
		/there is no subject file .*none\.ts/,
	],
	['a seed that is no number', () => ['certify', '--seed', 'abc'], /--seed abc cannot be used/],
	[
		'an unknown saboteur',
		() => ['teeth', '--only', 'kind'],
		/there is no saboteur kind: --only takes .*I4-execution, .*or the names of single ones in them/,
	],
	[
		'a saboteur that is none of any subject',
		() => ['teeth', '--subject', 'fixtures/subjects/reference.ts', '--only', 'I4-execution'],
		/there is no saboteur I4-execution: --only takes .*\bview\b.*, or the names/,
	],
	[
		'a saboteur that nothing must catch',
		() => [
			'teeth',
			'--out',
			folder,
			'--saboteur',
			subject('idle', `${REFERENCE}\nexport default { ...reference, about: 'none', caughtBy: [] };`),
		],
		/must export a saboteur by default .* caughtBy/,
	],
	[
		'a subject that has nothing to break',
		() => [
			'teeth',
			'--out',
			folder,
			'--subject',
			subject('plain', `${REFERENCE}\nexport default { ...reference, name: 'plain', telemetry: [] };`),
		],
		/subject plain declares no table of runs or no telemetry table/,
	],
	[
		'Docker without a daemon',
		() => ['certify', '--database', 'docker', '--out', folder],
		/docker/i,
		{ DOCKER_HOST: 'unix:///nonexistent/docker.sock' },
	],
	[
		'a server that is not there',
		() => ['certify', '--database', 'postgres://someone:hunter2@127.0.0.1:1/x', '--out', folder],
		/^bystander: No Postgres answers at 127\.0\.0\.1:1 \(ECONNREFUSED\): start it, or look at host and port in the URL\n$/,
		{ BYSTANDER_POSTGRES: '' },
	],
	[
		'a version of a server that has one',
		() => ['doctor', '--postgres', '15', '--database', 'postgres://someone:hunter2@127.0.0.1:1/x'],
		/^bystander: PostgreSQL 15 was asked for, but a server that is given by its URL is of the version that it is: leave out --postgres [^2]*\n$/,
	],
	[
		'a server from the environment whose URL cannot be read',
		() => ['doctor'],
		/^bystander: --database was given a URL that cannot be read: expected postgres:\S+\S.*\n$/,
		{ BYSTANDER_DATABASE: 'postgres://someone:hunter2@:x/', BYSTANDER_POSTGRES: '' },
	],
	['an unknown database', () => ['certify', '--database', 'oracle', '--out', folder], /oracle/],
	[
		'a subject file that is not there',
		() => ['certify', '--subject', './none.ts', '--out', folder],
		/there is no subject file .*none\.ts/,
	],
	[
		'a file that exports no subject',
		() => ['certify', '--subject', subject('empty', 'export const x = 1;'), '--out', folder],
		/must export a subject by default .* but its default export is missing/,
	],
	[
		'a subject that lacks methods',
		() => ['doctor', '--subject', subject('half', `export default { name: 'half' };`)],
		/its default export is an object without version, roles, /,
	],
	[
		'a config with a mistake',
		() => [
			'certify',
			'--out',
			folder,
			'--subject',
			config('mistaken', { name: 'x', version: '1', roles: [] }),
		],
		/mistaken\.json: \/roles: expected record, found array/,
	],
	[
		'a black box that does not start',
		() => {
			const command = [process.execPath, '-e', 'console.error("no such luck"); process.exit(9)'];
			const start = { command, port: { variable: 'PORT' } };
			writeFileSync(join(folder, 'empty.sql'), '');
			return ['doctor', '--database', 'embedded', '--subject', config('stillborn', { ...example(), start })];
		},
		/start\(\) of subject small failed .* ended \(9\) before it was ready; it said: no such luck/,
	],
	['init without a database', () => ['init'], /name the database to look at/, { DATABASE_URL: '' }],
	[
		'init of a config that is there',
		() => ['init', '--out', subject('there', '// mine')],
		/there\.ts is there already and is never overwritten/,
		{ DATABASE_URL: 'postgres://u:hush@127.0.0.1:9/d' },
	],
	[
		'a cleanup job that cannot be started',
		() => [
			'doctor',
			'--database',
			'embedded',
			'--subject',
			subject(
				'jobless',
				`${REFERENCE}\nexport default { ...reference, name: 'jobless', cleanup: undefined };`,
			),
		],
		/subject jobless declares a cleanup job \(cleanupJob\) and has no method cleanup\(\)/,
	],
	[
		'a metrics page that shows no metrics',
		adapter(
			'doctor',
			'page',
			`const { metrics: _, ...capabilities } = reference.capabilities;
				export default { ...reference, name: 'page', capabilities };`,
		),
		/subject page declares a metrics page \(metricsPage\) and no metrics endpoint/,
	],
	[
		'charts that are nowhere in the answer',
		adapter(
			'certify',
			'chartless',
			`const metrics = reference.capabilities.metrics.map((one) => ({ ...one, charts: ['/nowhere'] }));
				export default { ...reference, name: 'chartless', capabilities: { ...reference.capabilities, metrics } };`,
		),
		/subject chartless declares data points in \/nowhere of \S+ \(\S+\), but with runs recorded and nothing wrong it answered 200 with 0/,
	],
	[
		'a page without its charts',
		adapter(
			'doctor',
			'blank',
			`const metricsPage = { ...reference.capabilities.metricsPage, chart: '<canvas' };
				export default { ...reference, name: 'blank', capabilities: { ...reference.capabilities, metricsPage } };`,
		),
		/subject blank declares "<canvas" once per chart at \S+ \(.+\), but with runs recorded and nothing wrong it answered 200 with 0/,
	],
	[
		'a writer process that does not run',
		adapter(
			'doctor',
			'writerless',
			`export default { ...reference, name: 'writerless',
					capabilities: { ...reference.capabilities, writerProcess: 'scribe' } };`,
		),
		/subject writerless declares the writer process scribe, but runs server, \S+/,
	],
	[
		'a digest that is none',
		adapter('certify', 'vague', `export default { ...reference, name: 'vague', digest: async () => 'v1' };`),
		/digest\(\) of subject vague must return a SHA-256 as 64 hexadecimal digits, but it returned "v1"/,
	],
	[
		'a digest that cannot be taken',
		adapter(
			'certify',
			'mislaid',
			`export default { ...reference, name: 'mislaid', digest: async () => { throw new Error('no sources'); } };`,
		),
		/digest\(\) of subject mislaid failed: no sources/,
	],
	[
		'a cleanup that starts no job',
		adapter(
			'doctor',
			'jammed',
			`export default { ...reference, name: 'jammed', cleanup: async () => { throw new Error('no such program'); } };`,
		),
		/cleanup\(\) of subject jammed could not start its job: no such program/,
	],
	[
		'a departure from what no plane may depart from',
		adapter(
			'certify',
			'bold',
			`export default { ...reference, name: 'bold', departures: { 'o1-independence': 'no' } };`,
		),
		/subject bold declares a departure from o1-independence, but only these may be departed from: table-schema, /,
	],
	[
		'a moving column of a table of runs',
		adapter(
			'certify',
			'restless',
			`const truth = reference.truth.map((table) => ({ ...table, moving: ['status'] }));
			export default { ...reference, name: 'restless', truth };`,
		),
		/subject restless declares moving columns of runs, which holds runs: rows of these stay as they are/,
	],
	[
		'a moving column that is not volatile',
		adapter(
			'certify',
			'drifting',
			`const truth = [...reference.truth, { name: 'queue', holds: 'other', key: ['id'], volatile: [], moving: ['count'] }];
			export default { ...reference, name: 'drifting', truth };`,
		),
		/subject drifting declares count of queue as moving: it must be volatile as well, and no part of the key/,
	],
	[
		'a departure that is none',
		adapter(
			'doctor',
			'modest',
			`export default { ...reference, name: 'modest', departures: { 'ttl-enforcement': 'kept for ever' } };`,
		),
		/subject modest declares a departure from ttl-enforcement, which passes: it must be declared no longer/,
	],
	[
		'a cleanup job that fails where nothing is wrong',
		adapter(
			'certify',
			'untidy',
			`export default { ...reference, name: 'untidy', cleanup: async () => ({ pid: 0, ended: async () => 7,
					kill: async () => {}, lastWords: () => 'no luck' }) };`,
		),
		/the cleanup job of subject untidy must end with 0 where nothing is wrong, but it ended: 7; it said: no luck/,
	],
	[
		'a replay that returns nothing',
		adapter(
			'certify',
			'mute',
			`export default { ...reference, name: 'mute', start: async (options) => {
					const running = await reference.start(options);
					return { ...running, replay: async () => new Uint8Array() };
				} };`,
		),
		/replay\(\) of subject mute must return the canonical bytes of a run; for \S+ it returned nothing/,
	],
	[
		'a run that is not acknowledged',
		adapter(
			'doctor',
			'deaf',
			`export default { ...reference, name: 'deaf', start: async (options) => {
					const running = await reference.start(options);
					return { ...running, execute: async () => ({ status: 401 }) };
				} };`,
		),
		/execute\(\) of subject deaf must acknowledge every scenario with a 2xx status and a run; \S+ gave status 401/,
	],
];

test.for(MISTAKES)('%s is one sentence and exit code 3', async ([, args, message, env]) => {
	const { code, out, error } = await bystander(args(), env);
	expect(error).toMatch(message);
	expect(error.trim().split('\n'), error).toHaveLength(1);
	expect(error + out).not.toMatch(/^\s+at /m);
	expect(code, out).toBe(3);
	expect(leftovers()).toEqual([]);
});

test('probes explain their options, and that one locks', async () => {
	const { code, out } = await bystander(['probes', '--help']);
	expect(code).toBe(0);
	for (const option of ['--database-url', '--api-url', '--run', '--subject', '--json'])
		expect(out).toContain(option);
	expect(out).toContain('locks the telemetry tables');
});

test('what nobody foresaw is told with its stack, and its exit code is no verdict', async () => {
	const thrown = `export default { ...reference, name: 'abrupt', digest: () => { throw new Error('at once'); } };`;
	const { code, error } = await bystander(adapter('doctor', 'abrupt', thrown)());
	expect(error).toMatch(/at once\n\s+at /);
	expect(code).toBe(3);
	expect(leftovers()).toEqual([]);
});

test('the doctor finds nothing wrong with the reference, and leaves nothing', {
	timeout: DOCTOR_MS,
}, async () => {
	const { code, out, error } = await bystander(['doctor', '--database', 'embedded']);
	expect(error).toBe('');
	expect(out).toContain('two controls are equal');
	expect(code).toBe(0);
	expect(leftovers()).toEqual([]);
});

test('an output folder that cannot be written is one sentence and exit code 3', async () => {
	const taken = file('a-file', '');
	chmodSync(taken, 0o400);
	const { code, error } = await bystander(['certify', '--out', join(taken, 'below')]);
	expect(error).toMatch(/a-file/);
	expect(error.trim().split('\n')).toHaveLength(1);
	expect(code).toBe(3);
});

/** Processes that name the temporary folder in their command or environment, and what lies in it but the caches. */
const leftovers = (): readonly string[] => [
	...processes()
		.filter(
			({ pid, zombie, command }) =>
				!zombie && (command.includes(temporary) || inherited(pid, 'TMPDIR', temporary)),
		)
		.map(({ command }) => command),
	...readdirSync(temporary).filter((name) => name !== 'bystander-compile-cache' && !isEmptyFolder(name)),
];

/** `bystander-<uid>` keeps the notes of runs: empty when every run has given back what it took. */
const isEmptyFolder = (name: string): boolean => readdirSync(join(temporary, name)).length === 0;
