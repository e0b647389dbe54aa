/** Real Vitest runs over small test files that carry literal records, each in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { injectionName } from '../../suites/matrix.ts';
import { phaseName } from '../cells.ts';
import type { PhaseRecord } from '../record.ts';

const ROOT = join(import.meta.dirname, '../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** Where the run is; everything that it leaves goes with it. */
export let dir: string;
beforeEach(() => {
	// Below reports/out: ignored by git and tsc. The name *.nested.ts is one that no other run collects.
	mkdirSync(join(ROOT, 'reports/out'), { recursive: true });
	dir = mkdtempSync(join(ROOT, 'reports/out/.nested-'));
	config('{}');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

export const file = (name: string, text: string): void => writeFileSync(join(dir, name), text);

/** `options` of our reporter; `others` are reporters after it, with a comma before each. */
export function config(options: string, { imports = '', others = '' } = {}): void {
	file(
		'vitest.config.ts',
		`import { join } from 'node:path';
		import { CertificationReporter } from '../../reporter.ts';
		${imports}
		const out = join(import.meta.dirname, 'result');
		export default { test: { root: import.meta.dirname, include: ['*.nested.ts'], fileParallelism: false,
			reporters: [new CertificationReporter({ out, matrix: 'minimal', ...${options} })${others}] } };`,
	);
}

/** A test file of one injection; `body` is what its tests do beside carrying their record. */
export function suite(all: readonly PhaseRecord[], body = ''): void {
	const [first] = all;
	if (!first) return;
	const tests = all.map((each) => [phaseName(each), each]);
	file(
		`${first.injection}.nested.ts`,
		`import { describe, test } from 'vitest';
		describe(${JSON.stringify(injectionName(first.injection))}, () => {
			for (const [name, record] of ${JSON.stringify(tests)}) {
				test(name, async ({ task, skip, signal }) => { ${body}; task.meta.bystander = record; });
			}
		});`,
	);
}

export const unit = (body = ''): void =>
	file('unit.nested.ts', `import { test } from 'vitest'; test('adds up', async () => { ${body} });`);

interface Ended {
	readonly code: number | null;
	readonly text: string;
}

export function vitest(
	args: readonly string[] = [],
	onText?: (text: string, pid: number) => void,
	more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^(VITEST|VITE_|NODE_ENV|TEST$|FORCE_COLOR)/.test(name)),
	);
	const child = spawn(process.execPath, [VITEST, 'run', '--root', dir, ...args], {
		cwd: dir,
		env: { ...env, NO_COLOR: '1', ...more },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	return new Promise((resolve) => {
		let text = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (part: string) => {
				text += part;
				if (child.pid) onText?.(text, child.pid);
			});
		}
		child.on('close', (code) => resolve({ code, text }));
	});
}
