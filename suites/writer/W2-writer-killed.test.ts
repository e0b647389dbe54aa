import { describe } from 'vitest';
import { killWriter } from '../../fixtures/failures/kill.ts';
import { storedOfEmitted } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { deaths } from '../refusal-facts.ts';

describe('W2 writer killed', phases, () => {
	beforeEach(({ moment }) => moment.duringFlush(killWriter));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const { process, backend } = deaths(seen);
		// Without one, its backend is all there is to kill.
		if (seen.separateWriter)
			expect.soft(seen).toWitness('the writer process is dead', process.shown, process.facts);
		const alone = seen.separateWriter ? '' : '; the subject declares no writer process';
		expect.soft(seen).toWitness('its backend is dead', backend.shown, backend.facts + alone);
		const stored = storedOfEmitted(seen, 'load');
		expect.soft(seen).toWitness('telemetry was lost', stored.lost, stored.facts);
		expect.soft(seen).toComeOut('partial telemetry', stored.shown, stored.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
