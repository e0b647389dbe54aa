import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { INJECTIONS } from '../../suites/matrix.ts';
import { resultOf } from '../cells.ts';
import { certify } from '../certificate.ts';
import { inconclusive, records, run, violated } from '../examples.ts';
import { bytesOf } from '../markdown.ts';
import type { PhaseRecord } from '../record.ts';
import { summary } from '../summary.ts';
import { annotations, workflowCommand } from './annotations.ts';
import { appendJobSummary, jobSummary, LIMIT, type Told } from './job-summary.ts';
import { placeOf } from './places.ts';

const nowhere = () => undefined;
const judged = (all: readonly PhaseRecord[], judgement: typeof violated, ...cells: readonly string[]) =>
	all.map((each) => ({
		...each,
		judgements: { ...each.judgements, ...Object.fromEntries(cells.map((cell) => [cell, judgement])) },
	}));

/** As the runner reads it back. */
const decoded = (text: string): string =>
	text
		.replaceAll('%2C', ',')
		.replaceAll('%3A', ':')
		.replaceAll('%0A', '\n')
		.replaceAll('%0D', '\r')
		.replaceAll('%25', '%');

describe('a workflow command', () => {
	test('is one line, and comes back as it was, whatever is in it', () => {
		const text = fc.string({ unit: fc.constantFrom(...'%:,=\r\n25A3CD0a é'), maxLength: 30 });
		fc.assert(
			fc.property(text, text, text, (file, title, message) => {
				const line = workflowCommand('error', { file, title }, message);
				expect(line).not.toMatch(/[\r\n]/);
				const [, given = '', said = ''] = /^::error ([^:]*)::(.*)$/.exec(line) ?? [];
				expect(given.split(',').map((one) => decoded(one.slice(one.indexOf('=') + 1)))).toEqual([
					file,
					title,
				]);
				expect(decoded(said)).toBe(message);
			}),
		);
	});
});

describe('annotations', () => {
	const of = (...all: readonly PhaseRecord[][]) =>
		all.map((one) => resultOf((one[0] as PhaseRecord).injection, one));
	test('are one for each injection: what is violated, then what is not known', () => {
		const told = annotations(
			of(
				judged(records('P1'), inconclusive, 'I2'),
				judged(records('P3'), violated, 'I4', 'I3'),
				records('W3'),
			),
			(id) => ({ file: `suites/${id}.test.ts`, line: 8 }),
		);
		expect(told).toEqual([
			`::error file=suites/P3.test.ts,line=8,title=P3 telemetry removed%3A I3 violated::I3 violated: live: ${violated.reason}%0AAlso violated: I4.`,
			`::warning file=suites/P1.test.ts,line=8,title=P1 telemetry present%3A I2 inconclusive::I2 inconclusive: live: ${inconclusive.reason}`,
		]);
	});
	test('without a witness that is what they say', () => {
		const blind = records('P1').map((one) => ({ ...one, witness: [] }));
		expect(annotations(of(blind), nowhere)).toEqual([
			expect.stringMatching(/^::warning title=P1 telemetry present%3A witness inconclusive::witness inconc/),
		]);
	});
	test('that GitHub would not show are named in one that it does', () => {
		const all = INJECTIONS.map((id) => judged(records(id), violated, 'I1'));
		const told = annotations(of(...all), nowhere);
		expect(told.filter((line) => line.startsWith('::error'))).toHaveLength(22);
		expect(told.at(-1)).toMatch(/^::notice title=12 more injections are violated::.*: C1, C2, .*X3\.$/);
	});
});

