import { describe, expect, test } from 'vitest';
import { gist } from './gist.ts';

const WAITED = 'backend 7 waited 5.0 s for backend 9';

describe('the gist of a reason', () => {
	test('is all of a short one', () => {
		expect(gist(`live: ${WAITED}`, 2)).toEqual({ told: [`live: ${WAITED}`], more: 0 });
	});
	test('counts what it leaves out', () => {
		expect(gist(`live: ${WAITED}.\nfrozen at the row gate.\n0 of 5 completed`, 2)).toEqual({
			told: [`live: ${WAITED}`, 'frozen at the row gate'],
			more: 1,
		});
	});
	test('has the first two sentences, then the first of each other phase, in their order', () => {
		const reason = `live: 0 of 5 completed.\n0 of 45 completed.\nit died · boot (sticky), boot (healable): ${WAITED}.\nthe start hung`;
		expect(gist(reason, 2)).toEqual({ told: ['live: 0 of 5 completed', '0 of 45 completed'], more: 3 });
		expect(gist(reason, 3)).toEqual({
			told: ['live: 0 of 5 completed', '0 of 45 completed', `boot (sticky), boot (healable): ${WAITED}`],
			more: 2,
		});
	});
	test('takes no fact with a dot in its middle for two', () => {
		expect(gist('live: budget_exceeded · high: twice', 1)).toEqual({
			told: ['live: budget_exceeded · high: twice'],
			more: 0,
		});
	});
	test('is cut where a subject says more than a sentence', () => {
		const { told } = gist(`live: ${'x'.repeat(5000)}`, 1);
		expect(told[0]).toMatch(/^live: x+ …$/);
		expect(told[0]?.length).toBeLessThan(800);
	});
});
