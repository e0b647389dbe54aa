/** Whatever an archive holds is as the published schemas say, read by a validator that is not ours. */
import { generateKeyPairSync } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as example from '../probes/invariants/testing/example.ts';
import type { Observation } from '../probes/observe/observation.ts';
import { type InjectionId, row } from '../suites/matrix.ts';
import { expectedPhases, resultOf } from './cells.ts';
import type { Run } from './certificate.ts';
import { inconclusive, MINIMAL, outside, probeRun, record, run, violated } from './examples.ts';
import type { PhaseRecord } from './record.ts';
import { jsonSchemas } from './schemas.ts';
import { readArchive } from './verify/archive.ts';
import { checkArchive } from './verify/check.ts';
import { writeArchive } from './write.ts';

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const SCHEMAS = Object.fromEntries(
	Object.entries(jsonSchemas()).map(([name, schema]) => [
		basename(name, '.schema.json'),
		ajv.compile(schema),
	]),
);

function wrong(name: string, value: unknown): readonly string[] {
	const validate = SCHEMAS[name];
	if (validate === undefined) return [`there is no schema ${name}`];
	validate(value);
	return (validate.errors ?? []).map(
		({ instancePath, message, params }) => `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
	);
}

let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'bystander-schemas-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** What is wrong with each file of the archive, and by how many files of each kind that was said. */
function look(): { wrong: readonly string[]; seen: Readonly<Record<string, number>> } {
	const read = (path: string): unknown => JSON.parse(readFileSync(join(dir, path), 'utf8'));
	const files = [
		...globSync('evidence/*', { cwd: dir }).map(
			(path) => ['status' in Object(read(path)) ? 'failure-evidence' : 'evidence', read(path)] as const,
		),
		...globSync('controls/*', { cwd: dir }).map((path) => ['control', read(path)] as const),
		...globSync('certificate.json', { cwd: dir }).map((path) => ['certificate', read(path)] as const),
		...globSync('bystander.lock.json', { cwd: dir }).map((path) => ['lock', read(path)] as const),
		...globSync('attestation.intoto.jsonl', { cwd: dir }).flatMap((path) => {
			const envelope = read(path) as { readonly payload: string };
			const payload: unknown = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
			return [['attestation', envelope] as const, ['statement', payload] as const];
		}),
	];
	return {
		wrong: files.flatMap(([name, value]) => wrong(name, value)),
		seen: Object.fromEntries(
			[...Map.groupBy(files, ([name]) => name)].map(([name, all]) => [name, all.length]),
		),
	};
}

const WHOLE: Partial<PhaseRecord> = {
	subject: {
		name: 'made-up',
		version: '1.2.3',
		digest: `sha256:${'b'.repeat(64)}`,
		schema: `sha256:${'c'.repeat(64)}`,
		git: { commit: 'd'.repeat(40), dirty: true },
		undeclared: ['no audit export: none was compared while telemetry was gone'],
	},
	database: {
		provider: 'external',
		version: '18.4',
		build: 'PostgreSQL 18.4',
		lacks: { crash: 'it is yours' },
	},
	context: {
		tables: ['telemetry_event'],
		separateWriter: true,
		capabilities: { metrics: [{ name: 'metrics', read: '/read' }], metricsPage: { path: '/metrics' } },
		gap: { relations: [], writers: ['app'] },
	},
	control: { ...example.control, bare: { absent: 1 } },
	observed: { ...example.observed, executions: [], unlogged: 'there is no log', samples: { a1b2: '{}' } },
};
const made = (spoilt: (id: InjectionId) => readonly PhaseRecord[], how: Partial<Run> = {}) => {
	const all = MINIMAL.flatMap(spoilt);
	const key = generateKeyPairSync('ed25519').privateKey;
	writeArchive(dir, run(all, { results: MINIMAL.map((id) => resultOf(id, all, how.troubles)), ...how }), key);
	return look();
};
const phases = (id: InjectionId, spoilt: Partial<PhaseRecord>): readonly PhaseRecord[] =>
	expectedPhases(id).map((label) => {
		const of = (seen: Observation | undefined) => seen && { ...seen, ...label };
		const { control, observed } = { ...WHOLE, ...spoilt };
		const both = control && observed ? { control: of(control), observed: of(observed) } : {};
		return record(id, label, { ...WHOLE, ...spoilt, ...both } as Partial<PhaseRecord>);
	});

describe('an archive is as the schemas say', () => {
	test('where all is held, with its controls, its lock and its signature', () => {
		expect(made((id) => phases(id, {}))).toEqual({
			wrong: [],
			seen: { evidence: 9, control: 4, certificate: 1, lock: 1, attestation: 1, statement: 1 },
		});
	});
	test('where an invariant, an outcome, a restoration and a probe are violated', () => {
		const shown = [{ name: 'it came', shown: false, facts: '0 rows' }];
		const spoilt: Partial<Record<InjectionId, Partial<PhaseRecord>>> = {
			W1: { judgements: { ...Object.fromEntries(row('W1').invariants.map((id) => [id, violated])) } },
			W3: { outcome: shown },
			P1: { restoration: shown },
			A1: { probes: [probeRun('before'), probeRun('after', { verdict: 'failed', detail: 'a foreign key' })] },
		};
		const { wrong, seen } = made((id) => phases(id, spoilt[id] ?? {}));
		expect(wrong).toEqual([]);
		expect(seen).toMatchObject({ 'failure-evidence': 4, evidence: 5, attestation: 1 });
	});
	test('where something is inconclusive, was thrown, was not struck, and where the run stopped short', () => {
		const spoilt: Partial<Record<InjectionId, Partial<PhaseRecord>>> = {
			W1: { judgements: { I1: inconclusive } },
			W3: { error: 'the server went away', subject: { name: '', version: '', digest: '' }, judgements: {} },
			P1: { notRun: 'W3 live: I1 violated' },
			P3: {
				probes: [probeRun('before', { verdict: 'departs', declared: 'kept for ever', detail: 'no TTL' })],
			},
		};
		const nothing = { control: undefined, observed: undefined } as unknown as Partial<PhaseRecord>;
		const { wrong, seen } = made((id) => (id === 'A1' ? [] : phases(id, { ...nothing, ...spoilt[id] })), {
			interrupted: 'it was interrupted',
			troubles: [
				{ kind: 'error', what: 'not handled' },
				{ injection: 'R2', kind: 'skipped', what: 'live' },
			],
			keepGoing: true,
		});
		expect(wrong).toEqual([]);
		expect(seen).toEqual({ evidence: 7, certificate: 1 });
	});
	test('where a phase came to nothing, and the run is signed all the same', () => {
		const nowhere: Partial<PhaseRecord> = {
			error: 'there is no server',
			subject: { name: '', version: '', digest: '' },
			judgements: {},
		};
		const { wrong, seen } = made((id) => phases(id, id === 'W3' ? nowhere : {}));
		expect(wrong).toEqual([]);
		expect(seen).toMatchObject({ statement: 1 });
	});
	test('where not all applies', () => {
		const { wrong, seen } = made((id) => (row(id).needs.length > 0 ? outside(id) : phases(id, {})));
		expect(wrong).toEqual([]);
		expect(seen).toMatchObject({ certificate: 1, lock: 1 });
		expect(seen.evidence).toBeLessThan(9);
	});
});

test('a key that nobody knows is found, however deep', () => {
	made((id) => phases(id, {}));
	const text = (path: string): string => readFileSync(join(dir, path), 'utf8');
	const more = (path: string, at: string): unknown => JSON.parse(text(path).replace(at, `${at}"more":1,`));
	for (const at of [
		'{',
		'"details":{',
		'"marks":{',
		'"subject":{',
		'"capabilities":{',
		'"observed":{',
		'"control":{',
	])
		expect(wrong('evidence', more('evidence/W1.json', at)), at).not.toEqual([]);
	for (const at of ['{', '"details":{', '"cells":{', '"durations":{', '"git":{'])
		expect(wrong('certificate', more('certificate.json', at)), at).not.toEqual([]);
	expect(wrong('lock', more('bystander.lock.json', '"subject": {'))).not.toEqual([]);
	expect(wrong('attestation', more('attestation.intoto.jsonl', '{'))).not.toEqual([]);
	expect(wrong('control', more(`${globSync('controls/*', { cwd: dir })[0]}`, '{'))).not.toEqual([]);
});

test('an archive of other shapes is for the version that made it; of these, it is contradicted', async () => {
	made((id) => phases(id, {}));
	const archive = readArchive(dir);
	const means = { factsAgain: async () => undefined, probes: probeRun('before').digest, probeNames: [] };
	const contents = async (changed: Readonly<Record<string, string>>) => {
		const files = Object.entries(changed).map(([path, text]) => [path, Buffer.from(text)] as const);
		const checks = await checkArchive(new Map([...archive, ...files]), means);
		return checks.find(({ what }) => what === 'contents');
	};
	const text = (path: string): string => archive.get(path)?.toString('utf8') ?? '';
	const [control = ''] = globSync('controls/*', { cwd: dir });
	expect(await contents({})).toMatchObject({ outcome: 'as claimed' });
	for (const path of ['evidence/W1.json', 'certificate.json', control]) {
		const more = { [path]: text(path).replace('{', '{"more":1,') };
		expect(await contents(more), path).toMatchObject({
			outcome: 'contradicted',
			found: expect.stringContaining(`${path} cannot be read`),
		});
		expect(await contents({ ...more, 'schemas/evidence.schema.json': '{}' }), path).toMatchObject({
			outcome: 'missing',
			found: expect.stringMatching(/^its schemas are those of another version/),
		});
	}
});
