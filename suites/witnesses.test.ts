/** Without its failure every injection is inconclusive: each witness has been seen missing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PhaseRecord } from '../reports/record.ts';
import { INJECTIONS } from './matrix.ts';

const ROOT = join(import.meta.dirname, '..');
const DEADLINE_MS = 300_000;

test('every injection is inconclusive for lack of a witness when its failure is withheld', {
	timeout: DEADLINE_MS,
}, async () => {
	const out = await mkdtemp(join(tmpdir(), 'bystander-withheld-'));
	try {
		// Vitest tells its children that they are inside a test; a command of the user is not.
		const { VITEST: _, VITEST_MODE: __, VITEST_POOL_ID: ___, VITEST_WORKER_ID: ____, ...env } = process.env;
		const child = spawn(
			process.execPath,
			[join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'certification', '-t', ' live$'],
			{
				cwd: ROOT,
				env: {
					...env,
					BYSTANDER_WITHHOLD: '1',
					BYSTANDER_KEEP_GOING: '1',
					BYSTANDER_DATABASE: 'embedded',
					BYSTANDER_OUT: out,
				},
				stdio: ['ignore', 'pipe', 'pipe'],
			},
		);
		const printed: string[] = [];
		for (const stream of [child.stdout, child.stderr])
			stream.setEncoding('utf8').on('data', (text: string) => printed.push(text));
		const [code] = (await once(child, 'exit')) as [number | null];
		expect(code, printed.join('')).toBe(2);
		for (const id of INJECTIONS) {
			const { details } = JSON.parse(await readFile(join(out, `evidence/${id}.json`), 'utf8')) as {
				readonly details: {
					readonly phases: readonly PhaseRecord[];
					readonly cells: readonly { readonly status: string }[];
					readonly marks: { readonly witness: { readonly reason: string } };
				};
			};
			const [phase] = details.phases;
			expect(phase?.witness.filter(({ shown }) => !shown).length, `${id} lacks a witness`).toBeGreaterThan(0);
			expect(phase?.error, id).toBeUndefined();
			expect(details.marks.witness.reason, id).toContain('no witness');
			for (const { status } of details.cells) expect(status, id).toBe('inconclusive');
		}
	} finally {
		await rm(out, { recursive: true, force: true });
	}
});
