/** The sabotage proof, shortened: for each invariant a saboteur that it must catch, run as a user would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const SHORT = [
	'shared-transaction',
	'replay-looks-up-telemetry',
	'innocent-incident',
	'shared-transaction-telemetry-first',
	'shared-pool',
];

test('saboteurs are caught by the cells that must catch them, for the stated reasons', {
	timeout: 240_000,
}, async () => {
	// Vitest tells its children that they are inside a test; a command of the user is not.
	const { VITEST: _, VITEST_MODE: __, VITEST_POOL_ID: ___, VITEST_WORKER_ID: ____, ...env } = process.env;
	const given = ['teeth', '--only', SHORT.join(','), '--database', 'embedded'];
	const child = spawn(process.execPath, [join(ROOT, 'bin/bystander.ts'), ...given], { cwd: ROOT, env });
	const printed: string[] = [];
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => printed.push(text));
	const [code] = (await once(child, 'close')) as [number | null];
	expect(printed.join('')).toContain(
		`${SHORT.length} of ${SHORT.length} saboteurs caught for the stated reason`,
	);
	expect(code).toBe(0);
});
