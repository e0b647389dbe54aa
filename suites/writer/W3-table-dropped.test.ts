import { describe } from 'vitest';
import { drop } from '../../fixtures/failures/drop.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { refusedInserts, refusedToMend } from '../refusal-facts.ts';
import { inOrder } from '../timing-facts.ts';

describe('W3 table dropped', phases, () => {
	beforeEach(({ moment }) => moment.afterTruthCommit(({ plane, gate }) => drop(plane, gate)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const gone = seen.gap?.relations.length === 0;
		const left = `relations after the strike: ${seen.gap?.relations.join(', ') || 'none'}`;
		expect.soft(seen).toWitness('the tables are gone', gone, left);
		const { relations, rows } = seen.telemetry;
		// A subject that has healed itself may never have met the gap.
		const healed = seen.mode === 'healable' && relations.length > 0;
		const missed = refusedInserts(seen, '42P01');
		const kept = refusedToMend(seen);
		const met =
			missed.times > 0
				? { '42P01': missed.first }
				: { 'start that was kept from making it again': kept.first };
		const order = inOrder(seen, 'truth of ', 'failure committed', met);
		expect
			.soft(seen)
			.toWitness(
				'truth commit < drop < first 42P01, or a start that it has failed',
				order.shown || (healed && gone),
				order.facts,
			);
		expect
			.soft(seen)
			.toComeOut('no telemetry', healed || rows === 0, `${rows} rows in ${relations.length} relations`);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
