import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../fixtures/usage-error.ts';
import { INJECTIONS } from '../../suites/matrix.ts';
import { certify, type Run } from '../certificate.ts';
import { inconclusive, MINIMAL, records, run, violated } from '../examples.ts';
import { bytesOf } from '../markdown.ts';
import { writeArchive } from '../write.ts';
import { type Change, diff, FACTOR, LEAST_MS, type Stand, worseness } from './diff.ts';
import { readSide, type Side } from './side.ts';
import { changesLines, changesMarkdown, sentence } from './told.ts';
import { writeChanges } from './write.ts';

const STANDS = ['held', 'violated', 'inconclusive', 'not run', 'not applicable'] as const;
const CELLS = ['I1', 'I4', 'outcome'] as const;
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Some injections, with some of their cells, each of which stands in some way. */
const stands = fc.dictionary(
	fc.constantFrom(...INJECTIONS),
	fc.dictionary(fc.constantFrom(...CELLS), fc.constantFrom(...STANDS), { minKeys: 1 }),
);
type Stands = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A certificate of a made-up product, as far as it is compared. */
function side(
	cells: Stands,
	more: { -readonly [K in keyof Side['details']]?: Side['details'][K] } = {},
): Side {
	const open = (of: Stand) =>
		Object.entries(cells).flatMap(([injection_id, each]) =>
			Object.entries(each)
				.filter(([, status]) => status === of)
				.map(([cell]) => ({ injection_id, cell, reason: `${injection_id} ${cell} is ${of}` })),
		);
	return {
		failure_matrix: 'FULL',
		timestamp_utc: '2026-11-22T12:00:00.000Z',
		violations: open('violated').map(({ cell, reason, ...each }) => ({
			...each,
			invariant: cell,
			evidence: reason,
		})),
		details: {
			cells,
			not_run: open('not run'),
			inconclusive: open('inconclusive'),
			not_applicable: open('not applicable'),
			matrix_digest: DIGEST,
			subject: [{ name: 'made-up', version: '1', digest: DIGEST }],
			database: [{ provider: 'embedded', version: '18.4' }],
			durations: {},
			...more,
		},
	};
}

const standing = (cells: Stands, { injection, cell }: Change): string => cells[injection]?.[cell] ?? 'absent';

describe('cell by cell', () => {
	test('nothing changes from a run to itself', () => {
		fc.assert(
			fc.property(stands, (cells) => {
				const difference = diff(side(cells), side(cells));
				expect(difference).toMatchObject({ incomparable: [], notes: [], changes: [], slower: [] });
				expect(difference.same).toBe(Object.values(cells).flatMap(Object.keys).length);
				expect(worseness(difference)).toBe(0);
			}),
		);
	});
	test('every change is told once, with what it was, what it is, and why', () => {
		fc.assert(
			fc.property(stands, stands, (was, is) => {
				const { changes, same } = diff(side(was), side(is));
				const keys = (of: Stands) =>
					Object.entries(of).flatMap(([id, cells]) => Object.keys(cells).map((cell) => `${id} ${cell}`));
				const all = new Set([...keys(was), ...keys(is)]);
				const told = changes.map(({ injection, cell }) => `${injection} ${cell}`);
				expect(new Set(told).size).toBe(told.length);
				expect(told.length + same).toBe(all.size);
				const stand = (of: Stands, key: string) => of[key.split(' ')[0] ?? '']?.[key.split(' ')[1] ?? ''];
				expect(told.sort()).toEqual([...all].filter((key) => stand(was, key) !== stand(is, key)).sort());
				for (const change of changes) {
					expect(change.from).toBe(standing(was, change));
					expect(change.to).toBe(standing(is, change));
					expect(change.from).not.toBe(change.to);
					const why = ['held', 'absent'].includes(change.to)
						? ''
						: `${change.injection} ${change.cell} is ${change.to}`;
					expect(change.reason).toBe(why);
				}
			}),
		);
	});
	test('the other way round, the same cells change back', () => {
		const turned = ({ injection, cell, from, to }: Change) => ({ injection, cell, from: to, to: from });
		fc.assert(
			fc.property(stands, stands, (was, is) => {
				const [there, back] = [diff(side(was), side(is)), diff(side(is), side(was))];
				expect(back.changes.map(turned)).toEqual(there.changes.map(({ reason: _, ...change }) => change));
				expect(back.same).toBe(there.same);
			}),
		);
	});
	test('the exit code is of the worst that any cell has come to', () => {
		fc.assert(
			fc.property(stands, stands, (was, is) => {
				const difference = diff(side(was), side(is));
				const to = difference.changes.map((change) => change.to);
				const worst = to.includes('violated') ? 1 : to.some((stand) => stand !== 'held') ? 2 : 0;
				expect(worseness(difference)).toBe(worst);
			}),
		);
	});
	test('every change is in what people read, whoever reads it', () => {
		fc.assert(
			fc.property(stands, stands, (was, is) => {
				const difference = diff(side(was), side(is));
				const terminal = stripVTControlCharacters(changesLines(difference).join('\n'));
				for (const { injection, cell, from, reason } of difference.changes) {
					const named = new RegExp(`\\b${injection}\\b.*\\b${cell}\\b`);
					const lines = terminal.split('\n').filter((text) => named.test(text) && text.includes(reason));
					expect(lines.some((text) => text.includes(`(${from} before)`))).toBe(true);
				}
			}),
		);
	});
});

