import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../fixtures/usage-error.ts';
import { INJECTIONS, row } from '../suites/matrix.ts';
import { askedFor } from './asked.ts';
import { resultOf } from './cells.ts';
import { certify, evidenceHash, exitCode, type Run } from './certificate.ts';
import { evidenceOf } from './evidence.ts';
import {
	held,
	inconclusive,
	LACKS,
	MINIMAL,
	NOW,
	probeRun,
	record,
	records,
	run,
	violated,
} from './examples.ts';
import type { PhaseRecord } from './record.ts';
import * as schemas from './schemas.ts';

const ALL = MINIMAL.flatMap(records);
const made = (all: readonly PhaseRecord[] = ALL, spoilt: Partial<Run> = {}) => certify(run(all, spoilt), []);
const replace = (spoilt: Partial<PhaseRecord>, at = 5) =>
	ALL.map((each, i) => (i === at ? { ...each, ...spoilt } : each));

describe('a certificate', () => {
	test('is ready when the whole set held', () => {
		const certificate = made();
		expect(schemas.certificate.parse(certificate)).toBeTruthy();
		expect(certificate).toMatchObject({
			phase: 'C1',
			failure_matrix: 'MINIMAL',
			executed_injections: MINIMAL,
			total_injections: 9,
			violations: [],
			all_invariants_held: true,
			certification_ready: true,
		});
		expect(certificate.details.verdict).toBe(
			'CERTIFIED: 48 cells of 9 injections held, the whole minimal matrix.',
		);
		expect(exitCode(certificate)).toBe(0);
	});
	test('of the full matrix counts 119 cells', () => {
		const all = INJECTIONS.flatMap(records);
		const certificate = certify(
			run(all, {
				asked: { matrix: 'FULL', ids: INJECTIONS, others: '' },
				results: INJECTIONS.map((id) => resultOf(id, all)),
			}),
			[],
		);
		expect(certificate.details.verdict).toContain('119 cells of 22 injections');
		expect(certificate.certification_ready).toBe(true);
		expect(certificate.details.not_run).toEqual([]);
	});
	test('is none where the data law is not kept as declared, whatever held', () => {
		const departs = { verdict: 'departs', detail: 'no index', declared: 'rows are kept for ever' } as const;
		const probes = [probeRun('before', departs), probeRun('after', departs)];
		const certificate = made(ALL.map((each) => ({ ...each, probes })));
		expect(schemas.certificate.parse(certificate)).toBeTruthy();
		expect(certificate).toMatchObject({
			violations: [],
			all_invariants_held: true,
			certification_ready: false,
			details: { departures: { 'probe-3': 'rows are kept for ever' } },
		});
		expect(certificate.details.certified).toBeUndefined();
		expect(certificate.details.verdict).toBe(
			'NOT CERTIFIED: 48 cells of 9 injections held, but the data law is not kept: probe-3 (rows are kept for ever).',
		);
		expect(exitCode(certificate)).toBe(2);
	});
	test('names each violation, the invariants before the marks', () => {
		const certificate = made(
			replace({
				judgements: { ...record('W3').judgements, I4: violated },
				outcome: [{ name: 'no telemetry', shown: false, facts: '3 rows' }],
			}),
		);
		expect(certificate.violations).toEqual([
			{ injection_id: 'W3', invariant: 'I4', evidence: `boot (sticky): ${violated.reason}` },
			{
				injection_id: 'W3',
				invariant: 'outcome',
				evidence: 'boot (sticky): "no telemetry" was not shown: 3 rows',
			},
		]);
		expect(certificate.details.verdict).toBe(
			'VIOLATED: W3 breaks I4, the first of 2 violations; telemetry is not a bystander here.',
		);
		expect(certificate.all_invariants_held).toBe(false);
		expect(exitCode(certificate)).toBe(1);
	});
	test('a violation outranks an interruption in the exit code', () => {
		const certificate = made(replace({ judgements: { I1: violated } }), {
			interrupted: 'it was interrupted',
		});
		expect(exitCode(certificate)).toBe(1);
	});
	test.each<[string, Parameters<typeof made>, string]>([
		['nothing ran', [[]], 'no certification test ran'],
		['one injection did not run', [ALL.filter((each) => each.injection !== 'A1')], 'A1 did not run'],
		['interrupted', [ALL, { interrupted: 'it was interrupted' }], 'stopped short'],
		['an unhandled error', [ALL, { troubles: [{ kind: 'error', what: 'boom' }] }], 'boom'],
		['keep going', [ALL, { keepGoing: true }], '--keep-going'],
		[
			'another subject',
			[replace({ subject: { name: 'x', version: '1', digest: 'sha256:c' } })],
			'subject changed',
		],
		[
			'another probe set',
			[replace({ probes: [probeRun('before'), { ...probeRun('after'), digest: 'sha256:d' }] })],
			'probe set changed',
		],
		['a cell inconclusive', [replace({ judgements: { I1: inconclusive } })], 'is inconclusive'],
		['one phase not run', [replace({ notRun: 'stopped' })], 'W3 did not run'],
	])('is not ready: %s', (_, [all, spoilt], why) => {
		const certificate = made(all, spoilt);
		expect(certificate.certification_ready).toBe(false);
		expect(certificate.details.obstacles.join('; ')).toContain(why);
		expect(certificate.details.verdict).toMatch(/^INCONCLUSIVE: nothing is certified, because /);
		expect(exitCode(certificate)).toBe(2);
	});
	test('lists every cell that did not run, and why', () => {
		const all = ALL.filter((each) => each.injection !== 'A1');
		const { not_run } = made(all).details;
		expect(not_run).toContainEqual({ injection_id: 'A1', cell: 'I5', reason: 'none of its tests ran' });
		expect(not_run).toContainEqual({ injection_id: 'R4', cell: 'I1', reason: 'not one of the nine' });
		const cells = INJECTIONS.filter((id) => id === 'A1' || !row(id).minimal).flatMap(
			(id) => row(id).invariants,
		);
		expect(not_run.filter((open) => open.cell.startsWith('I'))).toHaveLength(cells.length);
	});
	test('a partial run that held is no certificate, and exits with 0, kept going or not', () => {
		const partial = { asked: { matrix: 'PARTIAL', ids: ['P1'], others: 'not asked for: -t' } } as const;
		for (const keepGoing of [true, false]) {
			const certificate = made(ALL, { ...partial, keepGoing });
			expect(certificate.certification_ready).toBe(false);
			expect(certificate.details.verdict).toMatch(/^HELD: .* a partial run certifies nothing\.$/);
			expect(exitCode(certificate)).toBe(0);
		}
		expect(exitCode(made([], partial))).toBe(2);
	});
	test('the evidence hash does not depend on the order of the files', () => {
		const a = { path: 'evidence/a.json', sha256: '1'.repeat(64) };
		const b = { path: 'evidence/b.json', sha256: '2'.repeat(64) };
		expect(evidenceHash([a, b])).toBe(evidenceHash([b, a]));
		expect(evidenceHash([a])).not.toBe(evidenceHash([b]));
		// printf '[]' | sha256sum
		expect(evidenceHash([])).toBe('sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945');
	});
	test('property: nothing with anything missing or not held is ever ready, or exits with 0', () => {
		const bad = fc.constantFrom<Partial<PhaseRecord>>(
			{ judgements: {} },
			{ judgements: { I1: held } },
			{ judgements: { ...record('W3').judgements, I3: violated } },
			{ judgements: { ...record('W3').judgements, I2: inconclusive } },
			{ witness: [] },
			{ witness: [{ name: 'w', shown: false, facts: 'f' }] },
			{ outcome: [{ name: 'o', shown: false, facts: 'f' }] },
			{ restoration: [{ name: 'r', shown: false, facts: 'f' }] },
			{ probes: [probeRun('before'), probeRun('after', { verdict: 'failed' })] },
			{ error: 'thrown' },
			{ notRun: 'stopped' },
			{ notApplicable: LACKS },
			{ subject: { name: 'made-up', version: '1.2.3', digest: 'sha256:other' } },
		);
		// The first record stays: were all of them spoilt alike, they would simply be of another subject.
		const spoiling = fc.array(
			fc.tuple(fc.integer({ min: 1, max: ALL.length - 1 }), fc.option(bad, { nil: undefined })),
			{
				minLength: 1,
			},
		);
		fc.assert(
			fc.property(spoiling, (spoilt) => {
				const changes = new Map(spoilt);
				const all = ALL.flatMap((each, i) => {
					if (!changes.has(i)) return [each];
					const change = changes.get(i);
					return change ? [{ ...each, ...change }] : [];
				});
				// An injection that does not apply in any of its phases is nothing that is missing.
				const declaredAway = ({ injection }: PhaseRecord): boolean =>
					all.filter((each) => each.injection === injection && each.notApplicable !== undefined).length ===
					records(injection).length;
				fc.pre(ALL.some((each, i) => changes.has(i) && !declaredAway(each)));
				const certificate = made(all);
				expect(certificate.certification_ready).toBe(false);
				expect(exitCode(certificate)).toBeGreaterThan(0);
			}),
		);
	});
});

