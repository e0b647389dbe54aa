import { describe } from 'vitest';
import { limitReads } from '../../fixtures/failures/reads.ts';
import { counted, figures } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { factsAlone, metricsPartial } from '../metrics-facts.ts';

describe('A2 partial data', phases, () => {
	beforeEach(({ moment }) => moment.before(({ plane }) => limitReads(plane)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const [readable, stored] = [counted(seen, 'rows readable'), counted(seen, 'rows stored')];
		expect
			.soft(seen)
			.toWitness('fewer rows can be read than are stored', 0 < readable && readable < stored, figures(seen));
		const [metrics, truth] = [metricsPartial(seen, readable), factsAlone(seen)];
		expect.soft(seen).toComeOut('partial charts, labelled so', metrics.shown, metrics.facts);
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
