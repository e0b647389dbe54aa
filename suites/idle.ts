/** Tells touches of telemetry that a request has made from those that come by the clock, whatever is asked. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Subject } from '../fixtures/subjects/port.ts';
import type { Touch } from '../probes/observe/observation.ts';
import type { LockWall } from '../probes/observe/wall.ts';

/**
 * Several rounds of the clock of periodic telemetry, in milliseconds: a round takes ten seconds where its writer is slow, and
 * of two statements that follow each other the wall may miss the second. Spent only where something is in doubt.
 */
const IDLE_MS = 45_000;

/** In milliseconds; a touch ends its window, or the rest of a pass would go by unseen. */
const WINDOW_MS = 20;

/** Windows between two looks at the log, which waits for its writer. */
const WINDOWS = 25;

/** Of a statement that still runs Postgres keeps so many bytes, where nothing else is set (track_activity_query_size). */
const KEPT = 1_023;

/** Whatever its values, and however many there are in a list; of a long one what is kept, but for a last word that may be cut. */
function wordsOf(statement: string): { readonly words: string; readonly cut: boolean } {
	const bytes = Buffer.from(statement);
	const cut = bytes.length >= KEPT;
	const kept = cut ? bytes.subarray(0, KEPT).toString().replace(/\S*$/, '') : statement;
	const words = kept
		.replace(/'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b/g, '?')
		.replace(/\?(?:\s*,\s*\?)+/g, '?')
		.replace(/\s+/g, ' ')
		.trim();
	return { words, cut };
}

/** The same statement of the same role: those that are cut are as far as the shorter goes, since one may have longer values. */
function isSame(one: Touch, other: Touch): boolean {
	if (one.relation !== other.relation || one.role !== other.role) return false;
	const [a, b] = [wordsOf(one.statement), wordsOf(other.statement)];
	if (!a.cut || !b.cut) return a.words === b.words;
	return a.words.startsWith(b.words) || b.words.startsWith(a.words);
}

const verbOf = ({ relation, role, statement }: Touch): string =>
	[relation, role, statement.trim().split(/\s/, 1)].join('\n');

/**
 * The touches as they are, unless the subject is `owing` an answer of metrics, for which it may have made them, or
 * telemetry is written by the clock: then each says what it is put down to. That is the
 * clock, when the same statement comes with nothing asked; not known, when another of its verb does; and else the request.
 */
export async function attributed(
	wall: LockWall,
	{ periodic, owing }: Pick<Subject, 'periodic'> & { readonly owing?: boolean },
	touches: readonly Touch[],
	idleMs = IDLE_MS,
): Promise<readonly Touch[]> {
	if (owing) return touches.map((touch) => ({ ...touch, by: 'not known' }));
	if (!periodic) return touches;
	const idle: Touch[] = [];
	const byClock = (touch: Touch): boolean => idle.some((one) => isSame(one, touch));
	// Of a pass that goes to several relations the wall meets the first statement alone: each relation has its turn.
	for (const [relation, here] of Map.groupBy(touches, (touch) => touch.relation)) {
		await wall.lock(relation.split(' or '));
		const deadline = performance.now() + idleMs;
		while (!here.every(byClock) && performance.now() < deadline) {
			for (let window = 0; window < WINDOWS; window += 1)
				// Ended by a touch; that none comes is announced by nothing.
				await wall.watch(`nothing asked, window ${window}`, (touched) =>
					delay(WINDOW_MS, undefined, { signal: touched }).catch(() => {}),
				);
			idle.push(...(await wall.takeTouches()));
		}
	}
	// The wall is its owner's again, who goes on to watch all relations.
	if (touches.length > 0) await wall.lock();
	const verbs = new Set(idle.map(verbOf));
	return touches.map((touch) => {
		if (byClock(touch)) return { ...touch, by: 'clock' };
		return verbs.has(verbOf(touch)) ? { ...touch, by: 'not known' } : touch;
	});
}
