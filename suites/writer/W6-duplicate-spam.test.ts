import { describe } from 'vitest';
import { spam } from '../../fixtures/failures/spam.ts';
import { acknowledged, counted, figures, truthEquals } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';

describe('W6 duplicate spam', phases, () => {
	beforeEach(({ moment }) => moment.after(({ plane }) => spam(plane)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const sent = counted(seen, 'inserts sent');
		const taken = counted(seen, 'rows stored') + counted(seen, 'conflicts');
		const accounted = taken + counted(seen, 'inserts refused') === sent;
		expect
			.soft(seen)
			.toWitness('thousands of rows or conflicts are counted', taken >= 1000 && accounted, figures(seen));
		const done = acknowledged(seen, 'load');
		expect.soft(seen).toComeOut('truth unchanged', done.all && truthEquals(seen), done.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
