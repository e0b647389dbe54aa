/**
 * How many phases are under way at once on this machine, over all workers of a run. The control and the phases
 * held against it then meet the same contention, which the latency bound is about.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { alive } from '../fixtures/processes.ts';

/** A phase waits about as long as it computes; `--at-once` is for subjects that wait longer. */
export const SLOTS = Number(process.env.BYSTANDER_AT_ONCE ?? Math.ceil(availableParallelism() * 1.5));
const POLL_MS = 15;

/** Resolves when a slot of the run in `folder` is free; gives what frees it again, safe to call twice. */
export async function takeSlot(folder: string): Promise<() => void> {
	for (;;) {
		for (let slot = 0; slot < SLOTS; slot += 1) {
			const file = join(folder, `slot-${slot}`);
			if (!claim(file)) continue;
			let freed = false;
			return () => {
				if (!freed) rmSync(file, { force: true });
				freed = true;
			};
		}
		await delay(POLL_MS);
	}
}

function claim(file: string): boolean {
	try {
		writeFileSync(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		// A worker that died keeps nothing.
		const holder = Number(readOwner(file));
		if (holder > 0 && !alive(holder)) rmSync(file, { force: true });
		return false;
	}
}

/** Empty while its owner is writing it, or when it was freed this moment. */
function readOwner(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return '';
	}
}
