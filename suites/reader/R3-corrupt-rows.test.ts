import { describe } from 'vitest';
import { corruptRows } from '../../fixtures/failures/corrupt.ts';
import { counted, figures } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import { badRowsSkipped } from '../metrics-facts.ts';

describe('R3 corrupt rows', phases, () => {
	beforeEach(({ moment }) => moment.after(({ plane }) => corruptRows(plane)));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		const bad = counted(seen, 'rows planted');
		const scanned = counted(seen, 'rows scanned');
		expect.soft(seen).toWitness('the rows are planted', bad > 0, figures(seen));
		expect.soft(seen).toWitness('the rows are scanned by the subject', scanned > 0, figures(seen));
		const skipped = badRowsSkipped(seen, bad);
		expect
			.soft(seen)
			.toComeOut(
				'bad rows are skipped and counted, good rows are still in the charts',
				skipped.shown,
				skipped.facts,
			);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
});
