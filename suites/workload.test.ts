import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SCENARIOS } from '../fixtures/subjects/port.ts';
import { frozenLoad, type Part, partOf, WIDTH, workload } from './workload.ts';

const PARTS: readonly Part[] = [
	'baseline',
	'row',
	'commit',
	'strike',
	'midway',
	'struck',
	'load',
	'frozen',
	'after',
	'emptied',
	'dropped',
	'restored',
];
const part = fc.constantFrom(...PARTS);

test('the seed alone decides the order', () => {
	fc.assert(
		fc.property(part, fc.integer(), (name, seed) => {
			expect(workload(name, seed)).toEqual(workload(name, seed));
		}),
	);
	expect(workload('load', 1)).not.toEqual(workload('load', 2));
});

test('every seed asks for the same runs: whole rounds of all scenarios, under keys of their own', () => {
	fc.assert(
		fc.property(part, fc.integer(), (name, seed) => {
			const works = workload(name, seed);
			expect(works.length % SCENARIOS.length).toBe(0);
			for (const scenario of SCENARIOS)
				expect(works.filter((work) => work.scenario === scenario)).toHaveLength(
					works.length / SCENARIOS.length,
				);
			expect(new Set(works.map(({ key }) => key)).size).toBe(works.length);
			expect(works.map(({ key }) => key).sort()).toEqual(
				workload(name, 0)
					.map(({ key }) => key)
					.sort(),
			);
		}),
	);
});

test('a key tells its part', () => {
	for (const name of PARTS) for (const { key } of workload(name, 7)) expect(partOf(key)).toBe(name);
	expect(partOf('somebody-elses-run')).toBeUndefined();
});

test('the frozen load is wider and more than twice as long as all pools together', () => {
	fc.assert(
		fc.property(fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }), (connections) => {
			const { width } = frozenLoad(connections);
			expect(width).toBeGreaterThan(connections ?? 20);
			expect(width).toBeGreaterThanOrEqual(WIDTH.frozen);
			expect(workload('frozen', 7, connections).length).toBeGreaterThan(2 * (connections ?? 20));
			expect(workload('load', 7, connections)).toEqual(workload('load', 7));
		}),
	);
});
