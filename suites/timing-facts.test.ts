/** The order of things, shown, and not shown for every single reason. */
import { describe, expect, test } from 'vitest';
import { but, observed } from '../probes/invariants/testing/example.ts';
import type { Phase, TimelineEntry } from '../probes/observe/observation.ts';
import type { Seen } from './judge.ts';
import { inOrder, struckInTime } from './timing-facts.ts';

const entry = (event: string, second: number, fraction = '000'): TimelineEntry => ({
	at: `2026-11-03T10:00:0${second}.${fraction}Z`,
	event,
	source: 'commit timestamp',
});

describe('two events and a later moment', () => {
	const timeline = [entry('truth of strike-1 committed', 1), entry('failure committed', 2)];
	const order = (entries: readonly TimelineEntry[], at: string) =>
		inOrder(but(observed, { timeline: entries }), 'truth of ', 'failure committed', { '42P01': at });

	test('follow each other', () => {
		expect(order(timeline, '2026-11-03T10:00:03.000Z')).toEqual({
			shown: true,
			facts:
				'truth of strike-1 committed at 2026-11-03T10:00:01.000Z, failure committed at 2026-11-03T10:00:02.000Z, first 42P01 at 2026-11-03T10:00:03.000Z',
		});
	});

	test('within a millisecond, since the log has no more', () => {
		const close = [
			entry('truth of strike-1 committed', 1, '000200'),
			entry('failure committed', 1, '000700'),
		];
		expect(order(close, '2026-11-03T10:00:01.000Z').shown).toBe(true);
	});

	test.for([
		['the failure came first', [entry('truth of strike-1 committed', 2), entry('failure committed', 1)], 3],
		['the refusal came before the failure', timeline, 1],
		['the refusal came before either', timeline, 0],
	] as const)('not where %s', ([, entries, second]) => {
		expect(order(entries, `2026-11-03T10:00:0${second}.000Z`).shown).toBe(false);
	});

	test.for([
		['the first', timeline.slice(1), '2026-11-03T10:00:03.000Z', 'the timeline lacks truth of '],
		['the second', timeline.slice(0, 1), '2026-11-03T10:00:03.000Z', 'the timeline lacks failure committed'],
		['the last', timeline, '', 'the timeline lacks 42P01'],
		['all', [], '', 'the timeline lacks truth of , failure committed, 42P01'],
	] as const)('not where %s is missing', ([, entries, at, facts]) => {
		expect(order(entries, at)).toEqual({ shown: false, facts });
	});

	test('not by times that are none', () => {
		expect(order(timeline, 'soon').shown).toBe(false);
		expect(order([{ ...entry('truth of x', 1), at: '' }, entry('failure committed', 2)], 'x').shown).toBe(
			false,
		);
	});
});

