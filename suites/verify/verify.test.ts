/** An archive of a real run, edited in every way: what was changed is found. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import frozen from '../../probes/frozen.json' with { type: 'json' };
import { PROBE_NAMES } from '../../probes/probe.ts';
import { attest, unlikeAttested } from '../../reports/attest.ts';
import { canonical, sha256 } from '../../reports/canonical.ts';
import { resultOf } from '../../reports/cells.ts';
import { type Certificate, certify, evidenceHash, type Run } from '../../reports/certificate.ts';
import type { KeptPhase } from '../../reports/compact.ts';
import { derived as derivedFiles } from '../../reports/derived.ts';
import { outside } from '../../reports/examples.ts';
import { lockOf, lockText } from '../../reports/lock.ts';
import { ATTESTATION, SUMS } from '../../reports/paths.ts';
import type * as schemas from '../../reports/schemas.ts';
import { type Archive, readArchive } from '../../reports/verify/archive.ts';
import { checkArchive, type Means } from '../../reports/verify/check.ts';
import { checkFiles } from '../../reports/verify/files.ts';
import { type FactsAgain, resultAgain, runAgain } from '../../reports/verify/rebuild.ts';
import { bystander, ROOT } from '../testing/command.ts';
import { readAssertions } from './facts-again.ts';

const DEADLINE_MS = 180_000;
const EVIDENCE = 'evidence/P3.json';

let folder: string;
let archive: Archive;
let factsAgain: FactsAgain;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'bystander-verify-'));
	expect((await bystander('certify', '--database', 'embedded', '--only', 'P3', '--out', folder)).code).toBe(
		0,
	);
	archive = readArchive(folder);
	factsAgain = readAssertions();
}, DEADLINE_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (path: string, from: Archive = archive): string => from.get(path)?.toString('utf8') ?? '';

/** With other files, and with the hashes that these would have. */
function rehashed(changed: Readonly<Record<string, unknown>>): Archive {
	const files = new Map(archive);
	for (const [path, value] of Object.entries(changed)) files.set(path, Buffer.from(canonical(value)));
	const hashed = (path: string) => ({ path, sha256: sha256(textOf(path, files)) });
	if (!Object.hasOwn(changed, 'certificate.json')) {
		const certificate = JSON.parse(textOf('certificate.json'));
		files.set(
			'certificate.json',
			Buffer.from(canonical({ ...certificate, evidence_hash: evidenceHash([hashed(EVIDENCE)]) })),
		);
	}
	const listed = textOf(SUMS)
		.split('\n')
		.flatMap((line) => line.split('  ')[1] ?? []);
	files.set(SUMS, Buffer.from(listed.map((path) => `${hashed(path).sha256}  ${path}\n`).join('')));
	return files;
}

const means = (more: Partial<Means> = {}): Means => ({
	factsAgain,
	probes: frozen.digest,
	probeNames: PROBE_NAMES,
	...more,
});
const outcomes = async (of: Archive, more: Partial<Means> = {}) =>
	Object.fromEntries((await checkArchive(of, means(more))).map(({ what, outcome }) => [what, outcome]));
const problems = async (of: Archive): Promise<string> =>
	(await checkArchive(of, means()))
		.filter(({ outcome }) => outcome === 'contradicted' || outcome === 'missing')
		.map(({ found }) => found)
		.join('; ');

/** Paths of all leaves of plain data. */
const leaves = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
	typeof value === 'object' && value !== null && Object.keys(value).length > 0
		? Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]))
		: [path];

/** The same data with another leaf; by canonical JSON another. */
function withLeaf(
	data: unknown,
	[key, ...rest]: readonly string[],
	other: (leaf: unknown) => unknown,
): unknown {
	if (key === undefined) return other(data);
	const copy: Record<string, unknown> = Array.isArray(data) ? ([...data] as never) : { ...(data as object) };
	copy[key] = withLeaf(copy[key], rest, other);
	return copy;
}

const OTHER: Readonly<Record<string, (leaf: never) => unknown>> = {
	boolean: (leaf: boolean) => !leaf,
	number: (leaf: number) => leaf + 1,
	string: (leaf: string) => (leaf === 'held' ? 'violated' : leaf === 'violated' ? 'held' : `${leaf}.`),
};
const changed = (leaf: unknown): unknown => OTHER[typeof leaf]?.(leaf as never) ?? 'held';

