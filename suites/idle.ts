/** Tells touches of telemetry that a request has made from those that come by the clock, whatever is asked. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Subject } from '../fixtures/subjects/port.ts';
import type { Touch } from '../probes/observe/observation.ts';
import type { LockWall } from '../probes/observe/wall.ts';

/** Longer than the clock of periodic telemetry takes to come round, in milliseconds. */
const IDLE_MS = 15_000;

/** Short, since the wall lets go at the first touch of a window and the rest of a pass goes by unseen, in milliseconds. */
const WINDOW_MS = 20;

/** Windows between two looks at the log, which waits for its writer. */
const WINDOWS = 25;

/** Those of `touches` that do not come with nothing asked as well, where telemetry is written by the clock. */
export async function asked(
	wall: LockWall,
	{ periodic }: Pick<Subject, 'periodic'>,
	touches: readonly Touch[],
): Promise<readonly Touch[]> {
	// By the verb: a pass of several statements is met at one of them, and the wall lets the others through.
	const shape = ({ relation, statement }: Touch): string => `${relation} ${statement.trim().split(/\s/, 1)}`;
	let left = touches;
	const deadline = performance.now() + IDLE_MS;
	while (periodic && left.length > 0 && performance.now() < deadline) {
		for (let window = 0; window < WINDOWS; window += 1)
			await wall.watch(`nothing asked, window ${window}`, () => delay(WINDOW_MS));
		const idle = new Set((await wall.takeTouches()).map(shape));
		left = left.filter((touch) => !idle.has(shape(touch)));
	}
	return left;
}
