import { describe } from 'vitest';
import { slowInserts } from '../../fixtures/failures/sleep.ts';
import { acknowledged, latency } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { asleep } from '../refusal-facts.ts';

describe('W4 slow writer', phases, () => {
	beforeEach(({ moment }) => moment.during(({ plane }) => slowInserts(plane, 10)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const done = acknowledged(seen, 'load');
		const sleeping = asleep(seen, 'insert');
		expect
			.soft(seen)
			.toWitness(
				'a backend is asleep in the insert while runs complete',
				sleeping.shown && done.some,
				`${sleeping.facts}; ${done.facts}`,
			);
		const { unaffected, facts } = latency(seen);
		expect.soft(seen).toComeOut('latency unaffected', unaffected, facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
