import { describe, expect, it } from 'vitest';
import type { Observation, Replay, Wall } from '../observe/observation.ts';
import { replayIsHashStable } from './I2-replay-is-hash-stable.ts';
import { but, changing, control, observed } from './testing/example.ts';

const judged = (facts: Partial<Observation>, of: Observation = control) =>
	replayIsHashStable(of, but(observed, facts));

const replays = (facts: Partial<Replay>, key = 'baseline-1') =>
	changing(observed.replays, (replay) => replay.key === key, facts);

const walls = (facts: Partial<Wall>, during = 'replay') =>
	changing(observed.walls, (wall) => wall.during === during, facts);

const touch = {
	during: 'replay',
	how: 'waited',
	pid: 811,
	role: 'app',
	relation: 'telemetry_event',
	statement: 'SELECT 1 FROM telemetry_event',
} as const;

describe('I2 replay is hash-stable', () => {
	it('is held, and says what was looked at', () => {
		expect(judged({})).toEqual({
			verdict: 'held',
			looked:
				'5 replays (of runs recorded 1 before, 3 during, 1 after the failure), 1 lock wall with 12 behind',
			reason: '',
		});
	});

	it('is held with the plane gone and the log watching alone', () => {
		expect(judged({ walls: walls({ relations: [] }) })).toMatchObject({
			verdict: 'held',
			looked: expect.stringContaining('1 lock wall (1 by the log alone, the plane being gone)'),
		});
	});

	it.each([
		[
			'another hash',
			{ replays: replays({ sha256: 'f00d' }) },
			'1 of 5 replays gave another hash than the control: baseline-1 (recorded before, quiet) f00d, expected hash-of-base. Look first',
		],
		[
			'a hash that changes with the stage',
			{ replays: [...observed.replays, ...replays({ sha256: 'f00d', stage: 'dropped' }).slice(0, 1)] },
			'1 of 6 replays gave another hash than the control: baseline-1 (recorded before, dropped)',
		],
		[
			'an error',
			{ replays: replays({ error: '500 relation "telemetry_event" does not exist' }) },
			'1 of 5 replays gave nothing: baseline-1 (recorded before, quiet): 500 relation "telemetry_event" does not exist',
		],
		['no bytes', { replays: replays({ bytes: 0 }) }, 'baseline-1 (recorded before, quiet): no bytes'],
		[
			'a touch of telemetry',
			{ walls: walls({ touches: [touch] }) },
			'replay touched telemetry 1 time: replay waited for telemetry_event (backend 811, app: SELECT 1 FROM telemetry_event)',
		],
	] as const)('is violated by %s', (_, facts, reason) => {
		const judgement = judged(facts);
		expect(judgement.verdict).toBe('violated');
		expect(judgement.reason).toContain(reason);
	});

	it('leaves aside what the clock touches, and says so; what may be either is not known', () => {
		expect(judged({ walls: walls({ touches: [{ ...touch, by: 'clock' }] }) })).toMatchObject({
			verdict: 'held',
			looked: expect.stringContaining('1 touch left aside that the clock makes with nothing asked as well'),
		});
		expect(judged({ walls: walls({ touches: [{ ...touch, by: 'not known' }] }) })).toMatchObject({
			verdict: 'inconclusive',
			reason: expect.stringContaining(
				'whether replay has touched telemetry or what ran beside it is not known, 1 time',
			),
		});
	});

	it('is not violated by a touch in the control or of another window', () => {
		expect(judged({ walls: walls({ touches: [touch] }, 'o1') }).verdict).toBe('held');
		expect(judged({}, but(control, { walls: walls({ touches: [touch] }) })).verdict).toBe('held');
	});

	it.each([
		['no replays', { replays: [] }, 'nothing was replayed under the failure'],
		[
			'none of a kind',
			{ replays: observed.replays.slice(1) },
			'no run recorded before the failure was replayed, the control has such replays',
		],
		[
			'a run the control did not replay',
			{ replays: replays({ key: 'other' }) },
			'1 replay cannot be compared, the control has none: other (recorded before, quiet)',
		],
		['no wall', { walls: [] }, 'the observation has no lock wall around replay'],
		[
			'a wall without proof',
			{ walls: walls({ proven: false }) },
			'the lock wall around replay (observation, quiet) is unproven',
		],
		[
			'a wall that was down',
			{ walls: walls({ down: 'could not be raised within 9 ms; in the way: backend 7 (app): delete' }) },
			'the lock wall around replay (observation, quiet) could not be raised within 9 ms; in the way: backend 7',
		],
		[
			'a log that was not proven to watch, the plane being gone',
			{ walls: walls({ relations: [], proven: false }) },
			'the lock wall around replay (observation, quiet) is unproven',
		],
		[
			'nothing behind the wall',
			{ walls: walls({ watched: 0 }) },
			'nothing ran behind the lock wall around replay (observation, quiet)',
		],
	] as const)('is inconclusive with %s', (_, facts, reason) => {
		const judgement = judged(facts);
		expect(judgement.verdict).toBe('inconclusive');
		expect(judgement.reason).toContain(reason);
	});

	it.each([
		['no replays', { replays: [] }, 'the control replayed nothing'],
		[
			'a failed replay',
			{ replays: replays({ error: '404' }) },
			'the control itself is faulty: baseline-1 (recorded before, quiet): 404',
		],
		[
			'two hashes of one key',
			{ replays: [...replays({ sha256: 'f00d' }), ...control.replays] },
			'more than one hash',
		],
		[
			'an unproven wall',
			{ walls: walls({ proven: false }) },
			'the lock wall around replay (control, quiet) is unproven',
		],
	] as const)('is never held with %s in the control', (_, facts, reason) => {
		const judgement = judged({}, but(control, facts));
		expect(judgement.verdict).not.toBe('held');
		if (judgement.verdict === 'inconclusive') expect(judgement.reason).toContain(reason);
	});
});
