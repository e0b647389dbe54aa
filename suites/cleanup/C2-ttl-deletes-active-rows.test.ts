import { describe } from 'vitest';
import { deleteActive } from '../../fixtures/failures/wrong-delete.ts';
import { acknowledged, counted, figures, truthEquals } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';

describe('C2 TTL deletes active rows', phases, () => {
	beforeEach(({ moment }) => moment.during(({ plane }) => deleteActive(plane, { again: true })));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		expect
			.soft(seen)
			.toWitness('unexpired rows are gone', counted(seen, 'unexpired rows deleted') > 0, figures(seen));
		const done = acknowledged(seen, 'load');
		expect
			.soft(seen)
			.toComeOut('telemetry loss only', done.all && truthEquals(seen), `${done.facts}; ${figures(seen)}`);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
