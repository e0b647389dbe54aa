import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SCENARIOS } from '../fixtures/subjects/port.ts';
import { type Part, partOf, workload } from './workload.ts';

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
