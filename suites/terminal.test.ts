/** The command on a terminal, as somebody runs it by hand: what each phase is doing, the table, where the files are. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inTerminal, lacksTerminals, outside } from '../reports/terminal/testing/pty.ts';

const ROOT = join(import.meta.dirname, '..');

// Other tests certify without a terminal, as CI does: where there is none this is skipped, and CI fails.
test.skipIf(lacksTerminals)(
	'certify says on a narrow terminal what it is doing',
	{ timeout: 180_000 },
	async () => {
		const out = await mkdtemp(join(tmpdir(), 'bystander-terminal-'));
		try {
			const given = ['certify', '--database', 'embedded', '--only', 'P1', '--out', out];
			const { code, screens, text } = await inTerminal(
				[process.execPath, join(ROOT, 'bin/bystander.ts'), ...given],
				{ columns: 40, rows: 24 },
				{ cwd: ROOT, env: outside() },
			);
			const told = new Set(
				screens.flatMap((screen) => /^P1 .* s {2}(?:live )?(.*)$/m.exec(screen)?.[1] ?? []),
			);
			expect([...told], text).toEqual(
				expect.arrayContaining(['set up', 'control', 'inject', 'observe', 'restore']),
			);
			const last = screens.at(-1) ?? '';
			expect(last).toMatch(/^P1 telemetry present {2}✓ {2}✓ {2}✓ {2}✓$/m);
			expect(last).toMatch(/^HELD: 4 cells of 1 injection held; a\n {2}partial run certifies nothing\.$/m);
			expect(last).toContain('Summary:');
			expect(code).toBe(0);
		} finally {
			await rm(out, { recursive: true, force: true });
		}
	},
);
