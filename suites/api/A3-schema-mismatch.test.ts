import { describe } from 'vitest';
import { renameColumn } from '../../fixtures/failures/rename.ts';
import { refusedOnTelemetry } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { factsAlone, metricsEmpty } from '../metrics-facts.ts';

describe('A3 schema mismatch', phases, () => {
	beforeEach(({ moment }) => moment.before(({ plane }) => renameColumn(plane)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const failed = refusedOnTelemetry(seen, '42703');
		expect.soft(seen).toWitness('a statement failed (42703)', failed.times > 0, failed.facts);
		const [metrics, truth] = [metricsEmpty(seen), factsAlone(seen)];
		expect.soft(seen).toComeOut('metrics are off', metrics.shown, metrics.facts);
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
