import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { schema } from 'ctrf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INJECTIONS, type InjectionId } from '../../suites/matrix.ts';
import { resultOf, type Status } from '../cells.ts';
import { certify, type Run } from '../certificate.ts';
import { inconclusive, MINIMAL, outside, record, records, run, violated } from '../examples.ts';
import type { PhaseRecord } from '../record.ts';
import { badge } from './badge.ts';
import { ctrf } from './ctrf.ts';

const of = (made: Run) => [certify(made, []), made.results] as const;
const ALL = MINIMAL.flatMap(records);
const full = (all: readonly PhaseRecord[]): Run =>
	run(all, {
		asked: { matrix: 'FULL', ids: INJECTIONS, others: '' },
		results: INJECTIONS.map((id) => resultOf(id, all)),
	});
const spoilt = (judgement: typeof violated, ...ids: readonly InjectionId[]): PhaseRecord[] =>
	ALL.map((each) =>
		ids.includes(each.injection)
			? { ...each, judgements: { ...each.judgements, I1: judgement, I4: judgement } }
			: each,
	);

/** A run of the nine in which each injection came out in some way. */
const anyWays = fc.array(fc.constantFrom('held', 'violated', 'inconclusive', 'not run', 'outside'), {
	minLength: MINIMAL.length,
	maxLength: MINIMAL.length,
});
const came = (ways: readonly string[], spoilt: Partial<Run> = {}): Run =>
	run(
		MINIMAL.flatMap((id, at) => {
			const way = ways[at];
			if (way === 'not run') return [];
			if (way === 'outside') return outside(id);
			const judgement = way === 'violated' ? violated : way === 'inconclusive' ? inconclusive : undefined;
			return records(id).map((each) =>
				judgement ? { ...each, judgements: { ...each.judgements, I4: judgement } } : each,
			);
		}),
		spoilt,
	);

describe('badge.json', () => {
	test.for<[string, Run, string, string]>([
		['a whole set', full(INJECTIONS.flatMap(records)), '119/119 held', 'brightgreen'],
		['the nine', run(ALL), 'minimal · 48/48 held', 'brightgreen'],
		[
			'all of it that applies',
			run(MINIMAL.flatMap((id) => (id === 'A1' ? outside(id) : records(id)))),
			'minimal · 43/43 held',
			'green',
		],
		[
			'a partial run that held',
			run(ALL, { asked: { matrix: 'PARTIAL', ids: MINIMAL, others: '--only' } }),
			'partial · 48/48 held',
			'blue',
		],
		['a violation', run(spoilt(violated, 'P1')), 'minimal · 46/48 held · 2 violated', 'red'],
		['what is not known', run(spoilt(inconclusive, 'P1')), 'minimal · 46/48 held · 2 inconclusive', 'yellow'],
		['what did not run', run(records('P1')), 'minimal · 4/48 held · 44 not run', 'orange'],
		['--keep-going', run(ALL, { keepGoing: true }), 'minimal · 48/48 held · not certified', 'orange'],
	])('of %s', ([, made, message, color]) => {
		expect(badge(...of(made))).toEqual({ schemaVersion: 1, label: 'telemetry bystander', message, color });
	});

	test('is green only where something is certified', () => {
		const matrix = fc.constantFrom('FULL', 'MINIMAL', 'PARTIAL');
		fc.assert(
			fc.property(anyWays, matrix, fc.boolean(), (ways, matrix, keepGoing) => {
				const asked = { matrix, ids: MINIMAL, others: '' } as const;
				const [certificate, results] = of(came(ways, { asked, keepGoing }));
				const green = badge(certificate, results).color.endsWith('green');
				expect(green).toBe(certificate.details.certified !== undefined);
			}),
		);
	});
});

describe('ctrf.json', () => {
	const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
	const follows = (report: unknown): unknown => {
		validate(JSON.parse(JSON.stringify(report)));
		return validate.errors;
	};
	test('follows the schema that the library ships', () => {
		fc.assert(
			fc.property(anyWays, (ways) => {
				expect(follows(ctrf(...of(came(ways))))).toBeNull();
			}),
		);
	});
	test('would be found if it did not', () => {
		const good = ctrf(...of(run(ALL)));
		const [first] = good.results.tests;
		const wrong = { ...good, results: { ...good.results, tests: [{ ...first, status: 'held' }] } };
		expect(follows(wrong)).toMatchObject([{ instancePath: '/results/tests/0/status', keyword: 'enum' }]);
		expect(follows({ ...good, certified: true })).toMatchObject([{ keyword: 'additionalProperties' }]);
	});

	const MAPPED: Readonly<Record<Status, string>> = {
		held: 'passed',
		violated: 'failed',
		inconclusive: 'other',
		'not run': 'pending',
		'not applicable': 'skipped',
	};
	test('has every cell and every mark once, none better than it stands', () => {
		fc.assert(
			fc.property(anyWays, (ways) => {
				const [certificate, results] = of(came(ways));
				const { tests, summary } = ctrf(certificate, results).results;
				const stands = Object.entries(certificate.details.cells).flatMap(([id, cells]) =>
					Object.entries(cells).map(([cell, status]) => [`${id} ${cell}`, MAPPED[status]]),
				);
				const told = tests.filter(({ name }) => name !== 'certificate');
				expect(told.map(({ name, status }) => [name, status]).sort()).toEqual(stands.sort());
				expect(summary.tests).toBe(stands.length + 1);
				expect(summary.passed + summary.failed + summary.other + summary.pending + summary.skipped).toBe(
					summary.tests,
				);
			}),
		);
	});
	test('says what is wrong beside the cells', () => {
		const whole = (made: Run) => ctrf(...of(made)).results.tests.find(({ name }) => name === 'certificate');
		expect(whole(run(ALL))).toMatchObject({ status: 'passed' });
		expect(whole(run(ALL, { interrupted: 'it was interrupted' }))).toMatchObject({
			status: 'other',
			message: expect.stringContaining('the run stopped short: it was interrupted'),
		});
		expect(whole(run(spoilt(violated, 'W1')))).toMatchObject({ status: 'failed' });
	});
	test('tells who waited for whom, and how long it took to know', () => {
		const { tests, environment } = ctrf(...of(run(spoilt(violated, 'P1')))).results;
		expect(tests.find(({ name }) => name === 'P1 I4')).toEqual({
			name: 'P1 I4',
			testId: 'P1 I4',
			status: 'failed',
			rawStatus: 'violated',
			duration: 2100,
			start: Date.parse(record('P1').startedAt),
			stop: Date.parse(record('P1').startedAt) + 2100,
			suite: ['replay', 'P1 telemetry present'],
			message: `live: ${violated.reason}`,
			tags: ['replay', 'minimal'],
			labels: { injection: 'P1', judged: 'I4', looked: violated.looked },
		});
		expect(environment).toMatchObject({ appName: 'made-up', appVersion: '1.2.3' });
	});
	test('the library is what the tests are held against', () => {
		const shipped = readFileSync(
			new URL('../../node_modules/ctrf/dist/ctrf-schema-0.0.json', import.meta.url),
			'utf8',
		);
		expect(schema).toEqual(JSON.parse(shipped));
	});
});
