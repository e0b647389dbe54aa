/**
 * Nothing secret is in anything that comes out (spec §7). A product that tells all it knows, in its rows, bodies and
 * errors, is certified by the real command; every file and every line of it is searched for what was planted, and for
 * the passwords that the run itself made up.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { example } from '../fixtures/subjects/black-box/testing/example.ts';
import { bystander, type Ended, ROOT } from './testing/command.ts';

const DEADLINE_MS = 180_000;

/** Of letters alone, and alike in no other word: nothing but the searched text can hold one. */
const word = (name: string): string => `qz${name}qzkoplmuxwvyqz`;

/** What its rows say: each is a secret by its looks. By name, what is searched for, and how it stands in the row. */
const PLANTED = {
	password: [word('password'), `password=${word('password')}`],
	quoted: [word('quoted'), `{"api_key": "${word('quoted')}"}`],
	bearer: [`${word('bearer')}7`, `Bearer ${word('bearer')}7`],
	postgres: [word('postgres'), `postgres://u:${word('postgres')}@h:5432/d`],
	url: [word('url'), `amqp://u:${word('url')}@h/v`],
	jwt: ['eyJhbGciOiJub25lIn0', `eyJhbGciOiJub25lIn0.${word('jwt')}.${word('signature')}`],
	pem: [word('pem'), `-----BEGIN PRIVATE KEY-----\n${word('pem')}\n-----END PRIVATE KEY-----`],
} as const satisfies Record<string, readonly [secret: string, planted: string]>;

/** Secrets that look like any word: the run knows them, since they are in a header, or are declared. */
const HEADER = word('header');
const DECLARED = word('declared');

/** Where the product writes what it was given, and what it answered: this proves that all of it was there. */
let side = '';
let folder = '';
let out = '';

beforeAll(() => {
	side = mkdtempSync(join(tmpdir(), 'bystander-redaction-'));
	// Inside the tree, so that a subject written there finds the packages.
	folder = mkdtempSync(join(ROOT, 'reports/out-'));
	out = join(folder, 'archive');
});
afterAll(() => {
	for (const path of [side, folder]) rmSync(path, { recursive: true, force: true });
});

/** A subject's module that begins with the reference and these words: `heard` keeps for the test what it is given. */
function subject(name: string, source: string): string {
	const path = join(folder, `${name}.ts`);
	writeFileSync(
		path,
		`import { appendFileSync, mkdirSync } from 'node:fs';
		import pg from 'pg';
		import reference from '../../fixtures/subjects/reference.ts';
		const heard = (text) => appendFileSync(${JSON.stringify(join(side, name))}, text + '\\n');
		const logins = ({ owner, roles }) => [owner, ...Object.values(roles)].map(({ url }) => url);
		const passwords = (database) => logins(database).map((url) => new URL(url).password);
		${source}`,
	);
	return path;
}

const heardBy = (name: string): string => readFileSync(join(side, name), 'utf8');

/** The passwords in all that a product was given, and its bearer tokens. */
const made = (heard: string): readonly string[] => [
	...new Set(
		[...heard.matchAll(/postgres:\/\/subject_\w+:([^@]+)@|Bearer (ref_[\w-]+)/g)].map(
			([, a, b]) => a ?? b ?? '',
		),
	),
];

/** As it stands, and in the encodings in which a product may tell it. */
const formsOf = (secret: string): readonly string[] => [
	secret,
	encodeURIComponent(secret),
	Buffer.from(secret).toString('base64').slice(0, -4),
];

/** Which of these secrets are in a text, with what stands around. */
const foundIn = (text: string, secrets: readonly string[]): readonly string[] =>
	secrets
		.flatMap(formsOf)
		.flatMap((form) =>
			text.includes(form) ? [text.slice(Math.max(0, text.indexOf(form) - 80)).slice(0, 160)] : [],
		);

