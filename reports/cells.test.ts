import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Judgement } from '../probes/invariants/verdict.ts';
import { INJECTIONS, type InjectionId } from '../suites/matrix.ts';
import { expectedPhases, judgedOf, phaseName, ran, resultOf, worstStatus } from './cells.ts';
import { held, inconclusive, LACKS, outside, probeRun, record, records, violated } from './examples.ts';
import type { PhaseRecord } from './record.ts';

const LIVE = { phase: 'live' } as const;
const of = (spoilt: Partial<PhaseRecord>, id: InjectionId = 'P1') => resultOf(id, [record(id, LIVE, spoilt)]);
const cell = (result: ReturnType<typeof of>, name: string) =>
	judgedOf(result).find((each) => each.name === name);
const oneCell = (verdict: Judgement) => ({ judgements: { I1: verdict, I2: held, I3: held, I4: held } });

describe('expected phases', () => {
	test('a writer injection is struck live, in both modes of boot, and at stop', () => {
		expect(expectedPhases('W3').map(phaseName)).toEqual(['live', 'boot (sticky)', 'boot (healable)', 'stop']);
	});
	test('a replay injection is struck live only', () => {
		expect(expectedPhases('P1').map(phaseName)).toEqual(['live']);
	});
});

describe('a phase', () => {
	test('with everything shown holds', () => {
		expect(of({}).status).toBe('held');
		expect(of({}).cells.map((each) => each.status)).toEqual(['held', 'held', 'held', 'held']);
	});
	test('that violates an invariant says where and why', () => {
		const result = of(oneCell(violated));
		expect(result.status).toBe('violated');
		expect(cell(result, 'I1')?.reason).toBe(`live: ${violated.reason}`);
		expect(cell(result, 'I2')?.status).toBe('held');
	});
	test('keeps an inconclusive judgement, and one that is missing', () => {
		expect(cell(of(oneCell(inconclusive)), 'I1')?.status).toBe('inconclusive');
		expect(cell(of({ judgements: { I2: held, I3: held, I4: held } }), 'I1')?.reason).toBe(
			'live: I1 was not judged',
		);
	});
	test('that does not say what it looked at is no pass', () => {
		expect(cell(of(oneCell({ ...held, looked: ' ' })), 'I1')?.status).toBe('inconclusive');
	});
	test('that did not run is not run, with its reason', () => {
		const result = of({ notRun: 'stopped at the first violation' });
		expect(result.status).toBe('not run');
		expect(cell(result, 'I4')?.reason).toBe('live: stopped at the first violation');
	});
});

describe('without a witness', () => {
	const unshown = [{ name: 'privilege gone', shown: false, facts: 'INSERT still granted to PUBLIC' }];
	test.each([
		['none recorded', []],
		['one not shown', unshown],
		['one without facts', [{ name: 'gone', shown: true, facts: '' }]],
	])('nothing is held: %s', (_, witness) => {
		const result = of({ witness });
		expect(result.status).toBe('inconclusive');
		expect(result.cells.every((each) => each.status === 'inconclusive')).toBe(true);
		expect(result.marks.witness.status).toBe('inconclusive');
	});
	test('a violation stays one', () => {
		expect(cell(of({ witness: [], ...oneCell(violated) }), 'I1')?.status).toBe('violated');
	});
	test('the outcome is in doubt, not violated', () => {
		const outcome = [{ name: 'no telemetry', shown: false, facts: '12 rows' }];
		expect(cell(of({ witness: unshown, outcome }), 'outcome')?.status).toBe('inconclusive');
		expect(cell(of({ outcome }), 'outcome')?.status).toBe('violated');
	});
});