describe('an archive', () => {
	test('is as it claims', async () => {
		expect(await checkArchive(archive, means())).toMatchObject([
			{ what: 'files', outcome: 'as claimed' },
			{ what: 'contents', outcome: 'as claimed' },
			{ what: 'matrix and probes', outcome: 'as claimed' },
			{ what: 'verdicts', outcome: 'as claimed', found: expect.stringMatching(/^4 cells, \d+ witnesses/) },
			{ what: 'certificate', outcome: 'as claimed', found: expect.stringContaining('HELD: 4 cells') },
			{ what: 'signature', outcome: 'not looked at' },
		]);
	});

	test(
		'is found changed by any single edit of its files',
		() => {
			const paths = [...archive.keys()];
			const edit = fc.record({
				path: fc.constantFrom(...paths),
				at: fc.nat(),
				how: fc.constantFrom('flip', 'insert', 'remove', 'cut', 'lose'),
				bit: fc.integer({ min: 0, max: 7 }),
				byte: fc.integer({ min: 0, max: 255 }),
			});
			fc.assert(
				fc.property(edit, ({ path, at, how, bit, byte }) => {
					const files = new Map(archive);
					const bytes = files.get(path) as Buffer;
					const place = at % bytes.length;
					const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
					if (how === 'lose') files.delete(path);
					else if (how === 'flip') {
						const other = Buffer.from(bytes);
						other[place] = (other[place] ?? 0) ^ (1 << bit);
						files.set(path, other);
					} else if (how === 'insert') files.set(path, Buffer.concat([before, Buffer.from([byte]), after]));
					else if (how === 'remove') files.set(path, Buffer.concat([before, after.subarray(1)]));
					else files.set(path, before);
					expect(checkFiles(files).outcome).not.toBe('as claimed');
				}),
				{ numRuns: 10_000 },
			);
		},
		DEADLINE_MS,
	);

	test('is found changed by a file more', () => {
		for (const path of ['evidence/W1.json', 'controls/live-0.json'])
			expect(checkFiles(new Map([...archive, [path, Buffer.from('{}')]]))).toMatchObject({
				outcome: 'contradicted',
				found: `${path} is not listed`,
			});
	});

	test(
		'does not support an edited verdict, whatever hashes are edited with it',
		async () => {
			const evidence = JSON.parse(textOf(EVIDENCE));
			const derived = leaves(evidence).filter(([first, second, , fourth]) => {
				if (first !== 'details') return true;
				return second !== 'phases' || /^(judgements|witness|outcome)$/.test(fourth ?? '');
			});
			expect(derived.length).toBeGreaterThan(80);
			await fc.assert(
				fc.asyncProperty(fc.constantFrom(...derived), async (path) => {
					expect(await problems(rehashed({ [EVIDENCE]: withLeaf(evidence, path, changed) }))).not.toBe('');
				}),
				{ numRuns: 120 },
			);
		},
		DEADLINE_MS,
	);

	test(
		'does not support an edited certificate, whatever hashes are edited with it',
		async () => {
			const certificate = JSON.parse(textOf('certificate.json'));
			// What nothing else in the archive tells.
			const own = /^(others|seed|keep_going|versions|started_at|duration_ms|troubles|interrupted)$/;
			const derived = leaves(certificate).filter(
				([first, second = '']) => first !== 'timestamp_utc' && !(first === 'details' && own.test(second)),
			);
			expect(derived.length).toBeGreaterThan(100);
			await fc.assert(
				fc.asyncProperty(fc.constantFrom(...derived), async (path) => {
					const edited = withLeaf(certificate, path, changed) as Certificate;
					const files = new Map(rehashed({ 'certificate.json': edited }));
					expect(await problems(files)).not.toBe('');
				}),
				{ numRuns: 120 },
			);
		},
		DEADLINE_MS,
	);

	test('says nothing twice', async () => {
		const twice = (path: string, more: string): Archive => {
			const files = new Map(rehashed({}));
			files.set(path, Buffer.from(textOf(path).replace(/^\{/, `{${more}`)));
			const hashes = [...files.keys()].filter((name) => textOf(SUMS).includes(name));
			const lines = hashes.map((name) => `${sha256(textOf(name, files))}  ${name}\n`);
			return files.set(SUMS, Buffer.from(lines.join('')));
		};
		const control = [...archive.keys()].find((path) => path.startsWith('controls/')) ?? '';
		for (const [path, more] of [
			[EVIDENCE, '"injection_id":"W1",'],
			['certificate.json', '"certification_ready":true,'],
			[control, '"phase":"stop",'],
			[EVIDENCE, ' '],
		] as const)
			expect(await problems(twice(path, more))).toContain(`${path} says something twice`);
	});

	test('says which verdict does not follow, and what the observations say', async () => {
		const evidence = JSON.parse(textOf(EVIDENCE));
		const at = ['details', 'phases', '0', 'observed', 'facts'];
		const edited = withLeaf(evidence, at, () => ({ _t: 'a', _0: [0, 0, 0] }));
		expect(await problems(rehashed({ [EVIDENCE]: edited }))).toMatch(
			/^P3 I3 is violated, not held: live: .*1 incident|^P3 I3 is violated, not held: live: .*decision/,
		);
	});

	test('without a control does not hold enough', async () => {
		const files = new Map(archive);
		for (const path of archive.keys()) if (path.startsWith('controls/')) files.delete(path);
		expect(await outcomes(files)).toMatchObject({ files: 'missing' });
		const listed = textOf(SUMS).replace(/.*controls.*\n/g, '');
		expect(await outcomes(new Map([...files, [SUMS, Buffer.from(listed)]]))).toMatchObject({
			files: 'as claimed',
			observations: 'missing',
		});
	});

	test('of other probes or another matrix is for the version that made it', async () => {
		const other = await outcomes(archive, { probes: `sha256:${'0'.repeat(64)}` });
		expect(other).toMatchObject({ 'matrix and probes': 'missing' });
		expect(other).not.toHaveProperty('verdicts');
	});
});

describe('a forger who derives everything anew', () => {
	type Kept = schemas.Evidence & { details: { phases: (KeptPhase & { label: string })[] } };
	const evidence = (): Kept => JSON.parse(textOf(EVIDENCE));
	const controls = () =>
		new Map(
			[...archive]
				.filter(([path]) => path.startsWith('controls/'))
				.map(([, bytes]) => [`sha256:${sha256(bytes.toString())}`, JSON.parse(bytes.toString())] as const),
		);

	/** The archive that would follow from other evidence and another request, to the last hash. */
	async function derived(one: Kept, change: (run: Run) => Run): Promise<Archive> {
		const { result, evidence } = await resultAgain('P3', one, controls(), factsAgain);
		const run = change(runAgain(JSON.parse(textOf('certificate.json')), [result]));
		const files = new Map(archive);
		files.set(EVIDENCE, Buffer.from(canonical(evidence(run.now))));
		const certificate = certify(run, [{ path: EVIDENCE, sha256: sha256(textOf(EVIDENCE, files)) }]);
		files.set('certificate.json', Buffer.from(canonical(certificate)));
		for (const [path, text] of derivedFiles(certificate, run.results)) files.set(path, Buffer.from(text));
		const lock = lockOf(certificate);
		if (lock !== undefined) files.set('bystander.lock.json', Buffer.from(lockText(lock)));
		const order =
			/^(evidence)|^(controls)|^(certificate)|^(schemas)|^(summary)|^(index)|^(ctrf)|^(badge)|^(bystander)/;
		const place = (path: string): number => order.exec(path)?.slice(1).findIndex(Boolean) ?? -1;
		const lines = [...files.keys()]
			.filter((path) => path !== SUMS)
			.sort((a, b) => place(a) - place(b))
			.map((path) => `${sha256(textOf(path, files))}  ${path}\n`);
		return files.set(SUMS, Buffer.from(lines.join('')));
	}
	const same = (run: Run): Run => run;

	test('and changes nothing, is believed', async () => {
		expect(await problems(await derived(evidence(), same))).toBe('');
	});

	test('cannot call one injection a whole set', async () => {
		for (const matrix of ['FULL', 'MINIMAL'] as const) {
			const forged = await derived(evidence(), (run) => ({
				...run,
				asked: { matrix, ids: ['P3'], others: '' },
			}));
			expect(textOf('certificate.json', forged)).toContain('CERTIFIED: 4 cells');
			expect(await problems(forged)).toMatch(/does not follow from the evidence/);
		}
	});

	test('cannot have what people read say otherwise', async () => {
		for (const path of ['summary.md', 'index.html']) {
			const files = new Map(await derived(evidence(), same));
			const edited = textOf(path, files).replaceAll('HELD', 'CERTIFIED');
			expect(edited).not.toBe(textOf(path, files));
			const sums = textOf(SUMS, files).replace(sha256(textOf(path, files)), sha256(edited));
			files.set(path, Buffer.from(edited)).set(SUMS, Buffer.from(sums));
			expect(await problems(files)).toContain(`${path} is not what follows from it`);
		}
	});

	test('cannot have one phase stand for another', async () => {
		const { details, ...rest } = evidence();
		const phases = details.phases.map((phase) => ({ ...phase, phase: 'stop' as const }));
		const one = { ...rest, details: { ...details, phases } } as Kept;
		await expect(derived(one, same)).rejects.toThrow('what was observed in stop is of another phase');
	});

	test('cannot call what applies not applicable', async () => {
		const lacks = 'the subject declares no metrics endpoint';
		const forged = await derived(evidence(), (run) => ({
			...run,
			asked: { ...run.asked, ids: ['P3', 'R3'] },
			results: [...run.results, resultOf('R3', outside('R3', lacks))],
		}));
		expect(await problems(forged)).toContain(
			`R3 does apply: what was struck shows no lack of that (${lacks})`,
		);
	});

	test('cannot put other results under the digest of the probes, or other schemas beside it', async () => {
		const { details, ...rest } = evidence();
		const renamed = details.phases.map((phase) => ({
			...phase,
			probes: phase.probes.map((one) => ({
				...one,
				results: one.results.map((result, index) => ({ ...result, name: `p${index}` })),
			})),
		}));
		const forged = await derived({ ...rest, details: { ...details, phases: renamed } } as Kept, same);
		expect(await problems(forged)).toContain('are not of the probes that their digest names');
		const files = new Map(await derived(evidence(), same));
		files.set('schemas/certificate.schema.json', Buffer.from('{}'));
		expect(await problems(files)).toContain('schemas/certificate.schema.json is not');
	});
});

describe('a signature', () => {
	const keys = generateKeyPairSync('ed25519');
	const others = generateKeyPairSync('ed25519');
	/** Everything made anew from other observations, as somebody could who has the suite and not the key. */
	function forged(): Archive {
		const evidence = JSON.parse(textOf(EVIDENCE));
		const edited = withLeaf(evidence, ['details', 'phases', '0', 'timings', 'quiet'], changed);
		const certificate = JSON.parse(textOf('certificate.json'));
		const hash = evidenceHash([{ path: EVIDENCE, sha256: sha256(canonical(edited)) }]);
		return rehashed({ [EVIDENCE]: edited, 'certificate.json': { ...certificate, evidence_hash: hash } });
	}
	const signed = (of: Archive, by = keys.privateKey): Archive => {
		const certificate = JSON.parse(textOf('certificate.json', of)) as Certificate;
		return new Map([...of, [ATTESTATION, Buffer.from(attest(certificate, textOf(SUMS, of), by))]]);
	};

	test('of the holder of the key is one', async () => {
		expect(await outcomes(signed(archive), { key: keys.publicKey })).toMatchObject({
			signature: 'as claimed',
		});
	});

	test('is not one that is missing, by another key, or over another archive', async () => {
		expect(await outcomes(archive, { key: keys.publicKey })).toMatchObject({ signature: 'missing' });
		expect(await outcomes(signed(archive, others.privateKey), { key: keys.publicKey })).toMatchObject({
			signature: 'contradicted',
		});
		for (const line of [
			'{}',
			'5',
			'{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[{"sig":5}]}',
		]) {
			const files = new Map([...archive, [ATTESTATION, Buffer.from(line)]]);
			expect(await outcomes(files, { key: keys.publicKey })).toMatchObject({ signature: 'contradicted' });
		}
		// Whatever else cannot be read.
		const unread = new Map(signed(archive));
		unread.delete('certificate.json');
		unread.set(SUMS, Buffer.from(textOf(SUMS).replace('a', 'b')));
		expect(await outcomes(unread, { key: keys.publicKey })).toMatchObject({ signature: 'contradicted' });
		const line = textOf(ATTESTATION, signed(archive));
		const moved = new Map([...forged(), [ATTESTATION, Buffer.from(line)]]);
		expect(await outcomes(moved, { key: keys.publicKey })).toMatchObject({ signature: 'contradicted' });
	});

	test('is found changed by any single edit', () => {
		const certificate = JSON.parse(textOf('certificate.json')) as Certificate;
		const line = attest(certificate, textOf(SUMS), keys.privateKey);
		const edited = fc.record({ at: fc.nat(line.length - 1), to: fc.string({ maxLength: 2 }) });
		fc.assert(
			fc.property(edited, ({ at, to }) => {
				const other = line.slice(0, at) + to + line.slice(at + 1);
				fc.pre(other !== line);
				expect(unlikeAttested(other, certificate, textOf(SUMS), keys.publicKey)).toBeDefined();
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe('the command', () => {
	const copy = (): string => {
		const to = mkdtempSync(join(tmpdir(), 'bystander-verify-'));
		cpSync(folder, to, { recursive: true });
		return to;
	};

	test('ends with 0, 1, 2 and 3, each for its reason', { timeout: DEADLINE_MS }, async () => {
		const [edited, short] = [copy(), copy()];
		try {
			writeFileSync(join(edited, EVIDENCE), textOf(EVIDENCE).replace('"held"', '"hold"'));
			unlinkSync(join(short, EVIDENCE));
			const runs = await Promise.all(
				[folder, edited, short, join(folder, 'nowhere')].map((dir) => bystander('verify', dir)),
			);
			expect(runs.map(({ code }) => code)).toEqual([0, 1, 2, 3]);
			const [good, wrong, less, none] = runs.map(({ said }) => said);
			expect(good).toContain('AS CLAIMED: everything that it says follows from what it holds.');
			expect(wrong).toContain(`✗ files`);
			expect(wrong).toContain(`${EVIDENCE} is not the file that was listed`);
			expect(less).toContain(`not there: ${EVIDENCE}`);
			expect(none).toMatch(/^bystander: there is no folder .*nowhere: give the folder of an archive/);
		} finally {
			for (const dir of [edited, short]) rmSync(dir, { recursive: true });
		}
	});

	test('ends with a sentence, whatever lies there', { timeout: DEADLINE_MS }, async () => {
		const [listless, linked] = [copy(), copy()];
		try {
			unlinkSync(join(listless, SUMS));
			mkdirSync(join(listless, SUMS));
			unlinkSync(join(linked, EVIDENCE));
			symlinkSync(join(folder, EVIDENCE), join(linked, EVIDENCE));
			symlinkSync('loop.json', join(linked, 'evidence/loop.json'));
			writeFileSync(join(linked, SUMS), `${textOf(SUMS)}${'0'.repeat(64)}  ${'x'.repeat(300)}\n`);
			const runs = await Promise.all([listless, linked].map((dir) => bystander('verify', dir)));
			expect(runs.map(({ code }) => code)).toEqual([2, 1]);
			expect(runs[0]?.said).toContain(`there is no ${SUMS}`);
			expect(runs[1]?.said).toContain('evidence/loop.json is not listed');
			for (const { said } of runs) expect(said).not.toMatch(/\n\s+at /);
		} finally {
			for (const dir of [listless, linked]) rmSync(dir, { recursive: true });
		}
	});

	test('wants a public Ed25519 key', { timeout: DEADLINE_MS }, async () => {
		const { code, said } = await bystander('verify', folder, '--key', join(ROOT, 'README.md'));
		expect(code).toBe(3);
		expect(said).toMatch(/README.md is no public Ed25519 key in PEM without a passphrase: openssl pkey/);
	});
});

test('a signed archive has the hash of its list in the statement', () => {
	const certificate = JSON.parse(textOf('certificate.json')) as Certificate;
	const line = attest(certificate, textOf(SUMS), generateKeyPairSync('ed25519').privateKey);
	const statement = JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString());
	expect(statement).toMatchObject({
		_type: 'https://in-toto.io/Statement/v1',
		predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
		predicate: { result: 'FAILED', passedTests: expect.arrayContaining(['P3 I1']), failedTests: [] },
	});
	expect(statement.subject).toContainEqual({
		name: SUMS,
		digest: { sha256: createHash('sha256').update(textOf(SUMS)).digest('hex') },
	});
});
