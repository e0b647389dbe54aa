import { describe } from 'vitest';
import { killWriter } from '../../fixtures/failures/kill.ts';
import { slowReads } from '../../fixtures/failures/reads.ts';
import { acknowledged, truthEquals } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { asleep, deaths } from '../refusal-facts.ts';

describe('X1 writer down, reader slow', phases, () => {
	beforeEach(async ({ moment }) => {
		await moment.before(({ plane }) => slowReads(plane, 10));
		await moment.duringFlush(killWriter);
	});

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const { process, backend } = deaths(seen);
		// Without one, its backend is all there is to kill.
		if (seen.separateWriter)
			expect.soft(seen).toWitness('the writer process is dead', process.shown, process.facts);
		const alone = seen.separateWriter ? '' : '; the subject declares no writer process';
		expect.soft(seen).toWitness('its backend is dead', backend.shown, backend.facts + alone);
		const sleeping = asleep(seen, 'select');
		expect
			.soft(seen)
			.toWitness(
				'a backend is asleep or cancelled in a read',
				sleeping.shown || sleeping.cancelled,
				sleeping.facts,
			);
		const done = acknowledged(seen, 'load');
		expect.soft(seen).toComeOut('truth intact', done.all && truthEquals(seen), done.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
