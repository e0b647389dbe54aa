/** The command line as its user runs it: a process of its own, which knows nothing of the test around it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export const ROOT = join(import.meta.dirname, '../..');
export const COMMAND = join(ROOT, 'bin/bystander.ts');

export interface Ended {
	readonly code: number | null;
	/** Both streams, as they came, without colours. */
	readonly said: string;
}

/** Vitest tells its children that they are inside a test; a command of the user is not. */
export function outsideTests(): NodeJS.ProcessEnv {
	const { VITEST: _, VITEST_MODE: __, VITEST_POOL_ID: ___, VITEST_WORKER_ID: ____, ...env } = process.env;
	return env;
}

export async function bystander(...args: readonly string[]): Promise<Ended> {
	const child = spawn(process.execPath, [COMMAND, ...args], { cwd: ROOT, env: outsideTests() });
	let said = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
	const [code] = (await once(child, 'close')) as [number | null];
	return { code, said: stripVTControlCharacters(said) };
}
