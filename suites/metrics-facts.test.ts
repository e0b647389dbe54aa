/** What people saw of telemetry and of truth: each fact shown, and not shown for every single reason. */
import { describe, expect, test } from 'vitest';
import { but, changing, control as example, observed } from '../probes/invariants/testing/example.ts';
import type { MetricsRead, Read } from '../probes/observe/observation.ts';
import type { Seen } from './judge.ts';
import {
	badRowsSkipped,
	factsAlone,
	metricsAnswer,
	metricsEmpty,
	metricsEmptyAtRest,
	metricsPartial,
	serverErrors,
	truthAnswers,
} from './metrics-facts.ts';
import { seen as seenWith } from './testing/seen.ts';

type Facts = Partial<MetricsRead>;

const api = (facts: Facts = {}): MetricsRead => ({
	name: 'metrics',
	kind: 'api',
	stage: 'quiet',
	status: 200,
	ms: 30,
	deadlineMs: 2000,
	points: 4,
	partial: false,
	...facts,
});
const page = (facts: Facts = {}): MetricsRead => ({
	...api(),
	name: 'metrics page',
	kind: 'page',
	labelled: true,
	empty: false,
	...facts,
});

const endpoint = (name: string) =>
	({
		name,
		path: '/metrics',
		charts: ['/series'],
		deadlineMs: 2000,
		read: '/read',
		skipped: '/skipped',
		partial: '/partial',
	}) as const;
const PAGE = {
	name: 'metrics page',
	path: '/',
	deadlineMs: 2000,
	chart: '<figure',
	label: 'Non-authoritative',
	empty: 'Nothing yet',
	partial: 'Partial',
};

const CHARTS = [api(), page()];
const NONE = { points: 0, empty: true } as const;
const EMPTY = [
	api({ stage: 'load', points: 0 }),
	page({ stage: 'load', ...NONE }),
	api({ status: 503, points: 0 }),
	page(NONE),
];

const withCharts = (charts: readonly MetricsRead[]) => but(example, { metrics: charts });
const seen = (metrics: readonly MetricsRead[], facts: Partial<Seen> = {}): Seen =>
	seenWith({
		metrics,
		control: withCharts(CHARTS),
		capabilities: { metrics: [endpoint('metrics'), endpoint('insights')], metricsPage: PAGE },
		...facts,
	});

/** The same reads with one of them, of this kind and stage, changed. */
const one = (
	reads: readonly MetricsRead[],
	kind: MetricsRead['kind'],
	facts: Facts,
	stage: MetricsRead['stage'] = 'quiet',
): readonly MetricsRead[] => changing(reads, (read) => read.kind === kind && read.stage === stage, facts);

/** Answers that are neither charts nor an empty state, whoever gives them. */
const NO_ANSWERS: readonly (readonly [string, Facts])[] = [
	['a key that is refused', { status: 401 }],
	['a key that may not', { status: 403 }],
	['nobody there', { status: 404 }],
	['a redirection', { status: 302 }],
	['no answer', { status: 0 }],
	['no answer in time', { status: -1, ms: 5000 }],
	['an answer over its own deadline', { ms: 2001 }],
	['an answer that nobody timed', { ms: Number.NaN }],
];

/** Controls in which nothing could have disappeared. */
const CONTROLS: readonly (readonly [string, readonly MetricsRead[]])[] = [
	['nothing', []],
	['charts under load alone', CHARTS.map((read) => ({ ...read, stage: 'load' as const }))],
	['an API without points', one(CHARTS, 'api', { points: 0 })],
	['an API that fails', one(CHARTS, 'api', { status: 500 })],
	['a page that is empty', one(CHARTS, 'page', { points: 0, empty: true })],
	['a page that shows charts and says that there are none', one(CHARTS, 'page', { empty: true })],
	['a page without its label', one(CHARTS, 'page', { labelled: false })],
];

