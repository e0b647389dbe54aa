/** Nothing is longer than the window is wide, whatever it says; nothing that counts is lost. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INJECTIONS } from '../../suites/matrix.ts';
import { resultOf } from '../cells.ts';
import { certify } from '../certificate.ts';
import { held, inconclusive, MINIMAL, outside, record, records, run, violated } from '../examples.ts';
import { hide } from '../secrets.ts';
import { SIGN } from '../summary.ts';
import { closing, worked } from './closing.ts';
import { hasColours } from './colours.ts';
import { cells, fit, pad, plain, wrap } from './text.ts';
import { elapsed, type UnderWay, underWay } from './under-way.ts';

const words = fc
	.string({ unit: fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), fc.constant(' ')) })
	.map(plain);
const signs = (text: string): string => text.replaceAll(' ', '');

describe('text', () => {
	test.for([
		['plain', 5],
		['漢字', 4],
		['e\u0301', 1],
		['👍', 2],
		['❤\ufe0f', 2],
		['한국', 4],
		['ｆｕｌｌ', 8],
		['a\u200bb', 2],
	] as const)('%s takes %i cells', ([text, expected]) => {
		expect(cells(text)).toBe(expected);
	});

	test('steers no terminal', () => {
		expect(plain('a\u001b[2J\u001b]0;title\u0007b\tc\r\nd\u202ee\u0000f')).toBe('ab c d e f');
		fc.assert(
			fc.property(fc.array(fc.nat(0x10ffff)), (points) => {
				const text = String.fromCodePoint(...points);
				expect(plain(text)).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u);
			}),
		);
	});

	test('is cut to what fits', () => {
		expect(fit('telemetry', 9)).toBe('telemetry');
		expect(fit('telemetry', 5)).toBe('tele…');
		expect(fit('漢字漢字', 4)).toBe('漢…');
		expect(pad('漢', 4)).toBe('漢  ');
		fc.assert(
			fc.property(words, fc.nat(60), (text, columns) => {
				expect(cells(fit(text, columns))).toBeLessThanOrEqual(columns);
				expect(cells(pad(text, columns))).toBe(columns);
			}),
		);
	});

	test('is broken at spaces, and nothing of it is lost', () => {
		expect(wrap('run r7 waited for the writer', 12)).toEqual(['run r7', 'waited for', 'the writer']);
		expect(wrap('✗ W3 I1 violated: run r7 waited for it', 20)).toEqual([
			'✗ W3 I1 violated:',
			'  run r7 waited for',
			'  it',
		]);
		expect(wrap('certificate: /a/very/long/path', 12)).toEqual(['certificate:', '/a/very/long', '/path']);
		fc.assert(
			fc.property(words, fc.integer({ min: 2, max: 80 }), (text, columns) => {
				const lines = wrap(text, columns);
				for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(columns);
				expect(signs(lines.join(''))).toBe(signs(text));
			}),
		);
	});
});

const step = fc.constantFrom(
	'control',
	'wait',
	'set up',
	'inject',
	'observe',
	'restore',
	'repeat',
	undefined,
);
const status = fc.constantFrom('held', 'violated', 'inconclusive', 'not run', 'not applicable', undefined);
const phase = fc
	.record({ name: fc.constantFrom('live', 'boot, sticky', 'boot, healable', 'stop'), step, status })
	.map(({ name, step: at, status: ended }) => ({
		name,
		...(at ? { step: at } : {}),
		...(ended ? { status: ended } : {}),
	}));
const injections = fc.array(
	fc.record({
		id: fc.constantFrom(...INJECTIONS),
		since: fc.nat(5_000_000),
		phases: fc.dictionary(fc.string(), phase, { maxKeys: 4 }).map((all) => new Map(Object.entries(all))),
	}),
	{ maxLength: 6 },
);

describe('what is under way', () => {
	const example: UnderWay = {
		id: 'W3',
		since: 0,
		phases: new Map(
			Object.entries({
				a: { name: 'live', step: 'restore', status: 'held' },
				b: { name: 'boot, sticky', step: 'observe' },
				c: { name: 'boot, healable', step: 'observe' },
				d: { name: 'stop', step: 'inject' },
			} as const),
		),
	};

	test('is told with as much as fits', () => {
		const at = (columns: number): string => underWay([example], 12_345, columns).join('\n');
		expect(at(100)).toBe(
			'W3 table dropped  12 s  boot sticky observe · boot healable observe · stop inject · ✓ live',
		);
		expect(at(80)).toBe('W3  12 s  boot sticky observe · boot healable observe · stop inject · ✓ live');
		expect(at(60)).toBe('W3  12 s  held · observe ×2 · inject');
		expect(at(40)).toBe('W3  12 s  held · observe ×2 · inject');
		expect(at(20)).toBe('W3  12 s  held · ob…');
	});

	test('is never wider than the window, and a line for each', () => {
		fc.assert(
			fc.property(injections, fc.integer({ min: 1, max: 130 }), (all, columns) => {
				const lines = underWay(all, 5_000_000, columns);
				expect(lines).toHaveLength(all.length);
				for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(columns);
			}),
		);
	});

	test('tells the time that has passed', () => {
		expect([0, 59_999, 60_000, 187_000].map(elapsed)).toEqual(['0 s', '59 s', '1:00 min', '3:07 min']);
	});
});

/** The narrowest window that the six signs of a row fit in. */
const NARROWEST = 19;

