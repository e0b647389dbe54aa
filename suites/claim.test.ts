import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { madeOnce } from './claim.ts';

let file = '';
beforeEach(() => {
	file = join(mkdtempSync(join(tmpdir(), 'byst-claim-')), 'kept');
});
afterEach(() => rmSync(join(file, '..'), { recursive: true, force: true }));

test('it is made by the first who wants it, and read by all', async () => {
	let made = 0;
	const make = async () => `made ${++made} time`;
	const all = await Promise.all([1, 2, 3].map(() => madeOnce(file, make)));
	expect([...all, await madeOnce(file, make)]).toEqual(Array(4).fill('made 1 time'));
});

test('what a dead process was making is made by the next, at once', async () => {
	const child = spawn(process.execPath, ['-e', '']);
	await once(child, 'exit');
	writeFileSync(`${file}.claimed`, String(child.pid));
	expect(await madeOnce(file, async () => 'made')).toBe('made');
});

test('whoever fails to make it says so, and leaves it to the next', async () => {
	const failing = madeOnce(file, () => Promise.reject(new Error('no room')));
	const waiting = madeOnce(file, async () => 'made after all');
	await expect(failing).rejects.toThrow('no room');
	expect(await waiting).toBe('made after all');
	expect(existsSync(`${file}.part`)).toBe(false);
});