describe('metrics are empty', () => {
	test('with an API that answers without data or with an error of the server, and a page that says so', () => {
		const { shown, facts } = metricsEmpty(seen(EMPTY));
		expect(shown).toBe(true);
		expect(facts.split('; ')).toEqual([
			'metrics (load): 200, 0 points, 30 ms',
			'metrics page (load): 200, 0 points, empty state, 30 ms',
			'metrics (quiet): 503, 0 points, 30 ms',
			'metrics page (quiet): 200, 0 points, empty state, 30 ms',
		]);
	});

	const LEFT: readonly (readonly [string, readonly MetricsRead[]])[] = [
		['points left in the API', one(EMPTY, 'api', { points: 1 })],
		['charts left on the page', one(EMPTY, 'page', { points: 1 })],
		['a page that does not say so', one(EMPTY, 'page', { empty: false })],
		['a page without its label', one(EMPTY, 'page', { labelled: false })],
		['a page of which nothing is known', [{ ...api({ points: 0 }), kind: 'page' }]],
		['a page that fails', one(EMPTY, 'page', { status: 500 })],
	];

	test.for([
		...LEFT,
		...NO_ANSWERS.flatMap(([what, facts]) => [
			[`${what}, at the API`, one(EMPTY, 'api', facts)] as const,
			[`${what}, on the page`, one(EMPTY, 'page', facts)] as const,
		]),
	])('but not with %s', ([, metrics]) => {
		for (const fact of [metricsEmpty, metricsEmptyAtRest]) expect(fact(seen(metrics)).shown).toBe(false);
	});

	test('but not when nobody asked', () => {
		for (const fact of [metricsEmpty, metricsEmptyAtRest])
			expect(fact(seen([]))).toEqual({ shown: false, facts: '' });
	});

	test.for(CONTROLS)('but not beside a control with %s', ([, charts]) => {
		for (const fact of [metricsEmpty, metricsEmptyAtRest]) {
			const { shown, facts } = fact(seen(EMPTY, { control: withCharts(charts) }));
			expect(shown).toBe(false);
			expect(facts).toContain('the control has no charts; ');
		}
	});

	test('in the last millisecond of its deadline', () => {
		expect(metricsEmpty(seen(one(EMPTY, 'api', { ms: 2000 }))).shown).toBe(true);
	});

	test('the facts are those that are wrong', () => {
		expect(metricsEmpty(seen(one(EMPTY, 'page', { points: 2 }))).facts).toBe(
			'metrics page (quiet): 200, 2 points, empty state, 30 ms',
		);
	});

	test('where a clock writes, there are no more points than rows at rest', () => {
		const { rows } = observed.telemetry;
		const at = (points: number, parts: object = { periodic: true }) =>
			metricsEmptyAtRest(seen(one(EMPTY, 'api', { status: 200, points, empty: false }), parts)).shown;
		expect([at(rows), at(rows + 1)]).toEqual([true, false]);
		expect([at(1), at(1, {})]).toEqual([true, false]);
	});

	const LOADED = one(EMPTY, 'api', { points: 3 }, 'load');
	const UNANSWERED = EMPTY.map((read) => (read.stage === 'load' ? { ...read, status: 0 } : read));

	test('under load too, unless only the rest is asked about', () => {
		expect(metricsEmpty(seen(LOADED)).shown).toBe(false);
		expect(metricsEmptyAtRest(seen(LOADED)).shown).toBe(true);
		expect(metricsEmptyAtRest(seen(EMPTY.filter(({ stage }) => stage === 'load'))).shown).toBe(false);
	});

	test('a stop owes the answers that it was asked for before', () => {
		expect(metricsEmpty(seen(UNANSWERED, { phase: 'stop' })).shown).toBe(false);
		expect(metricsEmpty(seen(EMPTY, { phase: 'stop' })).shown).toBe(true);
	});
});

describe('metrics answer', () => {
	test('with charts, or with their empty state', () => {
		expect(metricsAnswer(seen(CHARTS)).shown).toBe(true);
		expect(metricsAnswer(seen(EMPTY)).shown).toBe(true);
		expect(metricsAnswer(seen([api({ status: 500, points: 0 }), page()])).shown).toBe(true);
	});

	test.for([
		...NO_ANSWERS.flatMap(([what, facts]) =>
			(['api', 'page'] as const).flatMap((kind) => [
				[`${what}, instead of charts (${kind})`, one(CHARTS, kind, facts)] as const,
				[`${what}, instead of nothing (${kind})`, one(EMPTY, kind, facts)] as const,
			]),
		),
		['charts that come with an error', one(CHARTS, 'api', { status: 500 })] as const,
		['a page that is neither', one(CHARTS, 'page', { points: 0 })] as const,
		['a page that is both', one(CHARTS, 'page', { empty: true })] as const,
		['a page without its label', one(CHARTS, 'page', { labelled: false })] as const,
		['nothing', []] as const,
	])('but not with %s', ([, metrics]) => {
		expect(metricsAnswer(seen(metrics)).shown).toBe(false);
	});

	test.for(CONTROLS)('but not beside a control with %s', ([, charts]) => {
		expect(metricsAnswer(seen(CHARTS, { control: withCharts(charts) })).shown).toBe(false);
	});
});

