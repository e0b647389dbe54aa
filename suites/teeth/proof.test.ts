import { describe, expect, test } from 'vitest';
import type { Catch } from '../../fixtures/saboteurs/saboteur.ts';
import type { PhaseRecord } from '../../reports/record.ts';
import { proofOf, redIn, titleOf, triedOf } from './proof.ts';

const CATCH: Catch = { injection: 'W1', phase: 'live', cell: 'I1', message: /lacks rows/ };

const record = (parts: Partial<PhaseRecord> = {}): PhaseRecord => ({
	injection: 'W1',
	phase: 'live',
	method: 'REVOKE',
	startedAt: '2026-01-01T00:00:10.000Z',
	durationMs: 4000,
	timings: {},
	subject: { name: 'broken', version: '1', digest: 'sha256:1' },
	database: { provider: 'embedded', version: '18' },
	probes: [],
	witness: [{ name: 'the privilege is gone', shown: true, facts: 'nobody' }],
	outcome: [{ name: 'execution continues', shown: true, facts: '20 of 20' }],
	restoration: [],
	judgements: { I1: { verdict: 'violated', looked: '20 runs', reason: '`trace_steps` lacks rows' } },
	...parts,
});

const judged = (verdict: 'held' | 'violated' | 'inconclusive', reason: string) =>
	record({ judgements: { I1: { verdict, looked: '20 runs', reason } } });

describe('a saboteur', () => {
	test('is caught by a cell that is red and says what it should', () => {
		expect(proofOf(CATCH, [record()])).toEqual({
			injection: 'W1',
			phase: 'live',
			cell: 'I1',
			came: 'caught',
			said: '`trace_steps` lacks rows',
			ms: 4000,
		});
	});

	test('is not shown by an injection that does not apply to it', () => {
		const outside = record({ notApplicable: 'the subject declares no metrics endpoint', judgements: {} });
		expect(proofOf(CATCH, [outside])).toMatchObject({
			came: 'not shown',
			said: 'not applicable: the subject declares no metrics endpoint',
		});
		expect(triedOf({ name: 'broken', about: '', caughtBy: [CATCH] }, [outside]).phases).toBe(0);
	});

	test('is not caught by a cell that is red for another reason', () => {
		expect(proofOf(CATCH, [judged('violated', 'something else')])).toMatchObject({
			came: 'wrong reason',
			said: 'something else',
		});
	});

	test.for([
		['held', judged('held', ''), /held: 20 runs/],
		[
			'inconclusive',
			judged('inconclusive', 'no telemetry row was compared'),
			/no telemetry row was compared/,
		],
		['not judged', record({ judgements: {} }), /I1 was not judged/],
	] as const)('is missed where the cell is %s', ([, seen, said]) => {
		const proof = proofOf(CATCH, [seen]);
		expect(proof.came).toBe('missed');
		expect(proof.said).toMatch(said);
	});

	test.for([
		['another injection', record({ injection: 'W2' })],
		['another phase', record({ phase: 'stop' })],
		['another mode', record({ phase: 'boot', mode: 'healable' })],
	] as const)('is not shown to be caught by %s', ([, seen]) => {
		expect(proofOf(CATCH, [seen]).came).toBe('not shown');
	});

	test('is not shown to be caught by a phase that threw', () => {
		expect(proofOf(CATCH, [record({ judgements: {}, error: 'no server' })])).toMatchObject({
			came: 'not shown',
			said: 'no server',
		});
	});
});

describe('an outcome', () => {
	const missing = [{ name: 'execution continues', shown: false, facts: '3 of 20' }];
	const outcome: Catch = { ...CATCH, cell: 'outcome', message: /3 of 20/ };

	test('that did not come is red', () => {
		expect(proofOf(outcome, [record({ outcome: missing })])).toMatchObject({
			came: 'caught',
			said: 'execution continues: 3 of 20',
		});
	});

	test('is nobody’s fault where the failure did not bite', () => {
		const witness = [{ name: 'the privilege is gone', shown: false, facts: 'everybody' }];
		expect(proofOf(outcome, [record({ outcome: missing, witness })]).came).toBe('missed');
		expect(proofOf(outcome, [record({ outcome: missing, witness: [] })]).came).toBe('missed');
	});

	test('that came is no catch', () => {
		expect(proofOf(outcome, [record()]).came).toBe('missed');
	});
});

test('a phase is named as its test', () => {
	expect(titleOf({ phase: 'boot', mode: 'sticky' })).toBe('boot, sticky');
	expect(titleOf({ phase: 'stop' })).toBe('stop');
});

test('what is red is told by cell, with the time since the first strike', () => {
	const later = record({ phase: 'stop', startedAt: '2026-01-01T00:00:12.000Z', judgements: {} });
	const tried = triedOf({ name: 'broken', about: 'why not', caughtBy: [CATCH] }, [later, record()]);
	expect(redIn(later)).toEqual([]);
	expect(tried.red).toEqual([
		{ injection: 'W1', phase: 'live', cell: 'I1', said: '`trace_steps` lacks rows', ms: 4000 },
	]);
	expect(tried).toMatchObject({ saboteur: 'broken', digest: 'sha256:1', phases: 2 });
	expect(tried.proofs.map(({ came }) => came)).toEqual(['caught']);
});

test('of a saboteur that was never run nothing is shown', () => {
	const tried = triedOf({ name: 'broken', about: 'why not', caughtBy: [CATCH] }, []);
	expect(tried.proofs.map(({ came }) => came)).toEqual(['not shown']);
	expect(tried.red).toEqual([]);
});
