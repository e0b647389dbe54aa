/** Each figure that a suite asserts, shown, and not shown for every single reason. */
import { describe, expect, test } from 'vitest';
import { but, changing, control, observed, rows } from '../probes/invariants/testing/example.ts';
import type { Execution, Observation, Stage } from '../probes/observe/observation.ts';
import {
	acknowledged,
	counted,
	cutRuns,
	figures,
	latency,
	neighbours,
	storedOfEmitted,
	truthEquals,
	walledReplays,
} from './facts.ts';
import type { Seen } from './judge.ts';
import { seen } from './testing/seen.ts';

describe('runs are acknowledged', () => {
	const executions = (facts: Partial<Execution>): Observation =>
		but(observed, { executions: changing(observed.executions, ({ key }) => key === 'load-2', facts) });

	test('all of a stage', () => {
		expect(acknowledged(observed, 'load')).toEqual({
			all: true,
			some: true,
			facts: '3 of 3 runs acknowledged',
		});
	});

	test.for([500, 503, 404, 401, 302, 0, -1, Number.NaN])('but not one that came to %d', (status) => {
		expect(acknowledged(executions({ status }), 'load')).toEqual({
			all: false,
			some: true,
			facts: '2 of 3 runs acknowledged',
		});
	});

	test('one that the stop has cut is owed none, and shows none either', () => {
		expect(acknowledged(executions({ status: 503, cut: 'stop' }), 'load')).toEqual({
			all: true,
			some: true,
			facts: '2 of 2 runs acknowledged',
		});
		const cut = observed.executions.map((run) => ({ ...run, cut: 'stop' as const }));
		const none = acknowledged(but(observed, { executions: cut }), 'load');
		expect([none.all, none.some]).toEqual([false, false]);
	});

	test('none that was asked for is not all', () => {
		expect(acknowledged(but(observed, { executions: [] }), 'load').all).toBe(false);
		expect(acknowledged(observed, 'quiet').all).toBe(false);
	});
});

describe('telemetry is lost in part', () => {
	const stored = (rows: number, stage: Stage = 'load', others: Partial<Seen> = {}) =>
		storedOfEmitted(
			seen({ telemetry: { ...observed.telemetry, byStage: { load: rows } }, ...others }),
			stage,
		);

	/** Beside a control whose runs under load are all of one scenario, and leave so many rows each. */
	const beside = (executions: readonly Execution[], byKey: Readonly<Record<string, number>>) => ({
		control: but(control, {
			executions: changing(executions, ({ stage }) => stage === 'load', { scenario: 'success' }),
			telemetry: { ...control.telemetry, byKey },
		}),
	});

	test('where there is less than the control has emitted', () => {
		expect(stored(4)).toEqual({ lost: true, shown: true, facts: '4 rows stored of 9 emitted' });
		expect(stored(9)).toMatchObject({ lost: false, shown: false });
		expect(stored(0)).toMatchObject({ lost: true, shown: false });
	});

	test('not where nobody counted', () => {
		expect(stored(4, 'gates')).toEqual({ lost: false, shown: false, facts: '0 rows stored of 0 emitted' });
	});

	test('not where the runs of a scenario vary by as much', () => {
		const varied = beside(control.executions, { 'load-1': 3, 'load-2': 2, 'load-3': 4 });
		expect(stored(6, 'load', varied)).toEqual({
			lost: false,
			shown: false,
			facts: '6 rows stored of 9 emitted, 6 at least',
		});
		expect(stored(5, 'load', varied)).toMatchObject({ lost: true, shown: true });
	});

	test('a run that the control has cut is no measure of others', () => {
		const cut = changing(control.executions, ({ key }) => key === 'load-2', { status: 0, cut: 'stop' });
		expect(stored(8, 'load', beside(cut, { 'load-1': 4, 'load-2': 1, 'load-3': 4 }))).toMatchObject({
			lost: true,
			facts: '8 rows stored of 9 emitted',
		});
	});
});