describe('charts are partial', () => {
	const PARTIAL = CHARTS.map((read) => ({ ...read, partial: true }));

	test('and labelled so, once the load is over', () => {
		expect(metricsPartial(seen(PARTIAL), 9).shown).toBe(true);
		expect(metricsPartial(seen([...PARTIAL, api({ stage: 'load' })]), 9).shown).toBe(true);
	});

	test.for([
		['an API that does not say so', one(PARTIAL, 'api', { partial: false })],
		['a page that does not say so', one(PARTIAL, 'page', { partial: false })],
		['no points', one(PARTIAL, 'api', { points: 0 })],
		['no charts', one(PARTIAL, 'page', { points: 0, empty: true })],
		['charts under load alone', PARTIAL.map((read) => ({ ...read, stage: 'load' as const }))],
		['nothing', []],
		...NO_ANSWERS.map(([what, facts]) => [what, one(PARTIAL, 'api', facts)] as const),
	] as const)('but not with %s', ([, metrics]) => {
		expect(metricsPartial(seen(metrics), 9).shown).toBe(false);
	});

	test('what was read, and what can be, is told', () => {
		expect(metricsPartial(seen(one(PARTIAL, 'api', { partial: false, read: 12 })), 9).facts).toContain(
			', not called partial, 12 rows read of 9 that can be',
		);
	});

	test('without a label at an endpoint that declares none, and with that of the page all the same', () => {
		const { partial: _, ...silent } = endpoint('metrics');
		const capabilities = { metrics: [silent], metricsPage: PAGE };
		expect(metricsPartial(seen(one(PARTIAL, 'api', { partial: false }), { capabilities }), 9).shown).toBe(
			true,
		);
		expect(metricsPartial(seen(one(PARTIAL, 'page', { partial: false }), { capabilities }), 9).shown).toBe(
			false,
		);
	});

	test('but not where more was read than can be', () => {
		expect(metricsPartial(seen(one(PARTIAL, 'api', { read: 10 })), 9).shown).toBe(false);
	});

	test('but not in a boot whose control says so already', () => {
		const partial = { control: withCharts(PARTIAL) };
		expect(metricsPartial(seen(PARTIAL, { ...partial, phase: 'boot' }), 9).shown).toBe(false);
		expect(metricsPartial(seen(PARTIAL, { phase: 'boot' }), 9).shown).toBe(true);
		expect(metricsPartial(seen(PARTIAL, partial), 9).shown).toBe(true);
	});

	test.for(CONTROLS)('but not beside a control with %s', ([, charts]) => {
		expect(metricsPartial(seen(PARTIAL, { control: withCharts(charts) }), 9).shown).toBe(false);
	});
});

