/** The sabotage proof: each saboteur is certified like anyone's subject, and the cell that must catch it does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SABOTEURS } from '../fixtures/saboteurs/index.ts';
import type { Catch } from '../fixtures/saboteurs/sabotage.ts';
import type { PhaseRecord } from '../reports/record.ts';

const ROOT = join(import.meta.dirname, '..');
const DEADLINE_MS = 240_000;

/** Runs the command as a user would; gives its exit code, what it printed, and the evidence of one injection. */
async function certify(saboteur: string, id: string) {
	const out = await mkdtemp(join(tmpdir(), 'bystander-saboteur-'));
	try {
		const subject = join('fixtures/saboteurs', `${saboteur}.ts`);
		const given = ['certify', '--subject', subject, '--only', id, '--database', 'embedded', '--out', out];
		// Vitest tells its children that they are inside a test; a command of the user is not.
		const { VITEST: _, VITEST_MODE: __, VITEST_POOL_ID: ___, VITEST_WORKER_ID: ____, ...env } = process.env;
		const child = spawn(process.execPath, [join(ROOT, 'bin/bystander.ts'), ...given], { cwd: ROOT, env });
		const printed: string[] = [];
		child.stdout.setEncoding('utf8').on('data', (text: string) => printed.push(text));
		child.stderr.setEncoding('utf8').on('data', (text: string) => printed.push(text));
		const [code] = (await once(child, 'exit')) as [number | null];
		const evidence = JSON.parse(await readFile(join(out, `evidence/${id}.json`), 'utf8')) as {
			readonly status: string;
			readonly violated_invariant: string;
			readonly evidence: string;
			readonly details: { readonly phases: readonly PhaseRecord[] };
		};
		return { code, printed: printed.join(''), evidence };
	} finally {
		await rm(out, { recursive: true, force: true });
	}
}

const proofs = Object.entries<readonly Catch[]>(SABOTEURS).flatMap(([saboteur, caughtBy]) =>
	Object.entries(Object.groupBy(caughtBy, ({ injection }) => injection)).map(
		([id, catches = []]) => [saboteur, id, catches] as const,
	),
);

test.for(proofs.map(([saboteur, id, catches]) => ({ saboteur, id, catches })))(
	'saboteur $saboteur is caught, for the stated reason',
	{ timeout: DEADLINE_MS },
	async ({ saboteur, id, catches }) => {
		const { code, printed, evidence } = await certify(saboteur, id);
		for (const { invariant, message } of catches) {
			const reasons = evidence.details.phases
				.flatMap(({ judgements }) => Object.entries(judgements))
				.filter(([cell, { verdict }]) => cell === invariant && verdict === 'violated')
				.map(([, { reason }]) => reason);
			expect(reasons.join('\n'), printed).toMatch(message);
		}
		expect(evidence.status).toBe('FAIL');
		expect(code, printed).toBe(1);
	},
);
