import { describe } from 'vitest';
import { prefill } from '../../fixtures/failures/prefill.ts';
import { walledReplays } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';

/** Rows for each run that is going to be replayed. */
const ROWS = 20;

describe('P1 telemetry present', phases, () => {
	beforeEach(({ moment }) => moment.beforeReplay(({ plane, runs }) => prefill(plane, runs, ROWS)));

	test('live', async ({ observe, expect }) => {
		const seen = await observe();

		const { rows } = seen.telemetry;
		const more = rows - seen.control.telemetry.rows;
		const wall = walledReplays(seen);
		expect
			.soft(seen)
			.toWitness(
				'the rows are there',
				more >= ROWS * wall.replayed,
				`${rows} rows, ${more} more than the control`,
			);
		expect.soft(seen).toWitness('the lock wall stood while replay ran', wall.proven, wall.facts);
		expect.soft(seen).toComeOut('replay ignores them', wall.untouched && wall.equal, wall.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	});
});