describe('marks', () => {
	const failed = { verdict: 'failed', detail: 'the CHECK is gone' } as const;
	test('an outcome that is not recorded, or has no facts, is inconclusive', () => {
		expect(of({ outcome: [] }).marks.outcome.status).toBe('inconclusive');
		expect(of({ outcome: [{ name: 'x', shown: false, facts: '' }] }).marks.outcome.status).toBe(
			'inconclusive',
		);
	});
	test('a failed restoration is a verdict of its own and leaves the cells alone', () => {
		const result = of({ restoration: [{ name: 'catalog', shown: false, facts: 'trigger t is missing' }] });
		expect(result.status).toBe('violated');
		expect(result.marks.restoration.reason).toContain('trigger t is missing');
		expect(result.cells.every((each) => each.status === 'held')).toBe(true);
	});
	test('a probe that fails after restoring violates; before the failure the preconditions were not met', () => {
		const after = of({ probes: [probeRun('before'), probeRun('after', failed)] });
		expect(after.marks.probes).toMatchObject({ status: 'violated' });
		expect(after.marks.probes.reason).toContain('the CHECK is gone');
		const restoration = [{ name: 'nominal', shown: false, facts: '0 rows stored' }];
		expect(
			of({ restoration, probes: [probeRun('before', failed), probeRun('after')] }).marks.restoration,
		).toMatchObject({ status: 'inconclusive', reason: expect.stringContaining('preconditions not met') });
		const before = of({ probes: [probeRun('before', failed), probeRun('after', failed)] });
		expect(before.marks.probes.status).toBe('inconclusive');
		expect(cell(before, 'I1')?.reason).toContain('preconditions not met');
	});
	test.each([
		['none', []],
		['before only', [probeRun('before')]],
		['after only', [probeRun('after')]],
		['fourteen', [probeRun('before'), { ...probeRun('after'), results: probeRun('after').results.slice(1) }]],
		['one twice', [probeRun('before', { name: 'probe-4' }), probeRun('after')]],
		['one inconclusive', [probeRun('before'), probeRun('after', { verdict: 'inconclusive' })]],
	])('fifteen probes must pass twice: %s', (_, probes) => {
		expect(of({ probes }).marks.probes.status).toBe('inconclusive');
		expect(of({ probes }).status).toBe('inconclusive');
	});
	test('an error makes everything held inconclusive and no mark violated', () => {
		const restoration = [{ name: 'catalog', shown: false, facts: 'not reached' }];
		const result = of({ error: 'the database did not start', restoration });
		expect(judgedOf(result).map((each) => each.status)).toEqual(Array(8).fill('inconclusive'));
		expect(cell(result, 'I1')?.reason).toContain('the database did not start');
	});
});

describe('several phases', () => {
	test('share one verdict, the worst', () => {
		const all = records('W3').map((each, i) =>
			i === 1 ? { ...each, judgements: { ...each.judgements, I4: violated } } : each,
		);
		const result = resultOf('W3', all);
		expect(result.cells.map((each) => each.status)).toEqual([
			'held',
			'held',
			'held',
			'violated',
			'held',
			'held',
		]);
		expect(cell(result, 'I4')?.reason).toBe(`boot (sticky): ${violated.reason}`);
	});
	test('one that is missing makes every cell inconclusive', () => {
		const result = resultOf('W3', records('W3').slice(1));
		expect(result.cells.every((each) => each.status === 'inconclusive')).toBe(true);
		expect(cell(result, 'I1')?.reason).toBe('live: this phase is missing');
	});
	test('a boot without its mode is not a boot', () => {
		const all = records('W3').map(({ mode: _, ...each }) => each);
		expect(resultOf('W3', all).status).toBe('inconclusive');
	});
	test('none at all is not run; a failure without a record is inconclusive', () => {
		expect(resultOf('W3', []).status).toBe('not run');
		const skipped = { injection: 'W3', kind: 'skipped', what: 'live: the test was skipped' } as const;
		expect(resultOf('W3', [], [skipped]).cells[0]).toMatchObject({ status: 'not run', reason: skipped.what });
		expect(resultOf('W3', [], [{ ...skipped, kind: 'error' }]).status).toBe('inconclusive');
		expect(resultOf('W3', records('W3'), [skipped]).status).toBe('inconclusive');
	});
});

