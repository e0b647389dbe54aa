import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeSlot } from './slots.ts';

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'byst-slots-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('who comes when all slots are taken waits until one is free', async () => {
	const taken: (() => void)[] = [];
	let waiting = takeSlot(folder);
	// As many as there are: the one that does not come is the one too many.
	for (;;) {
		const first = await Promise.race([waiting, delay(200, undefined)]);
		if (first === undefined) break;
		taken.push(first);
		waiting = takeSlot(folder);
	}
	expect(taken.length).toBeGreaterThan(1);
	taken[0]?.();
	taken[0]?.();
	const late = await waiting;
	expect(readdirSync(folder)).toHaveLength(taken.length);
	for (const release of [...taken.slice(1), late]) release();
	expect(readdirSync(folder)).toEqual([]);
});

test('a slot of a process that is dead is free', async () => {
	const child = spawn(process.execPath, ['-e', '']);
	await once(child, 'exit');
	writeFileSync(join(folder, 'slot-0'), String(child.pid));
	const release = await takeSlot(folder);
	release();
});
