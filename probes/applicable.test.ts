import { expect, test } from 'vitest';
import type { ProbeResult } from '../reports/record.ts';
import { applied } from './applicable.ts';
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

test('a verdict that it has reached stands', () => {
	for (const verdict of ['passed', 'failed'] as const) expect(outside(verdict, {})).toEqual([]);
});
