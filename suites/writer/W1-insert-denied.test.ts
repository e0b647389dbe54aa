import { describe } from 'vitest';
import { revoke } from '../../fixtures/failures/revoke.ts';
import { acknowledged } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { refusedInserts } from '../refusal-facts.ts';

describe('W1 insert denied', phases, () => {
	beforeEach(({ moment }) => moment.before(({ plane }) => revoke(plane, 'INSERT')));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const healed = seen.mode === 'healable' && seen.telemetry.writers.length > 0;
		const gone = seen.gap?.writers.length === 0;
		const may = `may insert after the strike: ${seen.gap?.writers.join(', ') || 'nobody'}`;
		expect.soft(seen).toWitness('the privilege is gone', gone, may);
		// A subject that has healed itself may never have met the gap.
		const rejected = refusedInserts(seen, '42501');
		expect
			.soft(seen)
			.toWitness('inserts are rejected (42501)', rejected.times > 0 || (healed && gone), rejected.facts);
		const done = acknowledged(seen, 'load');
		expect.soft(seen).toComeOut('execution continues', done.all, done.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
