/** docs/evidence.md says what is so: its examples follow the schemas, its tables name every key, its commands run. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isExecutable, lacks } from '../fixtures/testing/machine.ts';
import * as example from '../probes/invariants/testing/example.ts';
import { canonical } from './canonical.ts';
import { MINIMAL, records, run } from './examples.ts';
import { jsonSchemas } from './schemas.ts';
import { writeArchive } from './write.ts';

const ROOT = join(import.meta.dirname, '..');
const TEXT = readFileSync(join(ROOT, 'docs/evidence.md'), 'utf8');
const SCHEMAS = Object.entries(jsonSchemas()).map(
	([file, schema]) => [file.replace('.schema.json', ''), schema as Schema] as const,
);

interface Schema {
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly [word: string]: unknown;
}

/** ```` ```<info> ```` … ```` ``` ```` */
const blocks = [...TEXT.matchAll(/^```(\w+) ([\w-]+)\n(.*?)^```$/gms)].map(
	([, language = '', info = '', body = '']) => ({ language, info, body }),
);
const bodyOf = (language: string, info: string): string =>
	blocks.find((block) => block.language === language && block.info === info)?.body ?? '';

/** What the tables of a text that begin with a column `key` name in that column. */
function documented(text: string): ReadonlySet<string> {
	const tables = [...text.matchAll(/^\| key \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/gm)].map(([, rows = '']) => rows);
	const cells = tables.flatMap((rows) => rows.split('\n').map((row) => row.split('|')[1] ?? ''));
	return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key)));
}

/** Every key below a schema; a difference from the control has the keys of the control. */
const keys = (schema: unknown): readonly string[] =>
	typeof schema !== 'object' || schema === null
		? []
		: Object.entries(schema).flatMap(([word, part]) =>
				word === 'properties'
					? Object.entries(part as object).flatMap(([key, of]) => [
							key,
							...(key === 'observed' ? [] : keys(of)),
						])
					: keys(part),
			);

describe.each(SCHEMAS)('%s', (name, schema) => {
	const example = bodyOf('json', name);
	const section = TEXT.split(/^(?=## )/m).find((part) => part.includes(`\`\`\`json ${name}\n`)) ?? '';

	test('has an example that follows it', () => {
		const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
		validate(JSON.parse(example));
		expect(validate.errors).toBeNull();
	});
	test('has each of its keys in a table beside the example, and each key of details', () => {
		const { properties = {} } = schema;
		const own = [...Object.keys(properties), ...Object.keys(properties.details?.properties ?? {})];
		expect(own.filter((key) => !documented(section).has(key))).toEqual([]);
	});
	test('has every deeper key in some table', () => {
		const told = documented(TEXT);
		expect([...new Set(keys(schema))].filter((key) => !told.has(key))).toEqual([]);
	});
});

test('the tables name no key that there is not', () => {
	const known = new Set(SCHEMAS.flatMap(([, schema]) => keys(schema)));
	// Keys of a record, which a schema has as names.
	for (const mark of ['witness', 'outcome', 'restoration', 'probes']) known.add(mark);
	for (const found of ['finished', 'interrupted', 'absent', 'half-written']) known.add(found);
	expect([...documented(TEXT)].filter((key) => !known.has(key))).toEqual([]);
	expect(blocks.filter(({ language }) => language === 'json').map(({ info }) => info)).toEqual(
		expect.arrayContaining(SCHEMAS.map(([name]) => name)),
	);
});

/** Commands of the document are skipped without the programs that they run; CI fails without them. */
const without = (...programs: readonly string[]): boolean =>
	lacks(() =>
		programs.every((program) =>
			(process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program))),
		),
	);

describe('by hand', () => {
	let dir: string;
	let keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
	const observed = {
		...example.observed,
		executions: example.observed.executions.slice(2),
		unlogged: 'there is no log',
		telemetry: { ...example.observed.telemetry, relations: [] },
	};
	beforeAll(() => {
		dir = mkdtempSync(join(tmpdir(), 'bystander-docs-'));
		keys = generateKeyPairSync('ed25519');
		const all = MINIMAL.flatMap(records).map((one) => ({ ...one, control: example.control, observed }));
		writeArchive(dir, run(all), keys.privateKey);
		writeFileSync(join(dir, 'pub.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
	});
	afterAll(() => rmSync(dir, { recursive: true }));
	const sh = async (body: string): Promise<string> =>
		(await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', body], { cwd: dir })).stdout;

	test('an observation is got back', async () => {
		const code = ['--input-type=module', '--eval', bodyOf('js', 'archive'), 'read.js', dir, 'W1', 'live'];
		const { stdout } = await promisify(execFile)(process.execPath, code, { cwd: ROOT });
		expect(canonical(JSON.parse(stdout))).toBe(
			canonical({ control: example.control, observation: observed }),
		);
	});
	test.skipIf(without('jq'))('evidence_hash is computed', async () => {
		const [computed, , claimed] = (await sh(bodyOf('sh', 'archive'))).split(/\s+/);
		expect(`sha256:${computed}`).toBe(claimed);
	});
	test.skipIf(without('jq', 'openssl'))('a signature is verified, and another is not', async () => {
		expect(await sh(bodyOf('sh', 'signed'))).toBe('Signature Verified Successfully\ntrue\n');
		writeFileSync(join(dir, 'SHA256SUMS'), readFileSync(join(dir, 'SHA256SUMS'), 'utf8').slice(65));
		await expect(sh(bodyOf('sh', 'signed'))).rejects.toThrow();
	});
	test.skipIf(without('openssl'))('keys are made', async () => {
		await sh(bodyOf('sh', 'keys'));
		expect(readFileSync(join(dir, 'pub.pem'), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
	});
});
