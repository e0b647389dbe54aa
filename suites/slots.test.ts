import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { slotsOf, takeEverySlot, takeSlot } from './slots.ts';

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'byst-slots-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('who comes when all slots are taken waits until one is free', async () => {
	const taken = await Promise.all([1, 2, 3].map(() => takeSlot(folder, 3)));
	const waiting = takeSlot(folder, 3);
	expect(await Promise.race([waiting, delay(200, 'none is free')])).toBe('none is free');
	taken[0]?.();
	taken[0]?.();
	const late = await waiting;
	expect(readdirSync(folder)).toHaveLength(3);
	for (const release of [...taken.slice(1), late]) release();
	expect(readdirSync(folder)).toEqual([]);
});

test('who wants every slot gets them once those who have one are done, before whoever comes later', async () => {
	const taken = await Promise.all([1, 2].map(() => takeSlot(folder, 3)));
	const every = takeEverySlot(folder, 3);
	const later = [1, 2, 3, 4].map(() => takeSlot(folder, 3));
	const order: string[] = [];
	const all = Promise.all([
		every.then(() => order.push('every')),
		...later.map((one) => one.then(() => order.push('one'))),
	]);
	taken[0]?.();
	// That nobody is let in is announced by nothing.
	expect(await Promise.race([every, ...later, delay(200, 'nobody')])).toBe('nobody');
	taken[1]?.();
	(await every)();
	for (const one of later) (await one)();
	await all;
	expect(order).toEqual(['every', 'one', 'one', 'one', 'one']);
	expect(readdirSync(folder)).toEqual([]);
});

test('a slot of a process that is dead is free, and so is every slot that it wanted', async () => {
	const child = spawn(process.execPath, ['-e', '']);
	await once(child, 'exit');
	for (const file of ['slot-0', 'every-slot']) writeFileSync(join(folder, file), String(child.pid));
	(await takeSlot(folder, 3))();
	(await takeEverySlot(folder, 3))();
	expect(readdirSync(folder)).toEqual([]);
});

test('a subject that mostly waits gets more, never fewer, and what the command says goes before it', () => {
	vi.stubEnv('BYSTANDER_AT_ONCE', undefined);
	const usual = slotsOf({});
	expect(usual).toBeGreaterThan(1);
	expect(slotsOf({ atOnce: usual + 2 })).toBe(usual + 2);
	expect(slotsOf({ atOnce: 1 })).toBe(usual);
	vi.stubEnv('BYSTANDER_AT_ONCE', '1');
	expect(slotsOf({ atOnce: 8 })).toBe(1);
	vi.unstubAllEnvs();
});