describe('struck in time', () => {
	const begins = (second: number) => entry('strike begins', second);
	const first = entry('truth first committed', 2);
	const last = entry('truth last committed', 4);
	const load = entry('truth of the load last committed', 6);
	const shown = (
		timing: Parameters<typeof struckInTime>[1],
		timeline: readonly TimelineEntry[],
		phase: Phase = 'live',
	) => struckInTime(but(observed, { timeline, phase }), timing).shown;

	test.for([
		['before', [1, 2], [3, 5]],
		['during', [2, 3, 4], [1, 5]],
		['after', [4, 5], [1, 3]],
		['replay', [4, 5], [1, 3]],
		['any', [1, 3, 5], []],
		['deploy', [1, 3, 5], []],
	] as const)('%s', ([timing, right, wrong]) => {
		for (const second of right) expect(shown(timing, [begins(second), first, last, load])).toBe(true);
		for (const second of wrong) expect(shown(timing, [begins(second), first, last, load])).toBe(false);
	});

	test('a crash may meet a stop until the load is over, and nothing else may', () => {
		const crashes = (second: number) => ({
			...begins(second),
			event: 'strike begins: the database is cut off',
		});
		for (const second of [2, 5, 6])
			expect(shown('during', [crashes(second), first, last, load], 'stop')).toBe(true);
		for (const second of [1, 7])
			expect(shown('during', [crashes(second), first, last, load], 'stop')).toBe(false);
		expect(shown('during', [crashes(3), first, last], 'stop')).toBe(false);
		expect(shown('during', [begins(6), first, last, load], 'stop')).toBe(false);
		expect(shown('during', [begins(3), first, last, load], 'stop')).toBe(true);
	});

	test('what was asked for and never answered would have come last', () => {
		const run = { key: 'strike-2-success', scenario: 'success', stage: 'load', status: 0 } as const;
		const during = (executions: Seen['executions'], second: number) =>
			struckInTime(but(observed, { timeline: [begins(second), first, last], executions }), 'during').shown;
		expect(during([run], 5)).toBe(true);
		expect(during([run], 1)).toBe(false);
		expect(during([{ ...run, status: 201 }], 5)).toBe(false);
		expect(during([{ ...run, key: 'load-2-success' }], 5)).toBe(false);
	});

	test('a crash in mid-run has met those that were asked for to be under way, and were cut', () => {
		const run = {
			key: 'midway-2-success',
			scenario: 'success',
			stage: 'load',
			status: 0,
			cut: 'crash',
		} as const;
		const met = (executions: Seen['executions']) =>
			struckInTime(but(observed, { timeline: [first, last, begins(5)], executions }), 'during').shown;
		expect(met([run])).toBe(true);
		expect(met([{ ...run, status: 200 }])).toBe(false);
		const { cut, ...uncut } = run;
		expect(met([uncut])).toBe(false);
		expect(met([{ ...run, cut: 'stop' }])).toBe(false);
	});

	test('a crash that leaves no run of the load to commit later has met those that it cut', () => {
		const crash = { ...begins(7), event: 'strike begins: the database is cut off' };
		const run = {
			key: 'load-2-success',
			scenario: 'success',
			stage: 'load',
			status: 0,
			cut: 'crash',
		} as const;
		const met = (executions: Seen['executions'], phase: Phase = 'stop') =>
			struckInTime(but(observed, { timeline: [first, last, load, crash], executions, phase }), 'during')
				.shown;
		expect(met([run])).toBe(true);
		expect(met([{ ...run, status: 200 }])).toBe(false);
		expect(met([{ ...run, key: 'strike-2-success' }])).toBe(false);
		expect(met([run], 'live')).toBe(false);
	});

	test('a boot is struck before anything, but struck', () => {
		expect(shown('after', [begins(1), first, last], 'boot')).toBe(true);
		expect(shown('after', [first, last], 'boot')).toBe(false);
	});

	test.for(['before', 'during', 'after', 'replay', 'any', 'deploy'] as const)(
		'%s: not without the notes',
		(timing) => {
			for (const phase of ['live', 'boot', 'stop'] as const) {
				expect(shown(timing, [], phase)).toBe(false);
				expect(shown(timing, [first, last, load], phase)).toBe(false);
				expect(shown(timing, [{ ...begins(3), at: '' }, first, last, load], phase)).toBe(false);
			}
			const needs = {
				before: [first],
				during: [first, last],
				after: [last],
				replay: [last],
				any: [],
				deploy: [],
			};
			for (const missing of needs[timing])
				expect(
					shown(
						timing,
						[begins(3), first, last, load].filter((one) => one !== missing),
					),
				).toBe(false);
		},
	);

	test('the last of several strikes counts, and the facts tell them all', () => {
		const timeline = [begins(1), entry('struck: one', 1), first, begins(3), entry('struck: two', 3), last];
		expect(shown('before', timeline)).toBe(false);
		expect(shown('during', timeline)).toBe(true);
		const { facts } = struckInTime(but(observed, { timeline }), 'during');
		expect(facts.split('; ')).toHaveLength(6);
		expect(struckInTime(observed, 'any').facts).toBe('no strike was noted');
	});
});
