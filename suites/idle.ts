/** Tells touches of telemetry that a request has made from those that come by the clock, whatever is asked. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Subject } from '../fixtures/subjects/port.ts';
import type { Touch } from '../probes/observe/observation.ts';
import type { LockWall } from '../probes/observe/wall.ts';

/** Longer than the clock of periodic telemetry takes to come round, in milliseconds. */
const IDLE_MS = 15_000;

/** In milliseconds; a touch ends its window, or the rest of a pass would go by unseen. */
const WINDOW_MS = 20;

/** Windows between two looks at the log, which waits for its writer. */
const WINDOWS = 25;

/** The same statement of the same role, whatever its values and however many there are in a list. */
const statementOf = ({ relation, role, statement }: Touch): string =>
	[
		relation,
		role,
		statement
			.replace(/'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b/g, '?')
			.replace(/\?(?:\s*,\s*\?)+/g, '?')
			.replace(/\s+/g, ' ')
			.trim(),
	].join('\n');

const verbOf = ({ relation, role, statement }: Touch): string =>
	[relation, role, statement.trim().split(/\s/, 1)].join('\n');

/**
 * The touches as they are, unless telemetry is written by the clock: then each says what it is put down to. That is the
 * clock, when the same statement comes with nothing asked; not known, when another of its verb does, since of a pass of
 * several statements the wall meets one alone; and else the request.
 */
export async function attributed(
	wall: LockWall,
	{ periodic }: Pick<Subject, 'periodic'>,
	touches: readonly Touch[],
	idleMs = IDLE_MS,
): Promise<readonly Touch[]> {
	if (!periodic) return touches;
	const [statements, verbs] = [new Set<string>(), new Set<string>()];
	const deadline = performance.now() + idleMs;
	while (!touches.every((touch) => statements.has(statementOf(touch))) && performance.now() < deadline) {
		for (let window = 0; window < WINDOWS; window += 1)
			await wall.watch(`nothing asked, window ${window}`, (touched) =>
				delay(WINDOW_MS, undefined, { signal: touched }).catch(() => {}),
			);
		for (const idle of await wall.takeTouches()) {
			statements.add(statementOf(idle));
			verbs.add(verbOf(idle));
		}
	}
	return touches.map((touch) => {
		if (statements.has(statementOf(touch))) return { ...touch, by: 'clock' };
		return verbs.has(verbOf(touch)) ? { ...touch, by: 'not known' } : touch;
	});
}
