/** The reporter on a real terminal, and on none: runs of Vitest over a small test file that tells its steps. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alive, descendants } from '../../fixtures/processes.ts';
import { injectionName } from '../../suites/matrix.ts';
import { record, violated } from '../examples.ts';
import type { PhaseRecord } from '../record.ts';
import { STEP } from './step.ts';
import { Screen } from './testing/screen.ts';

const ROOT = join(import.meta.dirname, '../..');
const ESCAPE = '\u001b';
const SIZE = { columns: 60, rows: 20 };

/** Of util-linux, which makes the terminal. In CI it must be there. */
const noTerminals = (() => {
	try {
		return !execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
	} catch {
		return true;
	}
})();

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
		export default { test: { root: import.meta.dirname, include: ['*.nested.ts'],
			reporters: [${others} new CertificationReporter({ out, only: ['P1'], heartbeatMs: 150 })] } };`,
	);
}

function suite(carried: PhaseRecord, stepMs = 500): void {
	writeFileSync(
		join(dir, 'P1.nested.ts'),
		`import { setTimeout as delay } from 'node:timers/promises';
		import { describe, recordArtifact, test } from 'vitest';
		describe(${JSON.stringify(injectionName('P1'))}, () => {
			test('live', async ({ task }) => {
				for (const step of ['control', 'inject', 'observe', 'restore']) {
					await recordArtifact(task, { type: '${STEP}', step });
					await delay(${stepMs});
				}
				task.meta.bystander = ${JSON.stringify(carried)};
			});
		});`,
	);
}

interface Ended {
	readonly code: number | null;
	/** All that was written, as it came. */
	readonly text: string;
	/** What a terminal of {@link SIZE} showed after each piece of it. */
	readonly screens: readonly string[];
	readonly sequences: readonly string[];
	readonly left: readonly number[];
}

/** `on` a terminal or on a pipe; `type` is given what is on the screen, and gives what is typed. */
function vitest(
	on: 'terminal' | 'pipe',
	more: NodeJS.ProcessEnv = {},
	type: (screen: string) => string = () => '',
): Promise<Ended> {
	const env = Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) => !/^(VITEST|VITE_|NODE_ENV|TEST$|CI$|GITHUB_|FORCE_COLOR|NO_COLOR)/.test(name),
		),
	);
	const program = [process.execPath, join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', dir];
	const line = `stty cols ${SIZE.columns} rows ${SIZE.rows}; exec ${program.map((word) => `'${word}'`).join(' ')}`;
	const [command = '', ...args] =
		on === 'terminal' ? ['script', '--quiet', '--return', '--command', line, '/dev/null'] : program;
	const child = spawn(command, args, {
		cwd: dir,
		env: { ...env, TERM: 'xterm-256color', ...more },
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const screen = new Screen(SIZE.columns);
	return new Promise((resolve) => {
		let text = '';
		const screens: string[] = [];
		const seen = new Set<number>();
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (part: string) => {
				text += part;
				screen.write(part);
				screens.push(screen.text);
				for (const { pid } of descendants(child.pid ?? 0)) seen.add(pid);
				const typed = type(screen.text);
				if (typed !== '') child.stdin.write(typed);
			});
		}
		child.on('close', (code) =>
			resolve({ code, text, screens, sequences: screen.sequences, left: [...seen].filter(alive) }),
		);
	});
}

/** The cursor, which Vitest hides, is shown again in the end. */
function expectWhole(text: string): void {
	expect(text.lastIndexOf('[?25h')).toBeGreaterThan(text.lastIndexOf('[?25l'));
}

describe.skipIf(noTerminals && process.env.CI === undefined)('on a terminal', { timeout: 60_000 }, () => {
	test('a line in place says what each phase is doing, and nothing of it is left', async () => {
		const { code, text, screens, sequences } = await vitest('terminal');
		for (const step of ['control', 'inject', 'observe', 'restore'])
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
		const { code, screens } = await vitest('terminal');
		const last = screens.at(-1) ?? '';
		expect(last).toMatch(/^P1 live … violated \d+\.\d s\n✗ P1 telemetry present/m);
		expect(last).toMatch(
			/^✗ P1 I4 violated: live: run r7 waited 9\.8 s for backend 4312\n {2}\(telemetry writer\)$/m,
		);
		expect(code).toBe(1);
	});

	test('Ctrl-C leaves the terminal whole and nothing running', async () => {
		suite(record('P1'), 10_000);
		const { code, text, screens, left } = await vitest('terminal', {}, (screen) =>
			screen.includes('live control') ? '\u0003' : '',
		);
		const last = screens.at(-1) ?? '';
		expect(last).toContain('because the run stopped short');
		expect(last).not.toContain('live control');
		expectWhole(text);
		expect(left).toEqual([]);
		expect(code).toBe(2);
	});

	test('NO_COLOR: drawn in place, without colours', async () => {
		const { screens, sequences } = await vitest('terminal', { NO_COLOR: '1' });
		expect(screens).toContainEqual(expect.stringContaining('live observe'));
		expect(sequences.length).toBeGreaterThan(0);
		expect(sequences.filter((one) => one.endsWith('m'))).toEqual([]);
	});

	test('that is dumb: lines of a log', async () => {
		const { text } = await vitest('terminal', { TERM: 'dumb' });
		expect(text).toContain('P1 live …');
		expect(text).toMatch(/… still running: P1 live: observe \(\d\.\d s\)/);
		// Vitest hides the cursor on any terminal, and shows it again.
		expect(text.replaceAll(/.\[\?25[lh]/g, '')).not.toContain(ESCAPE);
	});

	test("that Vitest's own reporter draws on: lines of a log above it", async () => {
		config("'default',");
		const { text } = await vitest('terminal', { NO_COLOR: '1' });
		expect(text).toContain('P1 live …');
		expect(text).toMatch(/… still running: P1 live: observe \(\d\.\d s\)/);
		expect(text).not.toMatch(/\d s {2}live observe/);
	});
});

test('on no terminal: lines of a log, and nothing that a terminal obeys', { timeout: 60_000 }, async () => {
	const { code, text } = await vitest('pipe');
	expect(text).toMatch(/^P1 live …\n(.*\n)*P1 live … held \d\.\d s$/m);
	for (const step of ['control', 'inject', 'observe', 'restore'])
		expect(text).toMatch(new RegExp(`… still running: P1 live: ${step} \\(\\d\\.\\d s\\)`));
	expect(text).toContain('HELD: 4 cells of 1 injection held; a partial run certifies nothing.\n');
	expect(text).not.toContain(ESCAPE);
	expect(code).toBe(0);
});
