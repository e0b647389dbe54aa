import { describe } from 'vitest';
import { blowUp } from '../../fixtures/failures/cardinality.ts';
import { acknowledged, counted, figures } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { metricsAnswer } from '../metrics-facts.ts';

describe('R4 cardinality blow-up', phases, () => {
	beforeEach(({ moment }) => moment.before(({ plane, gate }) => blowUp(plane, gate)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const rows = Math.min(counted(seen, 'rows'), counted(seen, 'distinct labels'));
		expect
			.soft(seen)
			.toWitness('10,000,000 rows with as many labels are there', rows >= 10_000_000, figures(seen));
		const [metrics, done] = [metricsAnswer(seen), acknowledged(seen, 'load')];
		expect
			.soft(seen)
			.toComeOut(
				'metrics are slow, nothing else',
				metrics.shown && done.all,
				`${metrics.facts}; ${done.facts}`,
			);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
});
