import { describe } from 'vitest';
import { drop } from '../../fixtures/failures/drop.ts';
import { walledReplays } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';

describe('P3 telemetry removed', phases, () => {
	beforeEach(({ moment }) => moment.beforeReplay(({ plane }) => drop(plane)));

	test('live', async ({ observe, expect }) => {
		const seen = await observe();

		const { relations } = seen.telemetry;
		expect
			.soft(seen)
			.toWitness('the relations are gone', relations.length === 0, `left: ${relations.join(', ') || 'none'}`);
		const replays = walledReplays(seen);
		expect.soft(seen).toWitness('the log watched while replay ran', replays.proven, replays.facts);
		expect.soft(seen).toComeOut('replay works', replays.untouched && replays.equal, replays.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	});
});