test('exit codes outside of any certificate', () => {
	expect(exitCode(undefined)).toBe(2);
	expect(exitCode(new UsageError('no such folder'))).toBe(3);
});

describe('evidence', () => {
	test('of an injection that held has exactly the keys of the contract', () => {
		const evidence = schemas.evidence.parse(evidenceOf(resultOf('W3', records('W3')), NOW));
		expect(evidence).toMatchObject({
			injection_id: 'W3',
			injection_name: 'table dropped',
			timestamp_utc: '2026-11-22T11:59:02.100Z',
			probes_passed: 15,
			probes_failed: 0,
			invariants_checked: ['I1', 'I2', 'I3', 'I4', 'I5', 'I6'],
			invariants_passed: true,
			replay_hash_verified: true,
			o1_available: true,
			incidents_changed: false,
		});
		expect(evidence.probes_run).toHaveLength(15);
		expect(schemas.evidence.safeParse({ ...evidence, more: 1 }).success).toBe(false);
	});
	test('of a violation is the FAIL form', () => {
		const all = records('W3').map((each) => ({ ...each, judgements: { ...each.judgements, I3: violated } }));
		const failure = schemas.failureEvidence.parse(evidenceOf(resultOf('W3', all), NOW));
		expect(failure).toMatchObject({ injection_id: 'W3', status: 'FAIL', violated_invariant: 'I3' });
	});
	test('that is inconclusive never looks like a pass, and says why', () => {
		const result = resultOf('P1', [record('P1', { phase: 'live' }, { witness: [] })]);
		expect(schemas.evidence.parse(evidenceOf(result, NOW))).toMatchObject({
			invariants_passed: false,
			replay_hash_verified: false,
			o1_available: false,
			incidents_changed: true,
			details: {
				status: 'inconclusive',
				inconclusive: expect.arrayContaining([expect.objectContaining({ name: 'I1' })]),
			},
		});
	});
	test('of an injection that only threw is schema-clean too', () => {
		const result = resultOf('X3', [], [{ injection: 'X3', kind: 'error', what: 'the file did not load' }]);
		expect(schemas.evidence.parse(evidenceOf(result, NOW))).toMatchObject({
			timestamp_utc: NOW,
			probes_passed: 0,
			invariants_passed: false,
		});
	});
	test('where O1 is not asked for, its reads say whether it was there', () => {
		const read = {
			endpoint: 'runs',
			stage: 'load',
			status: 200,
			sha256: 'a',
			values: 3,
			times: 4,
			slowestMs: 9,
		} as const;
		const seen = (reads: readonly unknown[]) =>
			evidenceOf(resultOf('P1', [record('P1', { phase: 'live' }, { observed: { reads } as never })]), NOW);
		expect(seen([read])).toMatchObject({ o1_available: true });
		expect(seen([read, { ...read, status: 401 }])).toMatchObject({ o1_available: false });
		expect(seen([{ ...read, values: 0 }])).toMatchObject({ o1_available: false });
		expect(seen([])).toMatchObject({ o1_available: false });
	});
});

