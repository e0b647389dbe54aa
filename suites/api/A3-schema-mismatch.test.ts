import { describe } from 'vitest';
import { MADE_AGAIN, renameColumn } from '../../fixtures/failures/rename.ts';
import { counted } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { factsAlone, metricsAnswer, metricsEmpty } from '../metrics-facts.ts';
import { refusedColumn } from '../refusal-facts.ts';

describe('A3 schema mismatch', phases, () => {
	beforeEach(({ moment }) => moment.before(({ plane }) => renameColumn(plane)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const failed = refusedColumn(seen);
		expect
			.soft(seen)
			.toWitness('a statement failed (42703, or 23502 in its place)', failed.times > 0, failed.facts);
		// A subject that has made the column again has its charts again.
		const healed = counted(seen, MADE_AGAIN) > 0;
		const [metrics, truth] = [healed ? metricsAnswer(seen) : metricsEmpty(seen), factsAlone(seen)];
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
