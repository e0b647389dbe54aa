import { describe } from 'vitest';
import { holdRows } from '../../fixtures/failures/hold-rows.ts';
import { counted, figures } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';

describe('C3 lock contention', phases, () => {
	beforeEach(({ moment }) => moment.during(holdRows));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		expect
			.soft(seen)
			.toWitness(
				'the job was seen waiting or timed out',
				counted(seen, 'jobs seen waiting') + counted(seen, 'lock timeouts') > 0,
				figures(seen),
			);
		const [planted, left] = [counted(seen, 'expired rows planted'), counted(seen, 'expired rows left')];
		const delayed = counted(seen, 'expired rows while locked') === planted;
		expect
			.soft(seen)
			.toComeOut('cleanup is delayed, then completes', planted > 0 && delayed && left === 0, figures(seen));
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
