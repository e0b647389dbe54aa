/** The six invariants as Vitest matchers: `expect(observed).toHoldI4(control)`. Importing this file registers them. */
import { expect } from 'vitest';
import type { Observation } from '../observe/observation.ts';
import { judge, sentence } from './index.ts';
import type { InvariantId } from './verdict.ts';

/** Passes on `held` alone: what is inconclusive has not been shown. */
const holding = (id: InvariantId) => (observed: Observation, control: Observation) => {
	const judgement = judge([id], control, observed)[id];
	const { verdict, looked } = judgement;
	return {
		pass: verdict === 'held',
		message: () =>
			verdict === 'held' ? sentence(id, judgement) : `${sentence(id, judgement)}\n\nLooked at: ${looked}`,
		meta: { invariant: id, ...judgement },
	};
};

export const matchers = {
	toHoldI1: holding('I1'),
	toHoldI2: holding('I2'),
	toHoldI3: holding('I3'),
	toHoldI4: holding('I4'),
	toHoldI5: holding('I5'),
	toHoldI6: holding('I6'),
};

expect.extend(matchers);

declare module 'vitest' {
	interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
		/** Truth persists. */
		toHoldI1(control: Observation): R;
		/** Replay is hash-stable. */
		toHoldI2(control: Observation): R;
		/** No telemetry-caused incidents. */
		toHoldI3(control: Observation): R;
		/** Execution is not blocked. */
		toHoldI4(control: Observation): R;
		/** O1 unaffected. */
		toHoldI5(control: Observation): R;
		/** Telemetry is deletable. */
		toHoldI6(control: Observation): R;
	}
}
