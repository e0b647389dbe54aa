import { describe, expect, it } from 'vitest';
import type { Deletion, Execution, Observation } from '../observe/observation.ts';
import { telemetryIsDeletable } from './I6-telemetry-is-deletable.ts';
import { but, changing, control, observed, rows } from './testing/example.ts';

const judged = (facts: Partial<Observation>, of: Observation = control) =>
	telemetryIsDeletable(of, but(observed, facts));

const done: Deletion = { removed: 21, left: 0, dropped: ['telemetry_event'], storedAfterRestore: 3 };
const deletion = (facts: Partial<Deletion>) => ({ deletion: { ...done, ...facts } });
const executions = (stage: string, facts: Partial<Execution>) => ({
	executions: changing(observed.executions, (run) => run.stage === stage, facts),
});
const at = <T extends { stage: string }>(items: readonly T[], stage: string, facts: object) =>
	items.map((item) => (item.stage === stage ? { ...item, ...facts } : item));

describe('I6 telemetry is deletable', () => {
	it('is held, and says what was looked at', () => {
		expect(judged({})).toEqual({
			verdict: 'held',
			looked:
				'21 telemetry rows removed; 2 relations dropped; emptied: 1 run, 1 replay, 8 reads; ' +
				'dropped: 1 run, 1 replay, 8 reads; 3 telemetry rows stored after restoring',
			reason: '',
		});
	});

	it.each([
		[
			'a truth object that depends on telemetry',
			deletion({ refused: 'view open_runs depends on table telemetry_event', dropped: [] }),
			'DROP … RESTRICT of all telemetry tables was refused, truth depends on them (2BP01): view open_runs depends on table telemetry_event',
		],
		[
			'a run that fails on the empty plane',
			executions('emptied', { status: 500 }),
			'with telemetry emptied: not acknowledged: 1 of 1 run (the control acknowledged 1 of 1): emptied-1 answered 500',
		],
		[
			'other rows of truth',
			{ truth: rows(observed, 'runs', { 'dropped-1': '1:x' }) },
			'with telemetry dropped: `runs` has other content than the control: dropped-1',
		],
		[
			'a read that fails',
			{ reads: at(observed.reads, 'dropped', { status: 500 }) },
			'with telemetry dropped: 8 of 8 reads not answered 200: run of baseline-1 (dropped) answered 500',
		],
		[
			'another body',
			{ reads: at(observed.reads, 'emptied', { sha256: 'f00d' }) },
			"with telemetry emptied: other than the control's: 2 of 2 bodies: ",
		],
		[
			'a replay that needs telemetry',
			{ replays: at(observed.replays, 'dropped', { error: 'relation does not exist' }) },
			'with telemetry dropped: 1 of 1 replay gave nothing: load-1 (recorded during, dropped): relation does not exist',
		],
		[
			'a run that fails on the restored plane',
			executions('restored', { status: 503 }),
			'on the restored plane: not acknowledged: 1 of 1 run',
		],
		[
			'a plane that stores nothing once restored',
			deletion({ storedAfterRestore: 0 }),
			'the plane does not work again: 0 telemetry rows stored for restored-1, which answered 201. Look first',
		],
	] satisfies [string, Partial<Observation>, string][])('is violated by %s', (_, facts, reason) => {
		const judgement = judged(facts);
		expect(judgement.verdict).toBe('violated');
		expect(judgement.reason).toContain(reason);
	});

	it.each([
		['nothing deleted', deletion({ removed: 0 }), 'nothing was there to delete: 0 telemetry rows removed'],
		['rows left', deletion({ left: 4 }), 'telemetry was not emptied: 4 rows left of 25'],
		['nothing dropped', deletion({ dropped: [] }), 'no telemetry relation was dropped'],
		[
			'no run on the empty plane',
			{ executions: observed.executions.filter(({ stage }) => stage !== 'emptied') },
			'with telemetry emptied: no run was acknowledged',
		],
		[
			'no replay without the tables',
			{ replays: observed.replays.filter(({ stage }) => stage !== 'dropped') },
			'with telemetry dropped: nothing was replayed under the failure',
		],
		[
			'no read without the tables',
			{ reads: observed.reads.filter(({ stage }) => stage !== 'dropped') },
			'with telemetry dropped: no truth endpoint was read under the failure (dropped)',
		],
		[
			'an endpoint not read',
			{ reads: observed.reads.filter(({ stage, endpoint }) => stage !== 'dropped' || endpoint === 'run') },
			'with telemetry dropped: incidents was not read under the failure (dropped)',
		],
		[
			'no run on the restored plane',
			{ executions: observed.executions.filter(({ stage }) => stage !== 'restored') },
			'no run was acknowledged on the restored plane',
		],
	] satisfies [string, Partial<Observation>, string][])('is inconclusive with %s', (_, facts, reason) => {
		const judgement = judged(facts);
		expect(judgement.verdict).toBe('inconclusive');
		expect(judgement.reason).toContain(reason);
	});

	it('is inconclusive when nothing was deleted in this phase', () => {
		const { deletion: _, ...kept } = observed;
		expect(telemetryIsDeletable(control, kept)).toMatchObject({
			verdict: 'inconclusive',
			reason: 'telemetry was not deleted in this phase',
		});
	});

	it.each([
		[
			'no runs of that stage',
			{ executions: control.executions.filter(({ stage }) => stage !== 'dropped') },
			'with telemetry dropped: the control has no acknowledged run',
		],
		[
			'a refused read',
			{ reads: at(control.reads, 'dropped', { status: 404 }) },
			'with telemetry dropped: the control itself is faulty: run of baseline-1 (dropped) answered 404',
		],
		[
			'no telemetry after restoring',
			deletion({ storedAfterRestore: 0 }),
			'the control itself is faulty: it stored no telemetry for the run on the restored plane',
		],
	] satisfies [string, Partial<Observation>, string][])(
		'is inconclusive with %s in the control',
		(_, facts, reason) => {
			const judgement = judged({}, but(control, facts));
			expect(judgement.verdict).toBe('inconclusive');
			expect(judgement.reason).toContain(reason);
		},
	);
});
