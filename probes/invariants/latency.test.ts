import { describe, expect, it } from 'vitest';
import type { Latency } from '../observe/observation.ts';
import { executionIsNotBlocked } from './I4-execution-is-not-blocked.ts';
import { bound, overBound } from './latency.ts';
import { but, control, observed } from './testing/example.ts';

const within: Latency = { slowestMs: 650, spreadMs: 0, startMs: 550, stopMs: 350 };
const over: Latency = { ...within, slowestMs: 651 };

const judged = (...attempts: readonly Latency[]) =>
	executionIsNotBlocked(control, but(observed, { attempts }));

describe('the latency bound', () => {
	it('leaves 250 ms or three times the spread of the control', () => {
		expect(bound(400, 50)).toBe(650);
		expect(bound(400, 200)).toBe(1000);
	});

	it('says what is over it, for the harness that repeats', () => {
		expect(overBound(control, within)).toEqual([]);
		expect(overBound(control, { slowestMs: 900, spreadMs: 0, startMs: 551, stopMs: 9000 })).toEqual([
			'slowest run 900 ms, bound 650 ms (control 400 ms)',
			'start 551 ms, bound 550 ms (control 300 ms)',
			'stop 9000 ms, bound 350 ms (control 100 ms)',
		]);
		expect(overBound(control, { ...within, slowestMs: Number.NaN })).toHaveLength(1);
		expect(overBound(but(control, { attempts: [] }), over)).toEqual([]);
	});

	it('of two controls is the looser for each figure', () => {
		const crashed = { slowestMs: 300, spreadMs: 10, startMs: 900, stopMs: 0 };
		const both = but(control, { attempts: [...control.attempts, crashed] });
		expect(overBound(both, { ...within, startMs: 1150 })).toEqual([]);
		expect(overBound(both, { ...over, startMs: 1151 })).toEqual([
			'slowest run 651 ms, bound 650 ms (control 400 ms)',
			'start 1151 ms, bound 1150 ms (control 900 ms)',
		]);
	});

	it('is that of the controls that were repeated as well', () => {
		const slow = { ...within, slowestMs: 410, spreadMs: 0 };
		const again = but(control, { attempts: [...control.attempts, slow] });
		const beside = (...attempts: readonly Latency[]) =>
			executionIsNotBlocked(again, but(observed, { attempts }));
		expect(beside(over, within).verdict).toBe('held');
		const far = { ...over, slowestMs: 661 };
		expect(beside(over, far).verdict).toBe('inconclusive');
		expect(beside(over, far, within).verdict).toBe('inconclusive');
		expect(beside(far, far, far).verdict).toBe('violated');
	});

	it('is met by the first attempt, or repeated, or passed three times of three', () => {
		expect(judged(within).verdict).toBe('held');
		expect(judged(over)).toMatchObject({
			verdict: 'inconclusive',
			reason:
				'over the latency bound and not repeated 3 times: attempt 1: slowest run 651 ms, bound 650 ms (control 400 ms)',
		});
		expect(judged(over, over).verdict).toBe('inconclusive');
		expect(judged(over, over, over)).toMatchObject({
			verdict: 'violated',
			reason: expect.stringMatching(
				/^over the latency bound in 3 of 3 attempts: attempt 1: .* attempt 3: slowest run 651 ms/,
			),
		});
		expect(judged(over, within, over)).toMatchObject({
			verdict: 'inconclusive',
			reason: expect.stringMatching(
				/^over the latency bound in some attempts only: .*attempt 2: within the bound/,
			),
		});
	});

	it('needs a control that measured something', () => {
		// The second, where a crash without telemetry has ended the subject: no run of it was answered.
		for (const attempts of [[], [{ slowestMs: 0, spreadMs: 0, startMs: 0, stopMs: 0 }]])
			expect(executionIsNotBlocked(but(control, { attempts }), observed)).toMatchObject({
				verdict: 'inconclusive',
				reason: 'the control measured no latency',
			});
	});
});