describe('replays behind the wall', () => {
	test('are proven, untouched and equal', () => {
		expect(walledReplays(seen())).toEqual({
			proven: true,
			untouched: true,
			equal: true,
			replayed: 2,
			facts: "2 of 2 replays equal the control's, 0 touches of telemetry_event, telemetry_cleanup_log",
		});
	});

	const walls = (facts: Partial<Observation['walls'][number]>) =>
		walledReplays(seen({ walls: changing(observed.walls, ({ during }) => during === 'replay', facts) }));
	const replays = (facts: Partial<Observation['replays'][number]>) =>
		walledReplays(
			seen({
				replays: changing(observed.replays, ({ key, stage }) => key === 'load-1' && stage === 'quiet', facts),
			}),
		);

	test('not where the wall was not proven, or nothing ran behind it', () => {
		for (const facts of [{ proven: false }, { watched: 0 }])
			expect(walls(facts)).toMatchObject({ proven: false, untouched: false });
	});

	test('not where one wall of two was not proven', () => {
		const [wall] = observed.walls;
		const second = wall === undefined ? [] : [{ ...wall, proven: false }];
		expect(walledReplays(seen({ walls: [...observed.walls, ...second] })).proven).toBe(false);
	});

	test('not where another wall stood', () => {
		for (const facts of [{ during: 'o1' }, { stage: 'dropped' }] as const)
			expect(walls(facts)).toMatchObject({ proven: false, untouched: false });
		expect(walledReplays(seen({ walls: [] }))).toMatchObject({ proven: false, untouched: false });
	});

	test('not where telemetry was touched', () => {
		const touch = {
			during: 'replay of load-1',
			how: 'waited',
			pid: 7,
			role: 'app',
			relation: 'telemetry_event',
			statement: 'select',
		} as const;
		expect(walls({ touches: [touch] })).toMatchObject({ proven: true, untouched: false, equal: true });
	});

	test('not where one differs, has no bytes, or is of no run of the control', () => {
		for (const facts of [{ sha256: 'other' }, { sha256: '', bytes: 0 }, { key: 'load-9' }])
			expect(replays(facts)).toMatchObject({ equal: false, replayed: 2 });
	});

	test('not where nothing was replayed in the quiet window', () => {
		for (const all of [[], observed.replays.filter(({ stage }) => stage !== 'quiet')])
			expect(walledReplays(seen({ replays: all }))).toMatchObject({ equal: false, replayed: 0 });
	});

	test('not where the control has no bytes either', () => {
		const empty = but(control, { replays: control.replays.map((one) => ({ ...one, sha256: '' })) });
		const none = observed.replays.map((one) => ({ ...one, sha256: '' }));
		expect(walledReplays(seen({ control: empty, replays: none })).equal).toBe(false);
		expect(walledReplays(seen({ control: but(control, { replays: [] }) })).equal).toBe(false);
	});
});

test('figures are as they were counted, and 0 where nothing was', () => {
	const counts = { 'rows deleted': 4, 'rows left': 0 };
	expect(counted(but(observed, { counts }), 'rows deleted')).toBe(4);
	expect(counted(but(observed, { counts }), 'rows planted')).toBe(0);
	expect(figures(but(observed, { counts }))).toBe('rows deleted: 4, rows left: 0');
	expect(figures(observed)).toBe('nothing was counted');
});

