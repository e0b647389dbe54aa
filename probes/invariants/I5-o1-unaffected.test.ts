import { describe, expect, it } from 'vitest';
import type { Observation, Read } from '../observe/observation.ts';
import { o1Unaffected } from './I5-o1-unaffected.ts';
import { but, changing, control, observed } from './testing/example.ts';

const judged = (facts: Partial<Observation>, of: Observation = control) =>
	o1Unaffected(of, but(observed, facts));

const reads = (endpoint: string, stage: string, facts: Partial<Read>, of: Observation = observed) => ({
	reads: changing(of.reads, (read) => read.endpoint === endpoint && read.stage === stage, facts),
});
const without = (which: (read: Read) => boolean) => ({
	reads: observed.reads.filter((read) => !which(read)),
});
const walls = (facts: object) => ({
	walls: changing(observed.walls, ({ during }) => during === 'o1', facts),
});

describe('I5 O1 unaffected', () => {
	it('is held, and says what was looked at', () => {
		expect(judged({})).toEqual({
			verdict: 'held',
			looked: '8 reads in quiet of 2 endpoints, 24 values, 16 reads under load, 1 lock wall with 12 behind',
			reason: '',
		});
	});

	it('compares with quiet where the control did not read under that load', () => {
		const calm = but(control, { reads: control.reads.filter((read) => read.stage !== 'frozen') });
		expect(judged({}, calm).verdict).toBe('held');
		expect(judged(reads('run', 'frozen', { sha256: 'f00d' }), calm).verdict).toBe('violated');
	});

	it('judges a body that changes under load in the control by its status there', () => {
		const lively = but(control, {
			reads: [...control.reads, ...reads('incidents', 'load', { sha256: 'more' }, control).reads],
		});
		expect(judged(reads('incidents', 'load', { sha256: 'even more' }), lively).verdict).toBe('held');
		expect(judged(reads('incidents', 'load', { status: 503 }), lively).verdict).toBe('violated');
		expect(judged(reads('incidents', 'quiet', { sha256: 'even more' }), lively).verdict).toBe('violated');
	});

	it.each([
		[
			'a 500',
			reads('run', 'quiet', { status: 500 }),
			'4 of 24 reads not answered 200: run of baseline-1 (quiet) answered 500 4 times, slowest 20 ms',
		],
		[
			'no answer',
			reads('incidents', 'load', { status: 0 }),
			'incidents (load) got no answer 4 times, slowest 20 ms',
		],
		[
			'a passed deadline',
			reads('incidents', 'frozen', { status: -1 }),
			'incidents (frozen) passed its deadline 4 times',
		],
		[
			'another body',
			reads('run', 'quiet', { sha256: 'f00d' }),
			"other than the control's: 1 of 6 bodies: run of baseline-1 (quiet)",
		],
		[
			'an empty list',
			reads('incidents', 'quiet', { sha256: 'none', values: 0 }),
			"other than the control's: 1 of 6 bodies: incidents (quiet)",
		],
		[
			'a body that is not JSON',
			reads('run', 'quiet', { sha256: '' }),
			'run of baseline-1 (quiet) gave a body that is not JSON',
		],
		[
			'a touch of telemetry',
			walls({
				touches: [
					{
						during: 'GET incidents',
						how: 'refused',
						pid: 7,
						role: 'app',
						relation: 'telemetry_event',
						statement: 'SELECT 1',
					},
				],
			}),
			'o1 touched telemetry 1 time: GET incidents was refused telemetry_event (backend 7, app: SELECT 1)',
		],
	] satisfies [string, Partial<Observation>, string][])('is violated by %s', (_, facts, reason) => {
		const judgement = judged(facts);
		expect(judgement.verdict).toBe('violated');
		expect(judgement.reason).toContain(reason);
	});

	it('points to the first difference of a body whose sample was kept', () => {
		const samples = {
			'body-of-run-baseline-1-quiet': JSON.stringify({ run: { 'a/b': [1, 2], cost: 3 } }),
			f00d: JSON.stringify({ run: { 'a/b': [1, 9], cost: null } }),
		};
		expect(judged({ ...reads('run', 'quiet', { sha256: 'f00d' }), samples }).reason).toContain(
			'run of baseline-1 (quiet) at /run/a~1b/1: 9, expected 2, 1 more',
		);
	});

	it.each([
		['no reads', { reads: [] }, 'no truth endpoint was read under the failure (quiet, load, frozen)'],
		[
			'no reads under load',
			without((read) => read.stage === 'load' || read.stage === 'frozen'),
			'no truth endpoint was read under load',
		],
		[
			'an endpoint that was not read',
			without((read) => read.endpoint === 'incidents' && read.stage === 'quiet'),
			'incidents was not read under the failure (quiet)',
		],
		[
			'a read unknown to the control',
			reads('run', 'load', { key: 'other' }),
			'the control never read run of other (load): nothing to compare with',
		],
		[
			'no values',
			reads('run', 'quiet', { values: 0 }),
			'a body of 0 values says nothing: run of baseline-1 (quiet)',
		],
		['no wall', { walls: [] }, 'the observation has no lock wall around o1'],
		[
			'an unproven wall',
			walls({ proven: false }),
			'the lock wall around o1 (observation, quiet) is unproven',
		],
		[
			'an unproven wall of a plane that is gone',
			walls({ relations: [], proven: false }),
			'the lock wall around o1 (observation, quiet) is unproven',
		],
		[
			'nothing behind the wall',
			walls({ watched: 0 }),
			'nothing ran behind the lock wall around o1 (observation, quiet)',
		],
	] satisfies [string, Partial<Observation>, string][])('is inconclusive with %s', (_, facts, reason) => {
		const judgement = judged(facts);
		expect(judgement.verdict).toBe('inconclusive');
		expect(judgement.reason).toContain(reason);
	});

	it.each([
		[
			'a 401',
			reads('run', 'quiet', { status: 401 }, control),
			'the control itself is faulty: run of baseline-1 (quiet) answered 401',
		],
		[
			'a body of 0 values',
			reads('run', 'quiet', { values: 0 }, control),
			'run of baseline-1 (quiet) had 0 values in its body',
		],
		[
			'a body that is not JSON',
			reads('run', 'quiet', { sha256: '' }, control),
			'run of baseline-1 (quiet) gave a body that is not JSON',
		],
		[
			'two bodies in quiet',
			{ reads: [...control.reads, ...reads('run', 'quiet', { sha256: 'f00d' }, control).reads.slice(0, 1)] },
			'the control itself gave several bodies for run of baseline-1 (quiet): something volatile is not declared',
		],
		['no reads', { reads: [] }, 'the control read no truth endpoint'],
	] satisfies [string, Partial<Observation>, string][])(
		'is inconclusive with %s in the control',
		(_, facts, reason) => {
			const judgement = judged({}, but(control, facts));
			expect(judgement.verdict).toBe('inconclusive');
			expect(judgement.reason).toContain(reason);
		},
	);
});
