import { describe } from 'vitest';
import { deleteAll } from '../../fixtures/failures/wrong-delete.ts';
import { counted, figures } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { metricsEmptyAtRest } from '../metrics-facts.ts';

describe('X2 cleanup deletes all', phases, () => {
	beforeEach(({ moment }) => moment.during(({ plane }) => deleteAll(plane)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		// What a clock writes comes back before anybody looks.
		const rows = seen.periodic ? counted(seen, 'rows left') : seen.telemetry.rows;
		expect
			.soft(seen)
			.toWitness(
				'telemetry was deleted, and 0 rows are left',
				counted(seen, 'rows deleted') > 0 && rows === 0,
				`${figures(seen)}; ${seen.telemetry.rows} rows at rest`,
			);
		const metrics = metricsEmptyAtRest(seen);
		expect.soft(seen).toComeOut('metrics are empty', metrics.shown, metrics.facts);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