const LOUD = (): string => `
	const SAYS = ${JSON.stringify(Object.values(PLANTED).map(([, planted]) => planted))};
	const all = (database) => [
		...passwords(database), ...passwords(database).map((one) => Buffer.from('u:' + one).toString('base64')),
		...logins(database), '${HEADER}', '${DECLARED}', ...SAYS].join(' ');
	let given;
	/** Once for all workers. */
	const first = (what) => { try { mkdirSync(${JSON.stringify(side)} + '/' + what); return true; } catch { return false; } };
	let breaks = false;
	export default {
		...reference,
		name: 'loud',
		async migrate(database) {
			given = database;
			await reference.migrate(database);
			heard(logins(database).join(' '));
			const client = new pg.Client({ connectionString: database.owner.url });
			await client.connect();
			const row = (text) => pg.escapeLiteral(text + ' ');
			// Every run of it is another, so that nothing that it tells is the same as in the control.
			await client.query('create function tell() returns trigger language plpgsql as $tell$ begin '
				+ 'new.value := ' + row(all(database)) + ' || gen_random_uuid() || new.value; return new; end $tell$;'
				+ 'create trigger tell before insert on memory_entries for each row execute function tell()');
			await client.end();
		},
		async restoreTelemetry(database) {
			breaks = first('broken');
			throw new Error('cannot restore with ' + all(database));
		},
		async start(options) {
			const running = await reference.start(options);
			const headers = { ...running.headers, 'x-key': '${HEADER}' };
			heard(JSON.stringify(headers));
			return {
				...running,
				headers,
				secrets: ['${DECLARED}'],
				async processes() {
					if (breaks) throw Object.assign(new Error('no processes with ' + all(options.database)), { detail: all(options.database) });
					return running.processes();
				},
				async execute(request, signal) {
					const answer = await running.execute(request, signal);
					if (request.scenario === 'success')
						heard(await (await fetch(running.origin + '/v1/memory', { headers })).text());
					return answer;
				},
			};
		},
	};`;

describe('a product that tells all it knows', () => {
	let run: Ended;
	let heard: string;
	let secrets: readonly string[];
	let files: readonly (readonly [path: string, text: string])[];

	beforeAll(async () => {
		const loud = subject('loud', LOUD());
		run = await bystander(
			...['certify', '--database', 'embedded', '--keep-going', '--only', 'P1,P2'],
			...['--subject', loud, '--out', out],
		);
		heard = heardBy('loud');
		secrets = [...Object.values(PLANTED).map(([secret]) => secret), HEADER, DECLARED, ...made(heard)];
		files = globSync('**/*', { cwd: out, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name))
			.map((path) => [path.slice(out.length + 1), readFileSync(path, 'utf8')] as const);
	}, DEADLINE_MS);

	test('everything was planted: it is in the rows that the product answers with', () => {
		const rows = heard.split('\n').filter((line) => line.startsWith('{"memory"'));
		expect(rows.length).toBeGreaterThan(0);
		const told = rows.join('\n');
		for (const [name, [secret]] of Object.entries(PLANTED)) expect(told, name).toContain(secret);
		for (const secret of [HEADER, DECLARED]) expect(told).toContain(secret);
		// Every worker and the check of the adapter have a server with five passwords of its own; tokens are in headers.
		const own = made(heard);
		expect(own.length).toBeGreaterThanOrEqual(8);
		const passwords = own.filter((secret) => !secret.startsWith('ref_'));
		expect(passwords.filter((secret) => told.includes(secret)).length).toBeGreaterThanOrEqual(8);
		expect(own.length).toBeGreaterThan(passwords.length);
	});

	test('everything was told: in samples, sentences, what was restored, and the error of a phase', () => {
		expect(run.code, run.said).toBe(1);
		const evidence = files
			.filter(([path]) => path.startsWith('evidence/'))
			.map(([, text]) => JSON.parse(text));
		expect(evidence).toHaveLength(2);
		const phases = evidence.flatMap(({ details }) => details.phases);
		const text = (part: unknown): string => JSON.stringify(part ?? '');
		const judged = phases.filter(({ error }) => error === undefined);
		expect(text(judged.map(({ judgements }) => judgements))).toContain('[removed]');
		expect(text(judged.map(({ control }) => control?.samples))).toContain('[removed]');
		expect(text(phases.map(({ restoration }) => restoration))).toContain('cannot restore with [removed]');
		expect(text(phases.map(({ error }) => error))).toContain('no processes with [removed]');
		expect(run.said).toContain('[removed]');
	});

	test('no file of the archive holds any of it', () => {
		expect(files.map(([path]) => path)).toEqual(
			expect.arrayContaining([
				'SHA256SUMS',
				'certificate.json',
				'summary.md',
				'index.html',
				'evidence/P1.json',
				'evidence/P2.json',
			]),
		);
		expect(files.flatMap(([path, text]) => foundIn(text, secrets).map((at) => `${path}: ${at}`))).toEqual([]);
	});

	test('nothing that the command says holds any of it', () => {
		expect(run.said.length).toBeGreaterThan(200);
		expect(foundIn(run.said, secrets)).toEqual([]);
	});

	test(
		'the archive still follows from itself',
		async () => {
			const verified = await bystander('verify', out);
			expect(verified.said).toContain('AS CLAIMED');
			expect(foundIn(verified.said, secrets)).toEqual([]);
		},
		DEADLINE_MS,
	);
});

