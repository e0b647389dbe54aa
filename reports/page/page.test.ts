import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation, Wait } from '../../probes/observe/observation.ts';
import { INJECTIONS, row } from '../../suites/matrix.ts';
import { resultOf } from '../cells.ts';
import { certify } from '../certificate.ts';
import { held, inconclusive, record, records, run, violated } from '../examples.ts';
import type { PhaseRecord } from '../record.ts';
import { MOST_BYTES, page } from './page.ts';

const FULL = { matrix: 'FULL', ids: INJECTIONS, others: '' } as const;

const pageOf = (
	all: readonly PhaseRecord[],
	ids = INJECTIONS,
	asked: Parameters<typeof run>[1] = { asked: FULL },
) => {
	const results = ids.map((id) => resultOf(id, all));
	return page(certify(run(all, { ...asked, results }), []), results);
};

const wait: Wait = {
	at: '2026-11-22T11:59:01.000Z',
	waiter: {
		pid: 811,
		role: 'app',
		plane: 'both',
		holds: ['RowExclusiveLock on runs'],
		statement: 'insert into telemetry_event values ($1)',
	},
	wanted: 'RowExclusiveLock on telemetry_event',
	telemetry: true,
	blockers: [{ pid: 4312, role: 'postgres', plane: 'suite', holds: [], statement: 'lock table' }],
	ms: 9800,
};

const observation = (spoilt: Partial<Observation> = {}): Observation => ({
	phase: 'live',
	executions: [{ key: 'load-1-success', scenario: 'success', stage: 'load', status: 201 }],
	truth: [
		{
			table: 'runs',
			holds: 'runs',
			rows: 3,
			before: { rows: 1, was: 'a', now: 'a' },
			byKey: { 'load-1-success': '1:aa' },
		},
	],
	facts: [{ holds: 'incidents', key: 'load-1-success', fact: 'budget_exceeded · high' }],
	replays: [{ key: 'load-1-success', recorded: 'during', stage: 'quiet', sha256: 'ab', bytes: 7 }],
	reads: [{ endpoint: 'run', stage: 'quiet', status: 200, sha256: 'cd', values: 4, times: 2 }],
	walls: [],
	locks: { samples: 9, logged: 0, waits: [] },
	sleeps: [],
	metrics: [],
	counts: {},
	frozen: [],
	loads: [{ stage: 'load', width: 5, asked: 5, completed: 5, reads: 3, peakBackends: 3, stuck: [] }],
	lifecycle: [],
	processes: [],
	transactions: { compared: 0, shared: [] },
	telemetry: { relations: ['telemetry_event'], rows: 8, writers: [], byStage: {}, byKey: {} },
	refusals: [],
	timeline: [
		{ at: '2026-11-22T11:59:00.000Z', event: 'truth first committed', source: 'commit timestamp' },
		{ at: '2026-11-22T11:59:00.250Z', event: 'struck: DROP TABLE', source: 'suite' },
		{ at: '2026-11-22T11:59:00.500Z', event: 'telemetry attempted: first refused', source: 'log' },
	],
	attempts: [{ slowestMs: 469, spreadMs: 1, startMs: 0, stopMs: 0 }],
	samples: {},
	...spoilt,
});

const seen = (spoilt: Partial<Observation> = {}): Partial<PhaseRecord> => ({
	control: observation(),
	observed: observation(spoilt),
});

