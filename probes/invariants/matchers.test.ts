import { describe, expect, it } from 'vitest';
import './matchers.ts';
import { blockedWait, but, control, observed } from './testing/example.ts';

const blocked = but(observed, { locks: { ...observed.locks, waits: [blockedWait] } });
const unseen = but(observed, { locks: { samples: 0, logged: 0, waits: [] } });

const message = (assertion: () => void): string => {
	try {
		assertion();
	} catch (error) {
		return error instanceof Error ? error.message : '';
	}
	return '';
};

describe('the matchers', () => {
	it('pass on what is held', () => {
		expect(observed).toHoldI1(control);
		expect(observed).toHoldI2(control);
		expect(observed).toHoldI3(control);
		expect(observed).toHoldI4(control);
		expect(observed).toHoldI5(control);
		expect(observed).toHoldI6(control);
	});

	it('fail on a violation and on what is inconclusive, each by its name', () => {
		expect(message(() => expect(blocked).toHoldI4(control))).toMatch(
			/^I4 violated: backend 811 \(truth, app\) waited 9\.8 s .*\n\nLooked at: 9 acknowledged runs; 180 samples/s,
		);
		expect(message(() => expect(unseen).toHoldI4(control))).toMatch(
			/^I4 inconclusive: the locks were never sampled/,
		);
	});

	it('can be denied', () => {
		expect(blocked).not.toHoldI4(control);
		expect(message(() => expect(observed).not.toHoldI4(control))).toMatch(/^I4 held: 9 acknowledged runs/);
	});
});
