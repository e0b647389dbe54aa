import { describe } from 'vitest';
import { failReads } from '../../fixtures/failures/reads.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { factsAlone, metricsEmpty, serverErrors } from '../metrics-facts.ts';

describe('A1 metrics API 500', phases, () => {
	beforeEach(({ moment }) => moment.before(({ plane }) => failReads(plane)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const errors = serverErrors(seen);
		expect.soft(seen).toWitness('the API answers 500', errors.shown, errors.facts);
		const [metrics, truth] = [metricsEmpty(seen), factsAlone(seen)];
		const empty = seen.capabilities.metricsPage ? 'the page shows its empty state' : 'the API gives no data';
		expect.soft(seen).toComeOut(empty, metrics.shown, metrics.facts);
		expect.soft(seen).toComeOut('O1 shows facts alone', truth.shown, truth.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