const ids = (html: string): string[] => [...html.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
/** What a reader reads, near enough: no markup, no style, no script. */
const read = (html: string): string =>
	html
		.replace(/<(style|script)>.*?<\/\1>/gs, '')
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ');

describe('the page', () => {
	const all = INJECTIONS.flatMap(records);
	const spoilt = all.map((each) =>
		each.injection === 'W3' && each.phase === 'live'
			? {
					...each,
					...seen({ locks: { samples: 9, logged: 1, waits: [wait] } }),
					judgements: { ...each.judgements, I4: violated },
				}
			: each,
	);

	test('has a row for each injection and a cell for each verdict', () => {
		const html = pageOf(all);
		expect(html.match(/<tr data-status=/g)).toHaveLength(22);
		expect(html.match(/<td class="c /g)).toHaveLength(119);
		expect(html.match(/aria-label="\w\d I\d held"/g)).toHaveLength(119);
		expect(read(html)).toContain('CERTIFIED 119 cells of 22 injections held, the whole full matrix.');
		for (const id of INJECTIONS) expect(read(html)).toContain(`${id} ${row(id).title}`);
		expect(read(html)).toContain('Held 22/22 22/22 22/22 22/22 19/19 12/12 22/22 22/22');
		expect(read(pageOf(spoilt))).toContain('Held 22/22 22/22 22/22 21/22 19/19 12/12');
	});

	test('leads from the violation to the phase that says who waited for whom', () => {
		const html = pageOf(spoilt);
		expect(html).toContain('<a href="#W3-live-I4"><b>W3 I4</b> table dropped</a>');
		expect(html).toContain('<a href="#W3-live-I4" aria-label="W3 I4 violated">✗</a>');
		const phase = html.slice(html.indexOf('id="W3-live"'), html.indexOf('id="W3-boot-sticky"'));
		expect(read(phase)).toContain('run r7 waited 9.8 s for backend 4312 (telemetry writer)');
		expect(read(phase)).toContain('backend 811 truth and telemetry app holds RowExclusiveLock on runs');
		expect(read(phase)).toContain('waited 9.8 s for RowExclusiveLock on telemetry_event, held by');
		expect(read(phase)).toContain('truth waited for telemetry 0 in 9 looks 1 in 9 looks');
	});

	test('leads from what is inconclusive to why, before the matrix', () => {
		const html = pageOf(
			all.map((each) =>
				each.injection === 'W3' && each.phase === 'stop'
					? { ...each, judgements: { ...each.judgements, I1: inconclusive, I4: inconclusive } }
					: each,
			),
		);
		expect(html).toContain('<a href="#W3-stop-I1"><b>W3 I1, I4</b> table dropped</a>');
		expect(html).toMatch(/ id="W3-stop-I1"/);
		expect(read(html.slice(0, html.indexOf('id="matrix"')))).toContain(
			'What is inconclusive W3 I1, I4 table dropped stop: 0 runs were acknowledged Why this is no certificate W3 is inconclusive',
		);
	});

	test('shows the course of a phase by the clock of the strike', () => {
		const phase = pageOf(spoilt).split('id="W3-live"')[1]?.split('id="W3-boot-sticky"')[0] ?? '';
		expect(read(phase)).toContain('−0.250 truth first committed');
		expect(read(phase)).toContain('+0.250 telemetry attempted: first refused');
		expect(phase.match(/<svg class="course"/g)).toHaveLength(1);
	});

	test('names what was not asked for, what did not run and what does not apply', () => {
		const some = records('P3');
		const html = pageOf(some, ['P3'], {
			asked: { matrix: 'PARTIAL', ids: ['P3'], others: 'not selected by -t P3' },
		});
		expect(html.match(/<tr data-status="not-run"/g)).toHaveLength(21);
		expect(html.match(/aria-label="\w\d I\d not run"/g)).toHaveLength(115);
		expect(read(html)).toContain('not selected by -t P3');
		const none = records('R1').map((each) => ({
			...each,
			notRun: 'W1 live: I4 violated, and the run stops',
		}));
		expect(read(pageOf([...all.filter(({ injection }) => injection !== 'R1'), ...none]))).toContain(
			'W1 live: I4 violated, and the run stops',
		);
	});

	test('forbids by its policy all but its own style and its own script', () => {
		const html = pageOf(all);
		const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
		expect(policy.split('; ')[0]).toBe("default-src 'none'");
		for (const tag of ['style', 'script']) {
			const texts = [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))];
			expect(texts).toHaveLength(1);
			const hash = createHash('sha256')
				.update(texts[0]?.[1] ?? '')
				.digest('base64');
			expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
		}
		expect(html).not.toMatch(/ (src|style|on\w+)=|href="[^#]/);
	});

	test('takes up no more than it may, and says where the rest is', () => {
		const long = 'a backend waited for another one '.repeat(3000);
		const html = pageOf(
			all.map((each, at) => ({
				...each,
				...seen(),
				// Each in words of its own.
				judgements: Object.fromEntries(
					Object.keys(each.judgements).map((id, n) => [
						id,
						{ ...(n % 2 === 0 ? violated : inconclusive), reason: `${id} of ${at}: ${long}` },
					]),
				),
			})),
		);
		expect(Buffer.byteLength(html)).toBeLessThanOrEqual(MOST_BYTES);
		expect(html).toContain('more characters in evidence/W1.json');
	});

	test('gives up the comparison of what is held before its timeline', () => {
		const rows = Object.fromEntries(Array.from({ length: 240 }, (_, at) => [`rows of chart ${at}`, at]));
		const both = {
			...seen(),
			observed: observation({ counts: rows }),
			control: observation({ counts: rows }),
		};
		const html = pageOf(
			all.map((each) => ({
				...each,
				...both,
				judgements: each.injection === 'W3' ? { ...each.judgements, I4: violated } : each.judgements,
			})),
		);
		const drawings = html.match(/<svg class="course"/g) ?? [];
		const tables = html.match(/<table class="compared"/g) ?? [];
		expect([drawings.length, tables.length]).toEqual([all.length, records('W3').length]);
	});

	test('tells a phase that is there twice by two ids', () => {
		const html = pageOf([...all, record('W3', { phase: 'live' })]);
		expect(new Set(ids(html)).size).toBe(ids(html).length);
		expect(ids(html)).toContain('W3-live-2');
	});
});

describe('whatever is in the texts', () => {
	const text = fc.oneof(
		fc.string({ unit: 'binary', maxLength: 60 }),
		fc.constantFrom(
			'<script>alert(1)</script>',
			'</script><script>alert(1)//',
			'"><img src=x onerror=alert(1)>',
			"' onclick='alert(1)",
			'</li></td>&lt;/li>&amp;',
			'</style><style>*{display:none}',
			'\ud800 half',
			'valueOf',
			'__proto__',
		),
	);
	// No key of a record has half a character: canonical JSON refuses it.
	const spoiltBy = (t: string): PhaseRecord => {
		const judgement = { verdict: 'violated', looked: t, reason: t } as const;
		const shown = [{ name: t, shown: false, facts: t }];
		return record(
			'W3',
			{ phase: 'live' },
			{
				method: t,
				subject: { name: t, version: t, digest: t, undeclared: [t] },
				database: { provider: t, version: t, lacks: { log: t } },
				witness: shown,
				outcome: shown,
				restoration: shown,
				probes: [
					{ when: 'before', digest: t, results: [{ name: t, verdict: 'failed', looked: t, detail: t }] },
				],
				judgements: { I1: held, I2: judgement, I4: judgement },
				control: observation(),
				observed: observation({
					executions: [{ key: t, scenario: 'success', stage: 'load', status: 0 }],
					truth: [
						{
							table: t,
							holds: 'runs',
							rows: 1,
							before: { rows: 1, was: t, now: t },
							byKey: { [t.toWellFormed()]: `1:${t.toWellFormed()}`, b: '1:x', a: '1:y' },
						},
						{
							table: 'runs',
							holds: 'runs',
							rows: 1,
							before: { rows: 1, was: t, now: t },
							byKey: { [t.toWellFormed()]: `1:${t.toWellFormed()}`, b: '1:x', a: '1:y' },
						},
					],
					facts: [{ holds: 'incidents', key: t, fact: t }],
					replays: [
						{ key: 'load-1-success', recorded: 'during', stage: 'quiet', sha256: '', bytes: 0, error: t },
					],
					locks: {
						samples: 1,
						logged: 1,
						waits: [{ ...wait, wanted: t, waiter: { ...wait.waiter, role: t, statement: t, holds: [t] } }],
					},
					timeline: [
						{ at: '2026-11-22T11:59:00.000Z', event: t, source: 'suite' },
						{ at: t, event: t, source: 'suite' },
					],
					counts: { [t.toWellFormed()]: 1, b: 2, a: 3 },
					samples: { [t.toWellFormed()]: t },
				}),
			},
		);
	};
	const markup = (html: string): readonly string[] =>
		[...html.matchAll(/<(?:!doctype html|\/?\w[^<>]*)>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));

	test('is text: the markup is what it is without it, ids are unique, and no script comes from it', () => {
		fc.assert(
			fc.property(text, text, (t, u) => {
				const html = pageOf(
					[spoiltBy(t), record('W3', { phase: 'boot', mode: 'sticky' }, { error: u })],
					['W3'],
				);
				expect(html.match(/<script/g)).toHaveLength(1);
				expect(html.match(/<style/g)).toHaveLength(1);
				expect(new Set(ids(html)).size).toBe(ids(html).length);
				expect(html.isWellFormed()).toBe(true);
				// Every `<` opens a tag of ours, none of which has a handler or fetches anything.
				const known =
					/^<(!doctype|\/?(html|head|meta|title|style|script|body|a|svg|g|text|line|rect|use|circle|header|main|section|div|p|h[1-5]|span|b|i|strong|small|code|dl|dt|dd|ul|ol|li|table|caption|thead|tbody|tr|th|td|form|fieldset|legend|button|details|summary|time|figure|figcaption))[ >/]/;
				const outside = html.replace(/<(style|script)>.*?<\/\1>/gs, '');
				expect(outside.split('<').length - 1).toBe(markup(outside).length);
				for (const tag of markup(outside)) {
					expect(tag).toMatch(known);
					expect(tag).not.toMatch(/\s(on\w+|src|style)=/);
				}
			}),
			{ numRuns: 60 },
		);
	});

	test('the page is the same when its records come back from their files', () => {
		fc.assert(
			fc.property(text, (t) => {
				const one = [spoiltBy(t)];
				// Keys in another order, as canonical JSON has them.
				const again = JSON.parse(JSON.stringify(one), (_key, value: unknown) =>
					typeof value === 'string'
						? value.toWellFormed()
						: value !== null && typeof value === 'object' && !Array.isArray(value)
							? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
							: value,
				) as PhaseRecord[];
				expect(pageOf(again, ['W3'])).toBe(pageOf(one, ['W3']));
			}),
			{ numRuns: 40 },
		);
	});
});