describe('truth equals', () => {
	const without = (key: string): Partial<Observation> => ({
		truth: observed.truth.map((facts) => {
			const { [key]: _, ...byKey } = facts.byKey;
			return { ...facts, byKey };
		}),
	});

	test('the control in every table', () => {
		expect(truthEquals(seen())).toBe(true);
	});

	test.for([
		['another row', rows(observed, 'traces', { 'load-1': '3:other' })],
		['one row less', rows(observed, 'traces', { 'load-1': undefined })],
		['one row more', rows(observed, 'incidents', { 'load-1': '1:i1' })],
		['a table that is gone', observed.truth.filter(({ holds }) => holds !== 'traces')],
		['no table at all', []],
	] as const)('not with %s', ([, truth]) => {
		expect(truthEquals(seen({ truth }))).toBe(false);
	});

	test('not where nothing was acknowledged', () => {
		const executions = observed.executions.map((run) => ({ ...run, status: 500 }));
		expect(truthEquals(seen({ executions }))).toBe(false);
		expect(truthEquals(seen({ executions: [] }))).toBe(false);
	});

	test('not with a control that has nothing', () => {
		expect(truthEquals(seen({ control: but(control, { truth: [] }) }))).toBe(false);
		expect(truthEquals(seen({ control: but(control, { truth: [] }), truth: [] }))).toBe(false);
		expect(truthEquals(seen({ control: but(control, { executions: [] }), executions: [] }))).toBe(false);
	});

	test('not where a run without any row was acknowledged, in the control as well', () => {
		expect(truthEquals(seen({ ...without('load-2'), control: but(control, without('load-2')) }))).toBe(false);
	});

	test('a run that was refused here needs nothing, and one that only the control was refused has rows', () => {
		const refusing = (observation: Observation) => ({
			executions: changing(observation.executions, ({ key }) => key === 'load-2', {
				status: 503,
				cut: 'stop' as const,
			}),
		});
		expect(truthEquals(seen({ ...refusing(observed), ...without('load-2') }))).toBe(true);
		const cut = but(control, { ...refusing(control), truth: rows(control, 'runs', { 'load-2': '1:cut' }) });
		expect(truthEquals(seen({ control: cut }))).toBe(true);
		expect(truthEquals(seen({ control: cut, ...without('load-2') }))).toBe(false);
	});
});

describe('latency', () => {
	const attempt = (slowestMs: number) => ({ slowestMs, spreadMs: 50, startMs: 300, stopMs: 100 });
	const unaffected = (...slowest: readonly number[]) =>
		latency(seen({ attempts: slowest.map(attempt) })).unaffected;

	test('is unaffected within the bound, in one attempt of several', () => {
		expect(latency(seen())).toEqual({ unaffected: true, facts: 'slowest 520 ms, the control 400 ms' });
		expect(unaffected(650)).toBe(true);
		expect(unaffected(9000, 500)).toBe(true);
	});

	test('not over it', () => {
		expect(unaffected(651)).toBe(false);
		expect(unaffected(9000, 8000, 7000)).toBe(false);
	});

	test('not over it in a start or a stop', () => {
		expect(latency(seen({ attempts: [{ ...attempt(500), stopMs: 10_000 }] })).unaffected).toBe(false);
		expect(latency(seen({ attempts: [{ ...attempt(500), startMs: 10_000 }] })).unaffected).toBe(false);
	});

	test('not where nothing was measured, here or in the control', () => {
		expect(latency(seen({ attempts: [] }))).toEqual({
			unaffected: false,
			facts: 'slowest of no attempt ms, the control 400 ms',
		});
		expect(unaffected(0)).toBe(false);
		expect(unaffected(Number.NaN)).toBe(false);
		for (const attempts of [[], [attempt(0)]])
			expect(latency(seen({ control: but(control, { attempts }) })).unaffected).toBe(false);
	});
});

describe('runs that were cut', () => {
	const cutting = (facts: Partial<Execution>, more: Partial<Seen> = {}): Seen =>
		seen({
			executions: changing(observed.executions, ({ key }) => key === 'load-2', { cut: 'crash', ...facts }),
			...more,
		});

	test.for(['finished', 'interrupted', 'absent'] as const)('are clean when they are found %s', (found) => {
		const { times, clean, facts } = cutRuns(cutting({ status: 500, found }));
		expect({ times, clean }).toEqual({ times: 1, clean: true });
		expect(facts).toBe(`2 of 2 runs acknowledged; 1 cut: 1 ${found}`);
	});

	test('and where they were acknowledged all the same', () => {
		expect(cutRuns(cutting({}))).toMatchObject({ times: 1, clean: true });
	});

	test('not when they are half-written, or nobody looked', () => {
		expect(cutRuns(cutting({ status: 0, found: 'half-written' }))).toMatchObject({ times: 1, clean: false });
		expect(cutRuns(cutting({ status: 0 })).clean).toBe(false);
	});

	test('not when an acknowledged run is not there, or another was refused', () => {
		const cut = { status: 0, found: 'absent' } as const;
		expect(cutRuns(cutting(cut, { truth: rows(observed, 'runs', { 'load-1': undefined }) })).clean).toBe(
			false,
		);
		const executions = changing(cutting(cut).executions, ({ key }) => key === 'load-3', { status: 500 });
		expect(cutRuns(seen({ executions })).clean).toBe(false);
	});

	test('none that was cut is told as none', () => {
		expect(cutRuns(seen())).toMatchObject({ times: 0, facts: '3 of 3 runs acknowledged; 0 cut: none' });
		expect(cutRuns(seen({ executions: [] }))).toMatchObject({ times: 0, clean: false });
	});
});