describe('what cannot be compared', () => {
	const cells = { W3: { I1: 'held' } };
	test.for<[string, Parameters<typeof side>[1], RegExp]>([
		['another matrix', { matrix_digest: `sha256:${'b'.repeat(64)}` }, /^the matrix is another/],
		[
			'another subject',
			{ subject: [{ name: 'other', version: '1', digest: DIGEST }] },
			/^the subject is another: “made-up” there, “other” here$/,
		],
	])('%s', ([, more, why]) => {
		const difference = diff(side(cells), side({ W3: { I1: 'violated' } }, more));
		expect(difference).toMatchObject({ incomparable: [expect.stringMatching(why)], changes: [], same: 0 });
		expect(worseness(difference)).toBe(2);
		expect(sentence(difference)).toMatch(/^NOT COMPARABLE: /);
		expect(changesMarkdown(difference)).toContain('**NOT COMPARABLE: ');
	});
	test('another part of the matrix is said, and what is gone is gone', () => {
		const part = { ...side(cells), failure_matrix: 'PARTIAL' };
		const difference = diff(side({ ...cells, W1: { I1: 'held' } }), part);
		expect(difference.notes).toEqual(['another part of the matrix: FULL there, PARTIAL here']);
		expect(difference.changes).toMatchObject([{ injection: 'W1', from: 'held', to: 'absent' }]);
		expect(worseness(difference)).toBe(2);
	});
	test('another version of the subject is what a comparison is for', () => {
		const subject = [{ name: 'made-up', version: '2', digest: `sha256:${'c'.repeat(64)}` }];
		const difference = diff(side(cells), side(cells, { subject }));
		expect(difference.notes).toEqual([
			expect.stringMatching(/^another version of the subject: 1 .* there, 2 /),
		]);
		expect(worseness(difference)).toBe(0);
	});
});

describe('slower', () => {
	const ids = INJECTIONS.slice(0, 7);
	const cells = Object.fromEntries(ids.map((id) => [id, { I1: 'held' }]));
	const timed = (durations: Readonly<Record<string, number>>, of: Stands = cells) => side(of, { durations });
	const all = (ms: (id: string) => number) => timed(Object.fromEntries(ids.map((id) => [id, ms(id)])));
	const base = all(() => 10_000);

	test('is what takes longer than the rest does, not what a slow machine makes of all', () => {
		expect(
			diff(
				base,
				all(() => 40_000),
			),
		).toMatchObject({ slower: [], pace: 4 });
		expect(
			diff(
				base,
				all((id) => (id === 'W3' ? 120_000 : 40_000)),
			).slower,
		).toEqual([{ injection: 'W3', base: 10_000, head: 120_000, factor: 3 }]);
		expect(
			diff(
				base,
				all((id) => (id === 'W3' ? 30_000 : 10_000)),
			).slower,
		).toHaveLength(1);
		expect(
			diff(
				base,
				all((id) => (id === 'W3' ? FACTOR * 10_000 : 10_000)),
			).slower,
		).toEqual([]);
	});
	test('is nothing that takes a few seconds more', () => {
		const small = all(() => 1_000);
		expect(
			diff(
				small,
				all((id) => (id === 'W3' ? LEAST_MS : 1_000)),
			).slower,
		).toEqual([]);
		expect(
			diff(
				small,
				all((id) => (id === 'W3' ? LEAST_MS + 2_000 : 1_000)),
			).slower,
		).toHaveLength(1);
	});
	test('is not told of few injections, nor of one that is not held', () => {
		const few = (ms: number) => timed({ W1: 10_000, W2: 10_000, W3: ms, W4: 10_000 });
		expect(diff(few(10_000), few(90_000))).not.toHaveProperty('pace');
		const late = all((id) => (id === 'W3' ? 90_000 : 10_000));
		const broken = { ...late, details: { ...late.details, cells: { ...cells, W3: { I1: 'violated' } } } };
		expect(diff(base, broken).slower).toEqual([]);
	});
	test('is none in both directions, and changes no exit code', () => {
		const times = fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 7, maxLength: 7 });
		fc.assert(
			fc.property(times, times, (then, now) => {
				const of = (ms: readonly number[]) => all((id) => ms[(ids as readonly string[]).indexOf(id)] ?? 0);
				const [there, back] = [diff(of(then), of(now)), diff(of(now), of(then))];
				const both = there.slower.filter(({ injection }) =>
					back.slower.some((one) => one.injection === injection),
				);
				expect(both).toEqual([]);
				expect(worseness(there)).toBe(0);
			}),
		);
	});
});

