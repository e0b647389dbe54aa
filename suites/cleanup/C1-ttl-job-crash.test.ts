import { describe } from 'vitest';
import { crashCleanup } from '../../fixtures/failures/cleanup.ts';
import { counted, figures } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';

describe('C1 TTL job crash', phases, () => {
	beforeEach(({ moment }) => moment.after(crashCleanup));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		expect.soft(seen).toWitness('the job is dead', counted(seen, 'jobs killed') === 1, figures(seen));
		expect
			.soft(seen)
			.toWitness('its backend is dead', counted(seen, 'backends terminated') > 0, figures(seen));
		const [planted, left] = [counted(seen, 'expired rows planted'), counted(seen, 'expired rows left')];
		expect
			.soft(seen)
			.toWitness('the expired rows are all there', planted > 0 && left === planted, figures(seen));
		expect.soft(seen).toComeOut('old telemetry remains', left > 0 && left === planted, figures(seen));
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
