/**
 * How many phases are under way at once on this machine, over all workers of a run. The control and the phases
 * held against it then meet the same contention, which the latency bound is about.
 */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Subject } from '../fixtures/subjects/port.ts';
import { claim, heldByLiving, POLL_MS } from './claim.ts';

/** A phase waits about as long as it computes; a subject that waits longer says so, and `--at-once` goes before it. */
export const slotsOf = ({ atOnce = 0 }: Pick<Subject, 'atOnce'>): number =>
	Number(process.env.BYSTANDER_AT_ONCE ?? Math.max(atOnce, Math.ceil(availableParallelism() * 1.5)));

/** A worker's own wait one behind the other: dozens that look every few milliseconds would keep it busy. */
let queue: Promise<unknown> = Promise.resolve();

/** Resolves when one of so many slots of the run in `folder` is free; gives what frees it again, safe to call twice. */
export function takeSlot(folder: string, slots: number): Promise<() => void> {
	const taken = queue.then(() => freeSlot(folder, slots));
	queue = taken.catch(() => {});
	return taken;
}

async function freeSlot(folder: string, slots: number): Promise<() => void> {
	for (;;) {
		const file = heldByLiving(everyOf(folder)) ? undefined : slotsIn(folder, slots).find(claim);
		if (file !== undefined) return freeing(file);
		await delay(POLL_MS);
	}
}

/** Resolves when every slot is taken, once those who have one are done: whoever waits for one waits for this as well. */
export async function takeEverySlot(folder: string, slots: number): Promise<() => void> {
	const files = [everyOf(folder), ...slotsIn(folder, slots)];
	for (const file of files) while (!claim(file)) await delay(POLL_MS);
	return freeing(...files);
}

const everyOf = (folder: string): string => join(folder, 'every-slot');
const slotsIn = (folder: string, slots: number): readonly string[] =>
	Array.from({ length: slots }, (_, slot) => join(folder, `slot-${slot}`));

/** Once alone: the next time they may be somebody else's. */
function freeing(...files: readonly string[]): () => void {
	let freed = false;
	return () => {
		if (!freed) for (const file of files) rmSync(file, { force: true });
		freed = true;
	};
}
