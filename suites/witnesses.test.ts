/** Without its failure every injection is inconclusive: each witness has been seen missing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PhaseRecord } from '../reports/record.ts';
import { INJECTIONS } from './matrix.ts';
import { outsideTests, ROOT } from './testing/command.ts';

/** The many rows may have to be made first. */
const DEADLINE_MS = 600_000;

test('every injection is inconclusive for lack of a witness when its failure is withheld', {
	timeout: DEADLINE_MS,
}, async () => {
	const out = await mkdtemp(join(tmpdir(), 'bystander-withheld-'));
	let child: ChildProcess | undefined;
	try {
		const started = spawn(
			process.execPath,
			[join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'certification', '-t', ' live$'],
			{
				cwd: ROOT,
				env: {
					...outsideTests(),
					BYSTANDER_WITHHOLD: '1',
					BYSTANDER_KEEP_GOING: '1',
					BYSTANDER_DATABASE: 'embedded',
					BYSTANDER_OUT: out,
				},
				stdio: ['ignore', 'pipe', 'pipe'],
			},
		);
		child = started;
		const printed: string[] = [];
		for (const stream of [started.stdout, started.stderr])
			stream.setEncoding('utf8').on('data', (text: string) => printed.push(text));
		const [code] = (await once(started, 'exit')) as [number | null];
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
			expect(
				phase?.witness.filter(({ name, shown }) => !shown && !name.startsWith('struck ')).length,
				`${id} lacks a witness`,
			).toBeGreaterThan(0);
			expect(phase?.error, id).toBeUndefined();
			expect(details.marks.witness.reason, id).toContain('no witness');
			for (const { status } of details.cells) expect(status, id).toBe('inconclusive');
		}
	} finally {
		child?.kill('SIGINT');
		await rm(out, { recursive: true, force: true });
	}
});
