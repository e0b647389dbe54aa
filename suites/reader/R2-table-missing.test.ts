import { describe } from 'vitest';
import { drop } from '../../fixtures/failures/drop.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { metricsAnswer, metricsEmpty, truthAnswers } from '../metrics-facts.ts';
import { refusedReads, refusedToMend } from '../refusal-facts.ts';

describe('R2 table missing', phases, () => {
	beforeEach(({ moment }) => moment.before(({ plane }) => drop(plane)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const gone = seen.gap?.relations.length === 0;
		const left = `relations after the strike: ${seen.gap?.relations.join(', ') || 'none'}`;
		expect.soft(seen).toWitness('the relation is gone', gone, left);
		// A subject that has healed itself may never have met the gap.
		const healed = seen.mode === 'healable' && seen.telemetry.relations.length > 0;
		const failed = refusedReads(seen, '42P01');
		// Nor has one that will not start without it.
		const kept = refusedToMend(seen);
		expect
			.soft(seen)
			.toWitness(
				'reads of it failed (42P01), or a start did',
				failed.times > 0 || kept.times > 0 || (healed && gone),
				failed.times > 0 ? failed.facts : kept.facts,
			);
		const [metrics, truth] = [metricsEmpty(seen), truthAnswers(seen)];
		expect.soft(seen).toComeOut('O1 works', truth.shown, truth.facts);
		expect
			.soft(seen)
			.toComeOut('metrics are empty', healed ? metricsAnswer(seen).shown : metrics.shown, metrics.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
