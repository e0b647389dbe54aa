import { describe } from 'vitest';
import { oversize, oversizeByRun } from '../../fixtures/failures/oversize.ts';
import { figures, neighbours } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { refusedInserts } from '../refusal-facts.ts';

describe('W5 oversize payload', phases, () => {
	beforeEach(({ moment }) =>
		moment.during(async ({ plane, keyOf }) => {
			const mark = await plane.server.log.mark();
			const struck = await oversize(plane);
			const settle = async () => {
				const byRun = [...(await oversizeByRun(plane, mark))];
				const counts = byRun.map(([run, times]) => [`oversize in ${keyOf(run) ?? run}`, times] as const);
				return { ...(await struck.settle?.()), ...Object.fromEntries(counts) };
			};
			return { ...struck, settle };
		}),
	);

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const rejected = refusedInserts(seen, '23514');
		expect
			.soft(seen)
			.toWitness('oversize signals are rejected', rejected.times > 0, `${rejected.facts}; ${figures(seen)}`);
		const { absent, stored, facts } = neighbours(seen);
		expect.soft(seen).toWitness('the oversize rows are not there', absent, facts);
		expect.soft(seen).toComeOut('that row alone is rejected, its neighbours are stored', stored, facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