describe('what does not apply to the subject', () => {
	test('is told once for all phases, in every cell and mark', () => {
		const result = resultOf('R1', outside('R1'));
		expect(result.status).toBe('not applicable');
		for (const each of judgedOf(result))
			expect(each).toMatchObject({ status: 'not applicable', reason: LACKS });
		expect(ran(result)).toEqual([]);
	});
	test('hides nothing: a phase that is missing, violated or in error beside it', () => {
		expect(resultOf('R1', outside('R1').slice(1)).status).toBe('inconclusive');
		const [first, ...others] = records('R1');
		const spoilt = { ...first, judgements: { I1: violated } } as PhaseRecord;
		expect(resultOf('R1', [spoilt, ...outside('R1').slice(1)]).status).toBe('violated');
		expect(resultOf('R1', [...others, ...outside('R1').slice(0, 1)]).status).toBe('inconclusive');
		const failed = outside('R1').map((each) => ({ ...each, error: 'the test failed: teardown' }));
		expect(resultOf('R1', failed).cells[0]).toMatchObject({
			status: 'inconclusive',
			reason: expect.stringContaining('teardown'),
		});
		const error = { injection: 'R1', kind: 'error', what: 'the file did not load' } as const;
		expect(resultOf('R1', outside('R1'), [error]).status).toBe('inconclusive');
	});
	test('is nothing that applies to every subject', () => {
		const result = resultOf('W3', outside('W3'));
		expect(result.status).toBe('inconclusive');
		expect(result.cells[0]?.reason).toContain('it applies to every subject');
	});
	test('may be one probe of fifteen, with its reason, and no more', () => {
		const without = (count: number, detail = LACKS, first = 'graceful-degradation') => {
			const run = probeRun('before');
			const all = run.results.toSorted((a, b) => Number(b.name === first) - Number(a.name === first));
			const results = all.map((result, i) =>
				i < count ? { ...result, verdict: 'not applicable' as const, detail } : result,
			);
			return of({ probes: [{ ...run, results }, probeRun('after')] }).status;
		};
		expect([0, 1].map((count) => without(count))).toEqual(['held', 'held']);
		expect([2, 15].map((count) => without(count))).toEqual(['inconclusive', 'inconclusive']);
		expect(without(1, '')).toBe('inconclusive');
		expect(without(1, LACKS, 'probe-1')).toBe('inconclusive');
	});
});

test('property: the worst status is one of them, and no other is worse', () => {
	const order = ['held', 'not applicable', 'not run', 'inconclusive', 'violated'] as const;
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...order), { minLength: 1 }), (all) => {
			expect(order.indexOf(worstStatus(all))).toBe(Math.max(...all.map((each) => order.indexOf(each))));
		}),
	);
	expect(worstStatus([])).toBe('not run');
});

test('property: spoiling any one thing of any phase of any injection leaves it not held', () => {
	const spoil: fc.Arbitrary<Partial<PhaseRecord>> = fc.constantFrom<Partial<PhaseRecord>>(
		{ witness: [] },
		{ outcome: [] },
		{ restoration: [] },
		{ probes: [] },
		{ judgements: {} },
		{ error: '' },
		{ notRun: 'stopped' },
		{ notApplicable: LACKS },
	);
	fc.assert(
		fc.property(fc.constantFrom(...INJECTIONS), fc.nat(), spoil, (id, n, spoilt) => {
			const all = records(id);
			expect(resultOf(id, all).status).toBe('held');
			const at = n % all.length;
			expect(
				resultOf(
					id,
					all.map((each, i) => (i === at ? { ...each, ...spoilt } : each)),
				).status,
			).not.toBe('held');
			expect(
				resultOf(
					id,
					all.filter((_, i) => i !== at),
				).status,
			).not.toBe('held');
		}),
	);
});
