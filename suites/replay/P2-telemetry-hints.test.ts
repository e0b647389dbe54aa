import { describe } from 'vitest';
import { plantHints } from '../../fixtures/failures/hints.ts';
import { counted, figures, walledReplays } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';

/** Rows for each run that is going to be replayed. */
const ROWS = 5;

describe('P2 telemetry hints', phases, () => {
	beforeEach(({ moment }) => moment.beforeReplay(({ plane, runs }) => plantHints(plane, runs, ROWS)));

	test('live', async ({ observe, expect }) => {
		const seen = await observe();

		const wall = walledReplays(seen);
		const planted = counted(seen, 'rows planted');
		expect
			.soft(seen)
			.toWitness('the rows are there', planted >= ROWS * wall.replayed && wall.replayed > 0, figures(seen));
		expect.soft(seen).toWitness('the lock wall stood while replay ran', wall.proven, wall.facts);
		expect.soft(seen).toComeOut('no effect', wall.untouched && wall.equal, wall.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	});
});