describe('of archives', () => {
	let folder: string;
	const at = (name: string) => join(folder, name);
	const some = (judgement: typeof violated): Run =>
		run(
			MINIMAL.flatMap(records).map((one) =>
				one.injection === 'R2' ? { ...one, judgements: { ...one.judgements, I5: judgement } } : one,
			),
		);
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'bystander-changes-'));
		writeArchive(at('clean'), run(MINIMAL.flatMap(records)));
		writeArchive(at('bad'), some(violated));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	test('what was written is compared as what it was made of', () => {
		const difference = diff(readSide(at('clean')), readSide(at('bad')));
		expect(difference).toEqual(diff(certify(run(MINIMAL.flatMap(records)), []), certify(some(violated), [])));
		expect(difference.changes).toMatchObject([
			{
				injection: 'R2',
				cell: 'I5',
				from: 'held',
				to: 'violated',
				reason: expect.stringContaining('waited'),
			},
		]);
		expect(changesMarkdown(difference)).toContain(
			'**WORSE than the base: 1 newly violated, 83 as before.**\n\n### Newly violated\n\n- R2 I5 (held before): live,',
		);
	});
	test('changes.md says what the command would', () => {
		const { markdown } = writeChanges(at('bad'), readSide(at('clean')), readSide(at('bad')));
		expect(readFileSync(at('bad/changes.md'), 'utf8')).toBe(markdown);
		expect(markdown).toBe(changesMarkdown(diff(readSide(at('clean')), readSide(at('bad')))));
	});
	test('what a subject says has its room in a comment, and is text there', () => {
		const loud = { ...inconclusive, reason: `<img src=x> @octocat ${'| $x$ '.repeat(9_000)}` };
		const all = MINIMAL.flatMap(records).map((one, at) => ({
			...one,
			judgements: Object.fromEntries(
				Object.keys(one.judgements).map((id) => [
					id,
					{ ...loud, verdict: 'violated' as const, reason: `${at} ${loud.reason}` },
				]),
			),
		}));
		const text = changesMarkdown(diff(certify(run(MINIMAL.flatMap(records)), []), certify(run(all), [])));
		expect(bytesOf(text)).toBeLessThan(15_000);
		expect(text).toMatch(/… and \d+ more: `bystander diff` has them all/);
		expect(text).not.toMatch(/<img|@octocat/);
	});
	test.for<[string, () => string, RegExp]>([
		['nothing', () => at('nowhere'), /^there is no folder .*nowhere: give the folder of an archive/],
		['a folder without an archive', () => folder, /holds no archive: there is no certificate\.json/],
		[
			'a certificate that is none',
			() => {
				writeFileSync(at('certificate.json'), '{"failure_matrix":"FULL"}');
				return folder;
			},
			/is no certificate: \/timestamp_utc: /,
		],
		[
			'no JSON',
			() => {
				writeFileSync(at('certificate.json'), '{');
				return folder;
			},
			/is no certificate: it is no JSON$/,
		],
	])('%s is a usage error in one sentence', ([, where, why]) => {
		const path = where();
		expect(() => readSide(path)).toThrow(UsageError);
		expect(() => readSide(path)).toThrow(why);
	});
});
