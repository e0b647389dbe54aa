/** What one of the workers of a run has to itself, by a file that says whose it is. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { alive } from '../fixtures/processes.ts';

/** Between two looks, in milliseconds: that another process has freed or made something is announced by nothing. */
export const POLL_MS = 15;

/** Takes `file`, or says that somebody has it; one that was a dead process's is free the next time. */
export function claim(file: string): boolean {
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

export const heldByLiving = (file: string): boolean => alive(Number(readOwner(file)));

/**
 * The content of `file`, made by the first worker that wants it; should that one die or fail, by the next. Whole or not at all:
 * it is there once its name is.
 */
export async function madeOnce(file: string, make: () => Promise<string>): Promise<string> {
	const claimed = `${file}.claimed`;
	while (!existsSync(file)) {
		if (!claim(claimed)) {
			await delay(POLL_MS);
			continue;
		}
		try {
			await writeFile(`${file}.part`, await make());
			await rename(`${file}.part`, file);
		} catch (error) {
			rmSync(claimed, { force: true });
			throw error;
		}
	}
	return readFile(file, 'utf8');
}
