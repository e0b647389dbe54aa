/** The reporter on a real terminal, and on none: runs of Vitest over a small test file that tells its steps. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { injectionName } from '../../suites/matrix.ts';
import { record, violated } from '../examples.ts';
import type { PhaseRecord } from '../record.ts';
import { STEP } from './step.ts';
import { type Ended, inPipe, inTerminal, lacksTerminals, outside } from './testing/pty.ts';

const ROOT = join(import.meta.dirname, '../..');
const ESCAPE = '\u001b';
const SIZE = { columns: 60, rows: 20 };
const STEPS = ['control', 'inject', 'observe', 'restore'];

let dir: string;
beforeEach(() => {
	mkdirSync(join(ROOT, 'reports/out'), { recursive: true });
	dir = mkdtempSync(join(ROOT, 'reports/out/.nested-'));
	config('');
	suite(record('P1'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function config(others: string): void {
	writeFileSync(
		join(dir, 'vitest.config.ts'),
		`import { join } from 'node:path';
		import { CertificationReporter } from '../../reporter.ts';
		const out = join(import.meta.dirname, 'result');
		export default { test: { root: import.meta.dirname, include: ['*.nested.ts'], testTimeout: 50_000,
			reporters: [${others} new CertificationReporter({ out, only: ['P1'], heartbeatMs: 150 })] } };`,
	);
}

/** Each of its steps lasts until {@link goOn} has seen it. */
function suite(carried: PhaseRecord): void {
	writeFileSync(
		join(dir, 'P1.nested.ts'),
		`import { existsSync } from 'node:fs';
		import { join } from 'node:path';
		import { setTimeout as delay } from 'node:timers/promises';
		import { describe, recordArtifact, test } from 'vitest';
		describe(${JSON.stringify(injectionName('P1'))}, () => {
			test('live', async ({ task }) => {
				for (const step of ${JSON.stringify(STEPS)}) {
					await recordArtifact(task, { type: '${STEP}', step });
					while (!existsSync(join(import.meta.dirname, step))) await delay(10);
				}
				task.meta.bystander = ${JSON.stringify(carried)};
			});
		});`,
	);
}

/** A step that is on the screen, or in the log, may end. */
function goOn(screen: string): void {
	for (const step of STEPS) if (new RegExp(`live:? ${step}`).test(screen)) writeFileSync(join(dir, step), '');
}

const PROGRAM = [process.execPath, join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root'];

const onTerminal = (
	more: NodeJS.ProcessEnv = {},
	look: (screen: string, type: (keys: string) => void) => void = goOn,
): Promise<Ended> => inTerminal([...PROGRAM, dir], SIZE, { cwd: dir, env: { ...outside(), ...more }, look });

/** The cursor, which Vitest hides, is shown again in the end. */
function expectWhole(text: string): void {
	expect(text.lastIndexOf('[?25h')).toBeGreaterThan(text.lastIndexOf('[?25l'));
}

// What is drawn is also tested on a terminal in memory: without a real one this is skipped, and CI fails.
describe.skipIf(lacksTerminals)('on a terminal', { timeout: 60_000 }, () => {
	test('a line in place says what each phase is doing, and nothing of it is left', async () => {
		const { code, text, screens, sequences } = await onTerminal();
		for (const step of STEPS)
			expect(screens).toContainEqual(expect.stringMatching(new RegExp(`P1 .*\\d s  live ${step}$`, 'm')));
		for (const screen of screens)
			expect(screen.match(/live (control|inject|observe|restore)/g) ?? []).toSatisfy(
				(lines: readonly string[]) => lines.length <= 1,
				'one line at a time',
			);
		const last = screens.at(-1) ?? '';
		expect(last).toMatch(/^✓ P1 telemetry present {2}\d+ s$/m);
		expect(last).not.toMatch(/live (control|inject|observe|restore)/);
		expect(last).toMatch(/^HELD: 4 cells of 1 injection held; a partial run certifies\n {2}nothing\.$/m);
		expectWhole(text);
		expect(sequences.filter((one) => one.endsWith('m'))).not.toEqual([]);
		expect(code).toBe(0);
	});

	test('a violation is told at once, above the line', async () => {
		suite(record('P1', { phase: 'live' }, { judgements: { ...record('P1').judgements, I4: violated } }));
		const { code, screens } = await onTerminal();
		const last = screens.at(-1) ?? '';
		expect(last).toMatch(/^P1 live … violated \d+\.\d s\n✗ P1 telemetry present/m);
		expect(last).toMatch(
			/^✗ P1 I4 violated: live: run r7 waited 9\.8 s for backend 4312\n {2}\(telemetry writer\)$/m,
		);
		expect(code).toBe(1);
	});

	test('Ctrl-C leaves the terminal whole and nothing running', async () => {
		let typed = false;
		const { text, screens, left } = await onTerminal({}, (screen, type) => {
			if (typed || !screen.includes('live control')) return;
			typed = true;
			type('\u0003');
		});
		const last = screens.at(-1) ?? '';
		expect(last).toContain('because the run stopped short');
		expect(last).not.toContain('live control');
		expectWhole(text);
		// Its workers end by themselves when it has.
		await expect.poll(left).toEqual([]);
	});

	test('NO_COLOR: drawn in place, without colours', async () => {
		const { screens, sequences } = await onTerminal({ NO_COLOR: '1' });
		expect(screens).toContainEqual(expect.stringContaining('live observe'));
		expect(sequences.length).toBeGreaterThan(0);
		expect(sequences.filter((one) => one.endsWith('m'))).toEqual([]);
	});

	test('that is dumb: lines of a log', async () => {
		const { text } = await onTerminal({ TERM: 'dumb' });
		expect(text).toContain('P1 live …');
		expect(text).toMatch(/… still running: P1 live: observe \(\d+\.\d s\)/);
		// Vitest hides the cursor on any terminal, and shows it again.
		expect(text.replaceAll(/.\[\?25[lh]/g, '')).not.toContain(ESCAPE);
	});

	test("that Vitest's own reporter draws on: lines of a log above it", async () => {
		config("'default',");
		const { text } = await onTerminal({ NO_COLOR: '1' });
		expect(text).toContain('P1 live …');
		expect(text).toMatch(/… still running: P1 live: observe \(\d+\.\d s\)/);
		expect(text).not.toMatch(/\d s {2}live observe/);
	});
});

test('on no terminal: lines of a log, and nothing that a terminal obeys', { timeout: 60_000 }, async () => {
	const { code, text } = await inPipe([...PROGRAM, dir], { cwd: dir, env: outside(), look: goOn });
	expect(text).toMatch(/^P1 live …\n(.*\n)*P1 live … held \d+\.\d s$/m);
	for (const step of STEPS)
		expect(text).toMatch(new RegExp(`… still running: P1 live: ${step} \\(\\d+\\.\\d s\\)`));
	expect(text).toContain('HELD: 4 cells of 1 injection held; a partial run certifies nothing.\n');
	expect(text).not.toContain(ESCAPE);
	expect(code).toBe(0);
});