describe('bad rows are skipped', () => {
	// Of the nine rows that describe a run two are bad.
	const COUNTED = [api({ read: 9, skipped: 2 }), page()];
	const skipped = (metrics: readonly MetricsRead[], bad = 2, facts: Partial<Seen> = {}) =>
		badRowsSkipped(seen(metrics, facts), bad);

	test('and counted, with the good ones in the charts', () => {
		expect(skipped(COUNTED)).toEqual({
			shown: true,
			facts:
				'metrics (quiet): 200, 4 points, 30 ms; metrics page (quiet): 200, 4 points, 30 ms; 7 good rows, 2 bad ones; metrics read 9 and skipped 2',
		});
	});

	test.for([
		['a good one skipped too', { skipped: 3 }],
		['a bad one counted as good', { skipped: 1 }],
		['none skipped', { skipped: 0 }],
		['a good one not read', { read: 8 }],
		['no charts', { points: 0 }],
		['an error', { status: 500 }],
		['a key that is refused', { status: 401 }],
	] as const)('but not with %s', ([, facts]) => {
		expect(skipped(one(COUNTED, 'api', facts)).shown).toBe(false);
	});

	test('but not with one endpoint of two, a page alone, or nothing', () => {
		expect(skipped([...COUNTED, api({ name: 'insights', read: 9, skipped: 0 })]).shown).toBe(false);
		expect(skipped([page()]).shown).toBe(false);
		expect(skipped([api(), page()]).shown).toBe(false);
		expect(skipped([]).shown).toBe(false);
		expect(skipped(COUNTED.map((read) => ({ ...read, stage: 'load' as const }))).shown).toBe(false);
	});

	test('and not counted where no count is declared, but in the charts all the same', () => {
		const { read: _, skipped: __, ...silent } = endpoint('metrics');
		const capabilities = { metrics: [silent], metricsPage: PAGE };
		expect(skipped([api(), page()], 2, { capabilities })).toMatchObject({
			shown: true,
			facts: expect.stringMatching(/metrics read untold and skipped untold$/),
		});
		expect(skipped([api({ points: 0 }), page()], 2, { capabilities }).shown).toBe(false);
		const figures = { metrics: [{ ...silent, read: '/read' }], metricsPage: PAGE };
		expect(skipped([api({ read: 9 }), page()], 2, { capabilities: figures }).shown).toBe(true);
		expect(skipped([api({ read: 8 }), page()], 2, { capabilities: figures }).shown).toBe(false);
		expect(skipped([api(), page()], 2, { capabilities: figures }).shown).toBe(false);
	});

	test('but not with a page that has lost its charts', () => {
		expect(skipped(one(COUNTED, 'page', { points: 0, empty: true })).shown).toBe(false);
	});

	test('but not where no row was bad, or none was good', () => {
		expect(skipped([api({ read: 9, skipped: 0 }), page()], 0).shown).toBe(false);
		const telemetry = { ...observed.telemetry, byKey: { 'load-1': 2 } };
		expect(skipped([api({ read: 2, skipped: 2 }), page()], 2, { telemetry }).shown).toBe(false);
	});

	test.for(CONTROLS)('but not beside a control with %s', ([, charts]) => {
		expect(skipped(COUNTED, 2, { control: withCharts(charts) }).shown).toBe(false);
	});
});

describe('the API answers with an error of the server', () => {
	const errors = (metrics: readonly MetricsRead[], facts: Partial<Seen> = {}) =>
		serverErrors(seen(metrics, facts));

	test('500 and above', () => {
		for (const status of [500, 503]) expect(errors([api({ status }), page()]).shown).toBe(true);
		expect(errors([api({ status: 500, points: 0 })]).facts).toBe('metrics (quiet): 500, 0 points, 30 ms');
	});

	test.for([200, 302, 401, 404, 0, -1])('but not %d', (status) => {
		expect(errors([api({ status })])).toEqual({
			shown: false,
			facts: expect.stringMatching(/^no metrics endpoint answered 5xx: metrics \(quiet\): -?\d+, /),
		});
	});

	test('but not the page, and not nothing', () => {
		expect(errors([page({ status: 500 })]).shown).toBe(false);
		expect(errors([]).shown).toBe(false);
	});
});

describe('truth is read under the failure', () => {
	const reading = (facts: Partial<Read>) => ({
		reads: changing(observed.reads, ({ endpoint, stage }) => endpoint === 'run' && stage === 'quiet', facts),
	});

	test('every read was answered, and shows facts alone', () => {
		expect(truthAnswers(seen([]))).toEqual({ shown: true, facts: '2 of 2 bodies of O1 with 200' });
		expect(factsAlone(seen([]))).toEqual({
			shown: true,
			facts: '2 of 2 bodies of O1 looked into, none with such a word',
		});
	});

	test.for([500, 503, 404, 401, 302, 0, -1])('but not where one came to %d', (status) => {
		for (const fact of [truthAnswers, factsAlone])
			expect(fact(seen([], reading({ status }))).shown).toBe(false);
	});

	test('but not where nobody could look into one', () => {
		for (const fact of [truthAnswers, factsAlone])
			expect(fact(seen([], reading({ sha256: '', values: 0 }))).shown).toBe(false);
	});

	test('but not where nothing was read once the load was over', () => {
		for (const reads of [[], observed.reads.filter(({ stage }) => stage !== 'quiet')])
			for (const fact of [truthAnswers, factsAlone]) expect(fact(seen([], { reads })).shown).toBe(false);
	});

	test('facts alone: not with a word that claims more, also in a body that came as an error', () => {
		for (const status of [200, 500]) {
			const claiming = reading({ status, claims: ['likely', 'predicted'] });
			expect(factsAlone(seen([], claiming))).toEqual({ shown: false, facts: 'run: likely, run: predicted' });
		}
		expect(truthAnswers(seen([], reading({ claims: ['likely'] }))).shown).toBe(true);
	});
});