describe('neighbours of an oversize signal', () => {
	const counts = { 'signals oversize': 2, 'signals stored oversize': 0, 'oversize in load-2': 2 };
	const stored = (byKey: Readonly<Record<string, number>>, facts: Partial<Seen> = {}) =>
		neighbours(seen({ counts, telemetry: { ...observed.telemetry, byKey }, ...facts }));
	const LEFT = { 'load-1': 3, 'load-2': 1, 'load-3': 3 };

	test('are stored, and it is absent', () => {
		expect(stored(LEFT)).toEqual({
			absent: true,
			stored: true,
			facts: '9 signals of 3 runs, 2 of them oversize, 7 stored; oversize and stored: 0',
		});
	});

	test('not when one of them is lost, or one is there too many', () => {
		expect(stored({ ...LEFT, 'load-2': 0 }).stored).toBe(false);
		expect(stored({ ...LEFT, 'load-1': 2 }).stored).toBe(false);
		expect(stored({ ...LEFT, 'load-2': 3 }).stored).toBe(false);
		expect(stored({}).stored).toBe(false);
	});

	test('not when the control has nothing of such a run', () => {
		const { 'load-1': _, ...byKey } = control.telemetry.byKey;
		const telemetry = { ...control.telemetry, byKey };
		const less = { control: but(control, { telemetry }) };
		expect(stored({ ...LEFT, 'load-1': 1 }, less).stored).toBe(false);
	});

	test('not when nothing of the load was oversize', () => {
		const elsewhere = { 'signals oversize': 2, 'signals stored oversize': 0, 'oversize in strike-1': 2 };
		expect(stored(observed.telemetry.byKey, { counts: elsewhere }).stored).toBe(false);
		expect(stored(observed.telemetry.byKey, { counts: {} })).toMatchObject({ absent: false, stored: false });
	});

	test('not when none of its runs was acknowledged', () => {
		const executions = observed.executions.map((run) => ({ ...run, status: 500 }));
		expect(stored(LEFT, { executions }).stored).toBe(false);
		expect(stored(LEFT, { executions: [] }).stored).toBe(false);
	});

	test('not absent when it is stored, or nobody has looked', () => {
		expect(stored(LEFT, { counts: { ...counts, 'signals stored oversize': 1 } }).absent).toBe(false);
		const { 'signals stored oversize': _, ...unlooked } = counts;
		expect(stored(LEFT, { counts: unlooked }).absent).toBe(false);
		expect(stored(LEFT, { counts: { ...counts, 'signals oversize': 0 } }).absent).toBe(false);
	});

	test('before a stop they are looked for in the runs that it cannot cut', () => {
		const renamed = <T>(facts: Readonly<Record<string, T>>): Record<string, T> =>
			Object.fromEntries(Object.entries(facts).map(([key, one]) => [key.replace('load-', 'struck-'), one]));
		const before = {
			phase: 'stop' as const,
			executions: observed.executions.map((run) => ({ ...run, key: run.key.replace('load-', 'struck-') })),
			counts: renamed(counts),
			control: but(control, {
				telemetry: { ...control.telemetry, byKey: renamed(control.telemetry.byKey) },
			}),
		};
		expect(stored(renamed(LEFT), before)).toMatchObject({ absent: true, stored: true });
		expect(stored({ ...renamed(LEFT), 'struck-1': 2 }, before).stored).toBe(false);
		// Those of the load may be there or not: the stop cuts them short.
		expect(stored(LEFT, { ...before, executions: observed.executions }).stored).toBe(false);
	});
});