describe('what was asked for', () => {
	const some = { selected: ['W3'] as const, filtered: ['W1'] as const };
	const byName = { how: '-t x', files: false };
	test('is the whole set when a file is lost, however the run was narrowed by name', () => {
		const lost = { selected: INJECTIONS.slice(1), filtered: [] };
		expect(askedFor({ matrix: 'full', narrowed: byName }, lost)).toMatchObject({
			matrix: 'FULL',
			ids: INJECTIONS,
		});
		expect(askedFor({ matrix: 'full', narrowed: { how: 'files', files: true } }, lost).matrix).toBe(
			'PARTIAL',
		);
	});
	test('is the whole set unless the run was narrowed', () => {
		expect(askedFor({ matrix: 'full' }, some)).toMatchObject({ matrix: 'FULL', ids: INJECTIONS });
		expect(askedFor({ matrix: 'minimal' }, some)).toMatchObject({ matrix: 'MINIMAL', ids: MINIMAL });
	});
	test('is partial when narrowed below the set, or by --only', () => {
		expect(askedFor({ matrix: 'full', narrowed: byName }, some)).toMatchObject({
			matrix: 'PARTIAL',
			ids: ['W3'],
		});
		expect(askedFor({ matrix: 'full', only: ['R2'] }, some)).toMatchObject({
			matrix: 'PARTIAL',
			ids: ['R2'],
		});
	});
	test('is partial when only some tests of every injection were selected', () => {
		const phases = { selected: INJECTIONS, filtered: ['W3'] as const };
		expect(askedFor({ matrix: 'full', narrowed: byName }, phases).matrix).toBe('PARTIAL');
	});
	test('stays the minimal matrix when the narrowing selects exactly the nine', () => {
		const nine = { selected: MINIMAL, filtered: ['R4'] as const };
		expect(askedFor({ matrix: 'minimal', narrowed: byName }, nine).matrix).toBe('MINIMAL');
		expect(askedFor({ matrix: 'full', narrowed: byName }, nine).matrix).toBe('PARTIAL');
	});
});
