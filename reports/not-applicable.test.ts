/** Certificates of subjects that do not declare everything: what does not apply is named, and never called whole. */
import { describe, expect, test } from 'vitest';
import { INJECTIONS, type InjectionId, row } from '../suites/matrix.ts';
import { resultOf } from './cells.ts';
import { certify, exitCode } from './certificate.ts';
import { inconclusive, LACKS, MINIMAL, outside, records, run } from './examples.ts';
import type { PhaseRecord } from './record.ts';
import * as schemas from './schemas.ts';

const ALL = MINIMAL.flatMap(records);

describe('a certificate of a subject to which not all applies', () => {
	const NO_JOB = 'the subject declares no cleanup job';
	const lacking = (id: InjectionId): string | undefined => {
		const needs: readonly string[] = row(id).needs;
		return needs.includes('metrics') ? LACKS : needs.includes('cleanupJob') ? NO_JOB : undefined;
	};
	const recordsOf = (id: InjectionId): PhaseRecord[] => {
		const why = lacking(id);
		return why === undefined ? records(id) : outside(id, why);
	};
	const made = (ids: readonly InjectionId[], matrix: 'FULL' | 'PARTIAL', all = ids.flatMap(recordsOf)) =>
		certify(
			run(all, {
				asked: { matrix, ids, others: matrix === 'FULL' ? '' : 'not asked for: --only' },
				results: ids.map((id) => resultOf(id, all)),
			}),
			[],
		);
	const WITHOUT = 'FULL minus R1, R2, R3, R4, C1, C3, A1, A2, A3, X1, X2';

	test('says FULL minus what, and is never ready', () => {
		const certificate = made(INJECTIONS, 'FULL');
		expect(schemas.certificate.parse(certificate)).toBeTruthy();
		expect(certificate).toMatchObject({
			failure_matrix: WITHOUT,
			total_injections: 11,
			all_invariants_held: true,
			certification_ready: false,
			details: { certified: WITHOUT, obstacles: [], not_run: [] },
		});
		expect(certificate.details.verdict).toBe(
			`CERTIFIED: 60 cells of 11 injections held: FULL minus R1, R2, R3, R4, A1, A2, A3, X1, X2 (${LACKS}), C1, C3 (${NO_JOB}).`,
		);
		expect(exitCode(certificate)).toBe(0);
	});
	test('names each cell, and why', () => {
		const { not_applicable, cells } = made(INJECTIONS, 'FULL').details;
		expect(not_applicable).toContainEqual({ injection_id: 'R1', cell: 'I5', reason: LACKS });
		expect(not_applicable).toContainEqual({ injection_id: 'C3', cell: 'I6', reason: NO_JOB });
		expect(not_applicable.filter(({ cell }) => cell.startsWith('I'))).toHaveLength(119 - 60);
		expect(cells.R1).toMatchObject({ I1: 'not applicable', witness: 'not applicable' });
	});
	test('certifies nothing where anything that applies is not held', () => {
		const spoilt = INJECTIONS.flatMap(recordsOf).map((each) =>
			each.injection === 'P1' ? { ...each, judgements: { I1: inconclusive } } : each,
		);
		const certificate = made(INJECTIONS, 'FULL', spoilt);
		expect(certificate.details).not.toHaveProperty('certified');
		expect(certificate.details.verdict).toMatch(
			/^INCONCLUSIVE: nothing is certified, because P1 is inconclusive/,
		);
		expect(exitCode(certificate)).toBe(2);
	});
	test('is none where nothing that was asked for applies', () => {
		const certificate = made(['R1'], 'PARTIAL');
		expect(certificate.failure_matrix).toBe('PARTIAL minus R1');
		expect(certificate.details.verdict).toBe(
			`INCONCLUSIVE: nothing is certified, because nothing that was asked for applies to this subject: R1 (${LACKS}).`,
		);
		expect(certificate.all_invariants_held).toBe(false);
		expect(certificate.details.subject).toHaveLength(1);
		expect(exitCode(certificate)).toBe(2);
	});
	test('that was asked for in part says so beside it', () => {
		const certificate = made(['W3', 'R1', 'P1'], 'PARTIAL');
		expect(certificate.details.verdict).toBe(
			`HELD: 10 cells of 2 injections held; not applicable: R1 (${LACKS}); a partial run certifies nothing.`,
		);
		expect(certificate.details).not.toHaveProperty('certified');
		expect(exitCode(certificate)).toBe(0);
	});
	test('must not be ready under any name of the set, by the schema', () => {
		const whole = certify(run(ALL), []);
		for (const failure_matrix of ['PARTIAL', WITHOUT, 'MINIMAL minus R2']) {
			expect(schemas.certificate.safeParse({ ...whole, failure_matrix }).success).toBe(false);
			const honest = { ...whole, failure_matrix, certification_ready: false };
			expect(schemas.certificate.safeParse(honest).success).toBe(true);
		}
		for (const failure_matrix of ['FULL minus', 'FULL minus Q9', 'full', 'FULL, minus R1'])
			expect(
				schemas.certificate.safeParse({ ...whole, failure_matrix, certification_ready: false }).success,
			).toBe(false);
		expect(schemas.jsonSchemas()['certificate.schema.json']).toMatchObject({
			if: { properties: { certification_ready: { const: true } } },
			// biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
			then: { properties: { failure_matrix: { enum: ['MINIMAL', 'FULL'] } } },
		});
	});
	test('is of one subject, of which what did not apply is told too', () => {
		const other = { name: 'made-up', version: '2', digest: `sha256:${'c'.repeat(64)}` };
		const all = INJECTIONS.flatMap(recordsOf).map((each) =>
			each.injection === 'R1' ? { ...each, subject: other } : each,
		);
		expect(made(INJECTIONS, 'FULL', all).details.obstacles).toEqual([
			'the subject changed in between: its digests differ',
		]);
	});
});
