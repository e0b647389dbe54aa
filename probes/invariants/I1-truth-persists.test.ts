import { describe, expect, it } from 'vitest';
import type { Execution, Observation, TruthFacts } from '../observe/observation.ts';
import { truthPersists } from './I1-truth-persists.ts';
import { but, changing, control, inPhase, observed, rows } from './testing/example.ts';

const judged = (facts: Partial<Observation>, of: Observation = control) =>
	truthPersists(of, but(observed, facts));

const refusing = (key: string, status = 500) =>
	changing(observed.executions, (run) => run.key === key, { status });

describe('I1 truth persists', () => {
	it('is held, and says what was looked at', () => {
		expect(judged({})).toEqual({
			verdict: 'held',
			looked:
				'9 acknowledged runs, 66 rows in 5 tables, 43 rows from before, 9 telemetry rows compared by xmin, ' +
				'3 telemetry rows looked at while frozen',
			reason: '',
		});
	});

	it('is held when a run without acknowledgement is recovered, or not there at all', () => {
		const executions = refusing('load-1');
		expect(judged({ executions }).verdict).toBe('held');
		const truth = rows({ ...observed, truth: rows(observed, 'runs', { 'load-1': undefined }) }, 'traces', {
			'load-1': undefined,
		});
		expect(judged({ executions, truth }).verdict).toBe('held');
	});

	it('is violated by an acknowledged success without its row', () => {
		const { verdict, reason } = judged({ truth: rows(observed, 'runs', { 'load-1': undefined }) });
		expect(verdict).toBe('violated');
		expect(reason).toMatch(
			/^load-1 answered 201, but no row of `runs` has the key: 1 of 9 acknowledged runs lost\. Look first/,
		);
	});

	it('names a few of many lost runs and counts the rest', () => {
		const lost = Object.fromEntries(observed.executions.map(({ key }) => [key, undefined]));
		expect(judged({ truth: rows(observed, 'runs', lost) }).reason).toMatch(
			/^baseline-1 answered 201, load-1 answered 201, load-2 answered 201 and 6 more, but no row/,
		);
	});

	it.each([
		['missing rows', 'traces', { 'load-1': '1:x' }, '`traces` lacks rows: load-1 (1, the control 3)'],
		[
			'a missing incident',
			'incidents',
			{ 'load-2': undefined },
			'`incidents` lacks rows: load-2 (0, the control 1)',
		],
		[
			'extra rows',
			'memory',
			{ 'load-1': '2:x' },
			'`memory` has rows that the control does not have: load-1 (2, the control 0)',
		],
		[
			'rows of an unknown key',
			'runs',
			{ ghost: '1:x' },
			'`runs` has rows that the control does not have: ghost (1, the control 0)',
		],
		['changed content', 'runs', { 'load-1': '1:x' }, '`runs` has other content than the control: load-1'],
		[
			'changed rows of no scenario',
			'memory',
			{ '': '4:x' },
			'`memory` has other content than the control: rows of no scenario',
		],
	] as const)('is violated by %s', (_, table, byKey, reason) => {
		expect(judged({ truth: rows(observed, table, byKey) })).toMatchObject({ verdict: 'violated', reason });
	});

	it('names the columns that changed when samples were kept', () => {
		const samples = {
			'1:run-load-1': JSON.stringify([{ status: 'done', tokens: 7, note: 'a' }]),
			other: JSON.stringify([{ status: 'failed', tokens: 7, extra: { deep: 1 } }]),
		};
		expect(judged({ truth: rows(observed, 'runs', { 'load-1': '1:other' }), samples }).reason).toBe(
			'`runs` has other content than the control: load-1 (status: "done" in the control, "failed" now, ' +
				'note: "a" in the control, nothing now, extra: nothing in the control, {"deep":1} now)',
		);
	});

	it('is violated by a run that was not acknowledged and is half written', () => {
		const truth = rows(observed, 'traces', { 'load-1': '1:x' });
		expect(judged({ executions: refusing('load-1'), truth })).toMatchObject({
			verdict: 'violated',
			reason:
				'1 run without acknowledgement half written: load-1 (rows in `runs`, `traces`, unlike the control in `traces`)',
		});
	});

	it('does not know what a stop left behind of the runs that it cut, and of no other', () => {
		const stopped = (facts: Partial<Execution>) => {
			const executions = changing(observed.executions, ({ key }) => key === 'load-1', facts);
			const truth = rows(observed, 'traces', { 'load-1': '1:x' });
			return truthPersists(inPhase('stop', control), inPhase('stop', but(observed, { executions, truth })));
		};
		const { verdict, reason } = stopped({ status: 0, cut: 'stop' });
		expect(verdict).toBe('inconclusive');
		expect(reason).toMatch(
			/^1 run cut off, and whether the declared interrupted state is what was found is not recorded: load-1 \(rows in/,
		);
		expect(stopped({ status: 0 })).toMatchObject({
			verdict: 'violated',
			reason: expect.stringMatching(/^1 run without acknowledgement half written/),
		});
		expect(stopped({ status: 201, cut: 'stop' })).toMatchObject({
			verdict: 'violated',
			reason: '`traces` lacks rows: load-1 (1, the control 3)',
		});
	});

	describe('a truth table that is gone', () => {
		const gone = (of: Observation, holds: TruthFacts['holds'] = 'incidents') =>
			but(of, {
				truth: changing(of.truth, (table) => table.holds === holds, {
					rows: 0,
					byKey: {},
					before: { rows: 2, was: 'b0', now: '' },
				}),
			});

		it('violates when the control has it, even where it was empty', () => {
			const { verdict, reason } = truthPersists(control, gone(observed));
			expect(verdict).toBe('violated');
			expect(reason).toMatch(/^`incidents` does not exist any more, and the control has it/);
			const other = { table: 'tenants', holds: 'other', rows: 0, byKey: {} } as const;
			const before = { rows: 0, was: 'b0', now: 'b0' };
			const withEmpty = (of: Observation) => but(of, { truth: [...of.truth, { ...other, before }] });
			expect(truthPersists(withEmpty(control), withEmpty(observed)).verdict).toBe('held');
			expect(truthPersists(withEmpty(control), gone(withEmpty(observed), 'other'))).toMatchObject({
				verdict: 'violated',
				reason: '`tenants` does not exist any more, and the control has it',
			});
		});

		it('is inconclusive when neither side has it, or the control alone lacks it', () => {
			const neither = truthPersists(gone(control), gone(observed));
			expect(neither).toMatchObject({
				verdict: 'inconclusive',
				reason: 'the control itself is faulty: `incidents` does not exist, so nothing was compared with it',
			});
			expect(truthPersists(gone(control), observed)).toEqual({ ...neither, looked: expect.any(String) });
		});
	});

	it.each(['traces', 'incidents', 'decisions', 'memory'] as const)(
		'is inconclusive when the control has no %s',
		(holds) => {
			const empty = (of: Observation) =>
				but(of, { truth: changing(of.truth, (table) => table.holds === holds, { rows: 0, byKey: {} }) });
			expect(truthPersists(empty(control), empty(observed))).toMatchObject({
				verdict: 'inconclusive',
				reason: `the control has 0 rows in \`${holds}\`: nothing was compared with nothing`,
			});
		},
	);

	it('is inconclusive when no telemetry row was compared with its truth, in the live phase', () => {
		const facts = {
			transactions: { compared: 0, shared: [] },
			frozen: changing(observed.frozen, () => true, { described: 0 }),
		};
		const reason = 'no telemetry row was compared with its truth';
		expect(judged(facts)).toMatchObject({ verdict: 'inconclusive', reason });
		expect(judged({ ...facts, frozen: observed.frozen }).verdict).toBe('held');
		expect(judged({ ...facts, transactions: { compared: 1, shared: [] } }).verdict).toBe('held');
		expect(judged({ ...facts, transactions: { compared: 0, shared: [], undescribed: true } }).verdict).toBe(
			'held',
		);
		for (const phase of ['boot', 'stop'] as const)
			expect(truthPersists(inPhase(phase, control), inPhase(phase, but(observed, facts))).verdict).toBe(
				'held',
			);
	});

	it('is violated when rows from before changed', () => {
		const truth = changing(observed.truth, ({ table }) => table === 'runs', {
			before: { ...observed.truth[0]?.before, rows: 10, now: 'b1' } as never,
		});
		expect(judged({ truth })).toMatchObject({
			verdict: 'violated',
			reason: 'rows from before the failure changed in `runs` (10 rows)',
		});
		expect(truthPersists(but(control, { truth }), observed)).toMatchObject({
			verdict: 'inconclusive',
			reason: 'the control itself is faulty: its rows from before changed in `runs` (10 rows)',
		});
	});

	it('is violated by one transaction for both planes, in the control as well', () => {
		const transactions = { compared: 9, shared: ['telemetry_event 12 of load-1'] };
		expect(judged({ transactions })).toMatchObject({
			verdict: 'violated',
			reason: expect.stringMatching(
				/^telemetry and the truth it describes were written by one transaction \(equal xmin\): telemetry_event 12 of load-1; 1 of 9 compared\. Look first/,
			),
		});
		expect(truthPersists(but(control, { transactions }), observed)).toMatchObject({
			verdict: 'violated',
			reason: expect.stringContaining('in the control already: telemetry_event 12'),
		});
	});

	it('is violated by telemetry written before its truth', () => {
		const frozen = [{ gate: 'row', backends: 1, holding: [], described: 4, ahead: ['load-1'] }] as const;
		expect(judged({ frozen })).toMatchObject({
			verdict: 'violated',
			reason:
				'telemetry was written before the truth it describes: load-1; frozen at the row gate, 1 of 4 telemetry ' +
				'rows had no truth row that anyone else could see',
		});
	});

	it.each([
		['no run acknowledged', { executions: [] }, 'no run was acknowledged under the failure'],
		[
			'no rows',
			{ truth: changing(observed.truth, () => true, { rows: 0 }) },
			'the observation read 0 rows of truth',
		],
		['no table of runs', { truth: observed.truth.slice(1) }, 'the observation read no table of runs'],
		[
			'a table that was not read',
			{ truth: observed.truth.slice(0, -1) },
			'memory was read in only one of control and observation',
		],
		[
			'runs that were not asked for',
			{ executions: observed.executions.slice(1) },
			'1 run of the control was never asked for: baseline-1',
		],
		['another phase', { phase: 'boot' }, 'the control is of phase live, the observation of phase boot'],
	] as const)('is inconclusive with %s', (_, facts, reason) => {
		const judgement = judged(facts);
		expect(judgement.verdict).toBe('inconclusive');
		expect(judgement.reason).toContain(reason);
	});

	it('is inconclusive when the two sides acknowledged different runs', () => {
		const executions = changing(observed.executions, () => true, { status: 500 });
		const [one, other] = [control.executions.slice(0, 4), control.executions.slice(4)];
		const now = but(observed, { executions: [...executions.slice(0, 4), ...other] });
		const { verdict, reason } = truthPersists(but(control, { executions: one }), now);
		expect(verdict).toBe('inconclusive');
		expect(reason).toContain('no run was acknowledged both in the control and under the failure');
	});

	it('is inconclusive with a control that refused or lost its own runs', () => {
		const refused = but(control, { executions: refusing('load-1', 401) });
		expect(truthPersists(refused, observed)).toMatchObject({
			verdict: 'inconclusive',
			reason:
				'the control itself is faulty: without any failure it did not acknowledge 1 of its 9 runs: load-1 answered 401',
		});
		const lost = but(control, { truth: rows(control, 'runs', { 'load-1': undefined }) });
		expect(truthPersists(lost, but(observed, { truth: lost.truth }))).toMatchObject({ verdict: 'violated' });
		expect(truthPersists(lost, but(lost, { executions: refusing('load-1') })).reason).toBe(
			'the control itself is faulty: acknowledged, but without a row: load-1',
		);
	});
});
