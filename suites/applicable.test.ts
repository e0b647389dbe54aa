/** What does not apply to a subject, by its declarations: each of them taken away by itself. */
import { describe, expect, test } from 'vitest';
import type { Capabilities } from '../fixtures/subjects/port.ts';
import reference from '../fixtures/subjects/reference.ts';
import bare from '../fixtures/subjects/variants/bare.ts';
import { type Declarations, notApplicable, outsideOf, undeclared } from './applicable.ts';
import { INJECTIONS, row } from './matrix.ts';

const without = (...names: readonly (keyof Capabilities)[]): Declarations => ({
	...reference,
	capabilities: Object.fromEntries(
		Object.entries(reference.capabilities).filter(([name]) => !names.some((one) => one === name)),
	),
});
const outside = (subject: Declarations) =>
	INJECTIONS.filter((id) => notApplicable(id, subject) !== undefined);

describe('to a subject that declares everything', () => {
	test('everything applies, and nothing is said to be missing', () => {
		expect(outside(reference)).toEqual([]);
		expect(outsideOf(reference, INJECTIONS)).toEqual([]);
		expect(undeclared(reference)).toEqual([]);
	});
});

describe('to a subject', () => {
	test('without metrics, all that is met by reading them does not apply', () => {
		const reads = ['R1', 'R2', 'R3', 'R4', 'A1', 'A2', 'A3', 'X1', 'X2'];
		const none: Declarations = { ...reference, capabilities: { ...reference.capabilities, metrics: [] } };
		for (const subject of [without('metrics'), none]) {
			expect(outside(subject)).toEqual(reads);
			expect(notApplicable('R1', subject)).toBe('the subject declares no metrics endpoint');
		}
	});

	test('without a cleanup job, those of the job do not, whatever method it has', () => {
		const subject = without('cleanupJob');
		expect(outside(subject)).toEqual(['C1', 'C3']);
		expect(notApplicable('C1', subject)).toBe('the subject declares no cleanup job');
	});

	test('whose telemetry describes no run, what is counted or planted by run does not', () => {
		const telemetry = reference.telemetry.map(({ describes: _, ...table }) => table);
		expect(outside({ ...reference, telemetry })).toEqual(['W2', 'P1', 'P2']);
		expect(notApplicable('W2', { ...reference, telemetry })).toBe(
			'the subject declares no telemetry that describes truth',
		);
	});

	test('whose telemetry never expires, none can be deleted before its time', () => {
		const telemetry = reference.telemetry.map(({ expires: _, ...table }) => table);
		expect(outside({ ...reference, telemetry })).toEqual(['C2']);
	});

	test('without a limit of the payload, none can be exceeded', () => {
		const subject = { ...reference, telemetry: reference.telemetry.map(({ payload: _, ...table }) => table) };
		expect(outside(subject)).toEqual(['W5']);
	});

	test('whose charts say nowhere what they skip or lack, those that look for it do not', () => {
		const { metricsPage: _, ...capabilities } = reference.capabilities;
		const [first, ...others] = reference.capabilities.metrics ?? [];
		if (first === undefined) throw new Error('the reference has metrics');
		const silent = [first, ...others].map(({ skipped: _, partial: __, ...one }) => one);
		const subject = { ...reference, capabilities: { ...capabilities, metrics: silent } };
		expect(outside(subject)).toEqual(['R3', 'A2']);
		expect(notApplicable('R3', subject)).toBe(
			'the subject declares no count of skipped rows at a metrics endpoint',
		);
		expect(undeclared(subject)).toContain(
			'no label of partial charts at a metrics endpoint or page: charts were never made partial',
		);
		// One that says it is enough: it is looked at there.
		expect(outside({ ...reference, capabilities: { ...capabilities, metrics: [...silent, first] } })).toEqual(
			[],
		);
		expect(outside({ ...reference, capabilities: { ...reference.capabilities, metrics: silent } })).toEqual([
			'R3',
		]);
	});

	test('that declares no more than it must, half of the matrix applies', () => {
		expect(outsideOf(bare, INJECTIONS)).toEqual([
			'not applicable: W5: the subject declares no payload with a limit in any telemetry table',
			'not applicable: R1, R2, R3, R4, A1, A2, A3, X1, X2: the subject declares no metrics endpoint',
			'not applicable: C1, C3: the subject declares no cleanup job',
		]);
		const cells = INJECTIONS.filter((id) => !outside(bare).includes(id)).flatMap((id) => row(id).invariants);
		expect(cells).toHaveLength(54);
	});
});

describe('what is not declared is named', () => {
	test.for([
		['metricsPage', /^no metrics page: no charts/],
		['truthPages', /^no truth page: /],
		['auditExport', /^no audit export: /],
		['writerProcess', /^no separate writer process: /],
		['interrupted', /^no state of interrupted runs: /],
		['cleanupJob', /^no cleanup job: /],
	] as const)('%s', ([name, said]) => {
		const [line, ...more] = undeclared(without(name));
		expect(line).toMatch(said);
		expect(more).toEqual([]);
	});

	test('an empty list declares nothing', () => {
		const capabilities = { ...reference.capabilities, truthPages: [] };
		expect(undeclared({ ...reference, capabilities })).toHaveLength(1);
	});

	test.for([
		['memory', /^no table of memory: /],
		['decisions', /^no table of policy decisions: /],
	] as const)('a table of %s', ([kind, said]) => {
		const truth = reference.truth.filter(({ holds }) => holds !== kind);
		expect(undeclared({ ...reference, truth })).toEqual([expect.stringMatching(said)]);
	});
});
