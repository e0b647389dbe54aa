/** What a run tells GitHub Actions, and what changed against a base, inside real Vitest runs. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { records, violated } from './examples.ts';
import type { PhaseRecord } from './record.ts';
import { config, dir, file, suite, vitest } from './testing/nested.ts';

describe('in GitHub Actions', { timeout: 60_000 }, () => {
	const BAD = '100% of 2 runs\nwaited: <b>one</b>, @octocat';
	const [live] = records('P1');
	const actions = () => ({
		GITHUB_ACTIONS: 'true',
		GITHUB_STEP_SUMMARY: join(dir, 'step.md'),
		GITHUB_WORKSPACE: dir,
		GITHUB_SERVER_URL: 'https://github.test',
		GITHUB_REPOSITORY: 'o/r',
		GITHUB_SHA: 'abc',
		GITHUB_RUN_ID: '7',
	});
	const bad = (): void =>
		suite([
			{ ...(live as PhaseRecord), judgements: { ...live?.judgements, I4: { ...violated, reason: BAD } } },
		]);

	test('a violation is one annotation at its file, and a sentence in the job summary', async () => {
		config("{ only: ['P1'] }");
		bad();
		file('step.md', 'what another command said');
		const { code, text } = await vitest([], undefined, actions());
		expect(code).toBe(1);
		expect(text.split('\n').filter((line) => line.startsWith('::'))).toEqual([
			'::error file=P1.nested.ts,line=2,title=P1 telemetry present%3A I4 violated::I4 violated: live: 100%25 of 2 runs waited: <b>one</b>, @octocat',
		]);
		const told = readFileSync(join(dir, 'step.md'), 'utf8');
		expect(told).toMatch(/^what another command said\n\n# Telemetry/);
		expect(told).toContain(
			'- **P1 I4** (telemetry present): live: 100% of 2 runs\n  - waited: &lt;b&gt;one&lt;/b&gt;, @<!-- -->octocat',
		);
		expect(told.indexOf('**VIOLATED')).toBeLessThan(told.indexOf('**P1 I4**'));
		expect(told.indexOf('**P1 I4**')).toBeLessThan(told.indexOf('| P1 telemetry present | ✓ | ✓ | ✓ | ✗ |'));
		expect(told).toContain('[P1 telemetry present](<https://github.test/o/r/blob/abc/P1.nested.ts#L2>)');
		expect(told).toContain('(<https://github.test/o/r/actions/runs/7#artifacts>)');
	});
	test('what changed against a base is in both', async () => {
		mkdirSync(join(dir, 'base'));
		config("{ only: ['P1'], out: join(import.meta.dirname, 'base') }");
		suite(records('P1'));
		expect((await vitest()).code).toBe(0);
		config("{ only: ['P1'], base: readSide(join(import.meta.dirname, 'base')) }", {
			imports: "import { readSide } from '../../changes/side.ts';",
		});
		bad();
		const { text } = await vitest([], undefined, actions());
		expect(text).toContain('WORSE than the base: 1 newly violated, 7 as before.');
		const changes = readFileSync(join(dir, 'result/changes.md'), 'utf8');
		expect(changes).toContain('- P1 I4 (held before): live: 100% of 2 runs … and 1 more sentence');
		expect(readFileSync(join(dir, 'step.md'), 'utf8')).toContain(changes.trimEnd());
		expect(readFileSync(join(dir, 'result/SHA256SUMS'), 'utf8')).not.toContain('changes.md');
	});
	test('a summary that cannot be written costs no verdict', async () => {
		config("{ only: ['P1'] }");
		suite(records('P1'));
		const env = { ...actions(), GITHUB_STEP_SUMMARY: dir };
		const { code, text } = await vitest([], undefined, env);
		expect(text).toContain('The job summary cannot be written (EISDIR).');
		expect(code).toBe(0);
	});
	test('elsewhere nothing of it is said', async () => {
		config("{ only: ['P1'] }");
		bad();
		expect((await vitest([], undefined, { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' })).text).not.toContain(
			'::error',
		);
	});
});