describe('a place', () => {
	let root: string;
	const file = (path: string, text = ''): string => {
		mkdirSync(join(root, path, '..'), { recursive: true });
		writeFileSync(join(root, path), text);
		return join(root, path);
	};
	beforeEach(() => {
		root = mkdtempSync(join(tmpdir(), 'bystander-actions-'));
	});
	afterEach(() => rmSync(root, { recursive: true }));

	test('is the describe block of the suite', () => {
		const suite = file('suites/x.test.ts', "import x from 'y';\n\ndescribe('one', () => {});\n");
		expect(placeOf(root, suite, undefined)).toEqual({ file: 'suites/x.test.ts', line: 3 });
	});
	test('is the subject where the suite is installed, and says so', () => {
		const suite = file('node_modules/bystander/dist/suites/x.test.js', "describe('one')");
		const subject = file('src/subject.ts');
		expect(placeOf(root, suite, subject)).toEqual({
			file: 'src/subject.ts',
			line: 1,
			instead: expect.stringContaining('the suite is not in this repository'),
		});
	});
	test('is none where neither is in the repository', () => {
		expect(placeOf(join(root, 'sub'), file('x.test.ts', 'describe('), file('subject.ts'))).toBeUndefined();
		expect(placeOf(root, join(root, 'not-there.test.ts'), undefined)).toBeUndefined();
	});

	test('a summary that does not fit is short, one that fits nowhere is not written, and both say so', () => {
		const path = file('step.md', 'x'.repeat(LIMIT - 500));
		const env = { GITHUB_STEP_SUMMARY: path };
		const told = toldOf(judged(records('P1'), violated, 'I4'));
		expect(appendJobSummary(told, env)).toEqual([]);
		const text = readFileSync(path, 'utf8').slice(LIMIT - 500);
		expect(text).toMatch(/^\n\n\*\*VIOLATED: P1 breaks I4.*\n\nThe rest did not fit: GitHub takes 1 MiB/);
		writeFileSync(path, 'x'.repeat(LIMIT - 20));
		expect(appendJobSummary(told, env)).toEqual([expect.stringContaining('nothing was added to it')]);
		expect(readFileSync(path, 'utf8')).toHaveLength(LIMIT - 20);
		expect(appendJobSummary(told, {})).toEqual([]);
	});
});

function toldOf(all: readonly PhaseRecord[]): Told {
	const made = run(all, { results: INJECTIONS.map((id) => resultOf(id, all)) });
	return { certificate: certify(made, []), results: made.results, out: 'reports/out', placeOf: nowhere };
}

describe('what people read', () => {
	const reason = fc.string({ unit: fc.constantFrom(...'|@a#1<&$`_* \n'), maxLength: 4_000 });
	test('fits a comment beside what changed, and the room of a step, whatever a subject says', () => {
		fc.assert(
			fc.property(reason, fc.boolean(), (said, known) => {
				const loud = { ...(known ? violated : inconclusive), reason: `${said}!` };
				const all = INJECTIONS.flatMap((id) =>
					judged(records(id), loud, 'I1', 'I2', 'I3', 'I4', 'I5', 'I6').map((one, at) => ({
						...one,
						subject: { ...one.subject, version: `${said}${at}`, undeclared: [said, `${said}.`] },
					})),
				);
				const told = toldOf(all);
				const text = summary(told.certificate, told.results);
				expect(bytesOf(text)).toBeLessThan(50_000);
				// Every row of a table has the columns that its head has.
				const tables = text
					.trimEnd()
					.split('\n\n')
					.filter((block) => block.startsWith('|'));
				expect(tables).toHaveLength(3);
				for (const rows of tables.map((block) => block.split('\n')))
					expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1);
				expect(bytesOf(jobSummary(told, {}, 60_000))).toBeLessThanOrEqual(60_000);
			}),
			{ numRuns: 20 },
		);
	});
	test('says every violation before anything else', () => {
		const all = judged(records('W3'), violated, 'I4', 'I5');
		const { certificate, results } = toldOf(all);
		const blocks = summary(certificate, results).split('\n\n');
		expect(blocks.slice(0, 4)).toEqual([
			'# Telemetry as a bystander: failure injections',
			'**VIOLATED: W3 breaks I4, the first of 2 violations; telemetry is not a bystander here.**',
			'## Violated',
			['I4', 'I5']
				.map(
					(id) =>
						`- **W3 ${id}** (table dropped): live, boot (sticky), boot (healable), stop: ${violated.reason}`,
				)
				.join('\n'),
		]);
	});
});