describe('the end', () => {
	const judgement = fc.oneof(
		fc.constant(held),
		fc.constant(inconclusive),
		words.map((reason) => ({ ...violated, reason: reason.trim() || 'why' })),
	);
	const anyRun = fc.array(fc.tuple(fc.constantFrom(...MINIMAL), judgement, fc.boolean())).map((spoilt) => {
		const all = MINIMAL.flatMap((id) => {
			const [, bad, gone] = spoilt.find(([one]) => one === id) ?? [];
			return gone
				? outside(id)
				: records(id).map((one) => ({
						...one,
						judgements: { ...one.judgements, ...(bad ? { I4: bad } : {}) },
					}));
		});
		return run(all);
	});
	const end = (given: ReturnType<typeof run>, columns?: number): string[] =>
		closing(certify(given, []), given.results, { Page: 'reports/out/index.html' }, columns);

	test('is never wider than the window, and shows every cell', () => {
		fc.assert(
			fc.property(anyRun, fc.integer({ min: NARROWEST, max: 130 }), (given, columns) => {
				const lines = end(given, columns);
				for (const line of lines) expect(cells(line), line).toBeLessThanOrEqual(columns);
				const [, head = '', ...rows] = lines;
				for (const [index, result] of given.results.entries())
					for (const cell of result.cells)
						expect(rows[index]?.[head.indexOf(cell.invariant)]).toBe(SIGN[cell.status]);
			}),
			{ numRuns: 40 },
		);
	});

	test('names the slowest three, by the time that their phases worked', () => {
		const slow = (id: (typeof MINIMAL)[number], ms: number) =>
			record(id, { phase: 'live' }, { timings: { load: ms, mend: 500 }, durationMs: 90_000 });
		const all = [slow('W1', 12_345), slow('W3', 40_000), slow('P1', 700), slow('X3', 20_000)];
		const results = all.map((one) => resultOf(one.injection, [one]));
		expect(results.map(worked)).toEqual([12_845, 40_500, 1200, 20_500]);
		expect(end(run(all, { results }))).toContain(
			'Slowest: W3 table dropped 40.5 s, X3 database restart mid-run 20.5 s, W1 insert denied 12.8 s',
		);
	});

	test('cuts no secret in two', () => {
		const reason = 'it said correct-horse-battery-staple, and waited';
		const all = MINIMAL.flatMap(records).map((one) => ({
			...one,
			judgements: { ...one.judgements, I4: { ...violated, reason } },
		}));
		const given = run(all);
		const certificate = certify(given, []);
		hide('correct-horse-battery-staple');
		for (let columns = NARROWEST; columns < 60; columns += 1)
			expect(closing(certificate, given.results, {}, columns).join('')).not.toMatch(
				/correct|horse|battery|staple/,
			);
	});

	test('has the verdict in one sentence, and says where the page is', () => {
		const lines = end(run(MINIMAL.flatMap(records)));
		expect(lines.slice(-2)).toEqual([
			'CERTIFIED: 48 cells of 9 injections held, the whole minimal matrix.',
			'Page: reports/out/index.html',
		]);
		expect(lines).toContain(`${'R2 table missing'.padEnd(27)}  ✓  ✓  ✓  ✓  ✓`);
	});
});

describe('colours', () => {
	test.for([
		[{}, { isTTY: true }, true],
		[{}, {}, false],
		[{ CI: '1' }, {}, false],
		[{ TERM: 'dumb' }, { isTTY: true }, false],
		[{ NO_COLOR: '1' }, { isTTY: true }, false],
		[{ NO_COLOR: '1', FORCE_COLOR: '1' }, { isTTY: true }, false],
		[{ NO_COLOR: '' }, { isTTY: true }, true],
		[{ FORCE_COLOR: '1' }, {}, true],
	] as const)('%o on %o: %s', ([environment, stream, expected]) => {
		expect(hasColours(environment, stream)).toBe(expected);
	});
});
