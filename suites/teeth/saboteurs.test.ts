/** What every saboteur declares, before any is run. */
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SABOTEURS } from '../../fixtures/saboteurs/index.ts';
import reference from '../../fixtures/subjects/reference.ts';
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { expectedPhases } from '../../reports/cells.ts';
import { INJECTIONS, type InjectionId, row } from '../matrix.ts';
import { titleOf } from './proof.ts';

const all = Object.entries(SABOTEURS);
const catches = all.flatMap(([name, { caughtBy }]) => caughtBy.map((one) => ({ name, ...one })));

test('there are at least sixty', () => {
	expect(all.length).toBeGreaterThanOrEqual(60);
});

const byKey = <K extends string>(keys: readonly K[], of: (one: (typeof catches)[number]) => string) =>
	keys.map(
		(key) => [key, new Set(catches.filter((one) => of(one) === key).map(({ name }) => name)).size] as const,
	);

test('at least two for each injection', () => {
	const few = byKey(INJECTIONS, ({ injection }) => injection).filter(([, count]) => count < 2);
	expect(few).toEqual([]);
});

test('at least six for each invariant', () => {
	const few = byKey(INVARIANTS, ({ cell }) => cell).filter(([, count]) => count < 6);
	expect(few).toEqual([]);
});

describe.for(all)('%s', ([file, saboteur]) => {
	test('is named as its file, and says what its author would say', () => {
		expect(saboteur.name).toBe(`${reference.name}, ${basename(file)}`);
		expect(saboteur.about).not.toBe('');
	});

	test('is caught by cells that there are, one of them of its folder', () => {
		for (const { injection, phase, cell } of saboteur.caughtBy) {
			expect(INJECTIONS).toContain(injection);
			expect(expectedPhases(injection as InjectionId).map(titleOf)).toContain(phase);
			if (cell !== 'outcome') expect(row(injection as InjectionId).invariants).toContain(cell);
		}
		const [invariant] = dirname(file).split('-');
		const broken = saboteur.caughtBy.map(({ cell }) => cell as string);
		expect(broken).toContain(invariant === 'outcomes' ? 'outcome' : invariant);
	});

	test('is another subject than the reference: its edits fit', async () => {
		expect(await saboteur.digest()).not.toBe(await reference.digest());
	});
});