describe('what a command says when it goes wrong', () => {
	test('of a subject that throws its database', async () => {
		const path = subject(
			'thrower',
			`export default { ...reference, name: 'thrower', async start({ database }) {
				const said = [...passwords(database), ...logins(database), 'token: ${word('token')}'].join(' ');
				heard(said);
				throw new Error('started with ' + said);
			} };`,
		);
		const { code, said } = await bystander('doctor', '--database', 'embedded', '--subject', path);
		expect(said).toMatch(/start\(\) of subject thrower failed .*: started with \[removed\]/);
		expect(code).toBe(3);
		const heard = heardBy('thrower');
		expect(made(heard).length).toBeGreaterThanOrEqual(4);
		expect(foundIn(heard, made(heard)).length).toBeGreaterThan(0);
		expect(foundIn(said, [...made(heard), word('token')])).toEqual([]);
	});

	test('of a migration that throws its owner', async () => {
		const path = subject(
			'migrant',
			`export default { ...reference, name: 'migrant', async migrate(database) {
				heard(logins(database).join(' '));
				throw new Error('migrated as ' + passwords(database).join(' '));
			} };`,
		);
		const { code, said } = await bystander('doctor', '--database', 'embedded', '--subject', path);
		expect(said).toMatch(/migrate\(\) of subject migrant failed.*: migrated as \[removed\]/);
		expect(code).toBe(3);
		expect(made(heardBy('migrant')).length).toBeGreaterThanOrEqual(4);
		expect(foundIn(said, made(heardBy('migrant')))).toEqual([]);
	});

	test('of a black box whose last words are its environment', async () => {
		const loud = `const { appendFileSync } = require('node:fs');
			const said = [process.env.DATABASE_URL, process.env.MADE_UP, ${JSON.stringify(Object.values(PLANTED).map(([, planted]) => planted))}.join(' ')].join(' ');
			appendFileSync(${JSON.stringify(join(side, 'box'))}, said);
			appendFileSync(${JSON.stringify(join(side, 'box-made-up'))}, process.env.MADE_UP);
			console.error('last words: ' + said); process.exit(9)`;
		writeFileSync(join(folder, 'empty.sql'), '');
		writeFileSync(join(folder, 'loud.cjs'), loud);
		const config = join(folder, 'box.json');
		writeFileSync(
			config,
			JSON.stringify({
				...example(),
				migrate: [{ sql: 'empty.sql' }],
				restoreTelemetry: [{ sql: 'empty.sql' }],
				sources: ['*.sql'],
				secrets: ['MADE_UP'],
				start: { command: [process.execPath, 'loud.cjs'], port: { variable: 'PORT' } },
			}),
		);
		const { code, said } = await bystander('doctor', '--database', 'embedded', '--subject', config);
		expect(said).toMatch(/start\(\) of subject small failed .* it said: last words: /);
		expect(code).toBe(3);
		const secrets = [
			...Object.values(PLANTED).map(([secret]) => secret),
			...made(heardBy('box')),
			heardBy('box-made-up'),
		];
		expect(secrets.length).toBe(Object.keys(PLANTED).length + 2);
		for (const secret of secrets) expect(heardBy('box')).toContain(secret);
		expect(foundIn(said, secrets)).toEqual([]);
	});

	test.for(['certify', 'doctor', 'teeth'])('of a server that %s cannot reach', async (command) => {
		const password = word('external');
		const args = [command, '--database', `postgres://someone:${password}@127.0.0.1:1/x`];
		const { code, said } = await bystander(...args, ...(command === 'doctor' ? [] : ['--out', out]));
		expect(said).toMatch(/No Postgres answers at 127\.0\.0\.1:1/);
		expect(code).toBe(3);
		expect(foundIn(said, [password])).toEqual([]);
	});
});
