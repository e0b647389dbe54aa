import { expect, test } from 'vitest';
import { type Sample, Waits } from './lock-samples.ts';

const PLANES = { truth: new Set(['runs']), telemetry: new Set(['telemetry_event']) };

/** One look at backend 2, which waits for a row that backend 1 has written. */
const look = (statement: string, ms: number): Sample['involved'] => {
	const lock = {
		granted: true,
		type: 'relation',
		mode: 'RowExclusiveLock',
		relation: 'runs',
		ms: 0,
	} as const;
	const none = { transaction: null, advisory: null, since: null };
	const backend = { role: 'app', suite: false };
	const asked = { ...lock, granted: false, type: 'transactionid', mode: 'ShareLock', relation: null };
	return [
		{ ...backend, pid: 1, statement: 'update runs', blockers: [], locks: [{ ...lock, ...none }] },
		{
			...backend,
			pid: 2,
			statement,
			blockers: [1],
			locks: [
				{ ...lock, ...none },
				{ ...asked, ...none, transaction: '7', ms, since: 'noon' },
			],
		},
	];
};

const seen = (...looks: readonly Sample['involved'][]) => {
	const waits = new Waits(['app'], PLANES);
	for (const involved of looks) waits.add({ involved }, 0);
	return waits.list().map(({ waiter, ms }) => [waiter.statement, ms]);
};

test('a wait that is seen before its statement is told once', () => {
	expect(seen(look('', 1), look('delete from runs', 13))).toEqual([['delete from runs', 13]]);
	expect(seen(look('delete from runs', 13), look('', 14))).toEqual([['delete from runs', 13]]);
});

test('one whose statement was never seen is told all the same', () => {
	expect(seen(look('', 1), look('', 5))).toEqual([['', 5]]);
});

test('waits of two statements are two', () => {
	expect(seen(look('delete from runs', 1), look('update runs', 2))).toHaveLength(2);
});
