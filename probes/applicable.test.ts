import { describe, expect, test } from 'vitest';
import type { ProbeResult } from '../reports/record.ts';
import { applied, MAY_DEPART } from './applicable.ts';
import { PROBE_NAMES } from './probe.ts';

const results = (verdict: ProbeResult['verdict']): readonly ProbeResult[] =>
	PROBE_NAMES.map((name) => ({ name, verdict, looked: 'nothing', detail: 'why' }));
const metrics = [{ name: 'metrics', path: '/metrics', charts: ['/series'], deadlineMs: 1000 }];
const outside = (
	verdict: ProbeResult['verdict'],
	capabilities: Parameters<typeof applied>[1]['capabilities'],
) =>
	applied(results(verdict), { capabilities })
		.filter((result) => result.verdict === 'not applicable')
		.map(({ name, detail }) => `${name}: ${detail}`);

test('the probe of metrics alone does not apply where none are declared', () => {
	for (const capabilities of [{}, { metrics: [] }])
		expect(outside('inconclusive', capabilities)).toEqual([
			'graceful-degradation: the subject declares no metrics endpoint',
		]);
});

test('it applies where they are declared, whatever it could not see of them', () => {
	expect(outside('inconclusive', { metrics })).toEqual([]);
});

describe('a departure', () => {
	const departures = { 'ttl-enforcement': 'rows are kept for ever' };
	const said = (verdict: ProbeResult['verdict'], detail: string): readonly ProbeResult[] => [
		{ name: 'ttl-enforcement', verdict, looked: '1 expiry column', detail },
	];
	const healthy = applied(said('failed', '3 rows expire too early'), { capabilities: {}, departures });

	test('is told as one, with what the probe said and with its reason', () => {
		expect(healthy).toEqual([
			{
				name: 'ttl-enforcement',
				verdict: 'departs',
				looked: '1 expiry column',
				detail: '3 rows expire too early',
				declared: 'rows are kept for ever',
			},
		]);
	});

	test('is none where nothing is declared, or the probe passes', () => {
		expect(applied(said('failed', 'why'), { capabilities: {} })).toEqual(said('failed', 'why'));
		expect(applied(said('passed', ''), { capabilities: {}, departures })).toEqual(said('passed', ''));
	});

	test('covers what the probe said while nothing was wrong, figures aside, and nothing more', () => {
		const later = (detail: string) =>
			applied(said('failed', detail), { capabilities: {}, departures }, healthy)[0]?.verdict;
		expect(later('12 rows expire too early')).toBe('departs');
		expect(later('12 rows expire too early; e.at may be NULL')).toBe('failed');
		expect(
			applied(said('failed', 'why'), { capabilities: {}, departures }, said('passed', ''))[0]?.verdict,
		).toBe('failed');
	});

	test('is for the shape of a plane, not for what the API answers', () => {
		expect(MAY_DEPART).toHaveLength(11);
		expect(MAY_DEPART).not.toContain('o1-independence');
	});
});

test('a verdict that it has reached stands', () => {
	for (const verdict of ['passed', 'failed'] as const) expect(outside(verdict, {})).toEqual([]);
});
