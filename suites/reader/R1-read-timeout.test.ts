import { describe } from 'vitest';
import { slowReads } from '../../fixtures/failures/reads.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { metricsEmpty } from '../metrics-facts.ts';
import { asleep } from '../refusal-facts.ts';

describe('R1 read timeout', phases, () => {
	beforeEach(({ moment }) => moment.before(({ plane }) => slowReads(plane, 10)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const sleeping = asleep(seen, 'select');
		expect
			.soft(seen)
			.toWitness(
				'a backend is asleep or cancelled in a read',
				sleeping.shown || sleeping.cancelled,
				sleeping.facts,
			);
		const metrics = metricsEmpty(seen);
		expect.soft(seen).toComeOut('metrics are empty, within their own deadline', metrics.shown, metrics.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
