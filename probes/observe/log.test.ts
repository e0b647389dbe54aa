import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../fixtures/databases/port.ts';
import { combine } from './lock-graph.ts';
import { rank } from './locks.ts';
import { waitsIn } from './log-waits.ts';
import type { Wait } from './observation.ts';
import { touchesIn } from './touches.ts';

const ROLES = ['subject_app', 'subject_telemetry'];
const OIDS = new Map([
	['16390', 'runs'],
	['16400', 'telemetry_event'],
]);

const event = (over: Partial<LogEvent>): LogEvent => ({
	offset: 0,
	at: '2026-01-01T00:00:00.020Z',
	pid: 7,
	role: 'subject_app',
	severity: 'LOG',
	sqlstate: '00000',
	message: '',
	...over,
});

describe('touches in the log', () => {
	const watched = {
		roles: ROLES,
		oids: OIDS,
		names: new Map([
			['telemetry_event', 'telemetry_event'],
			['event_2026', 'telemetry_event'],
		]),
	};
	const relations = (over: Partial<LogEvent>, oids = new Map([['16400', 'telemetry_event']])) =>
		touchesIn([event({ severity: 'ERROR', ...over })], 'o1', { ...watched, oids }).map(
			({ how, relation }) => `${how} ${relation}`,
		);

	test.for([
		[
			'a wait',
			{
				message: 'process 7 still waiting for AccessShareLock on relation 16400 of database 5 after 10.1 ms',
			},
			['waited telemetry_event'],
		],
		[
			'a wait for truth',
			{
				message: 'process 7 still waiting for AccessShareLock on relation 16390 of database 5 after 10.1 ms',
			},
			[],
		],
		[
			'a partition refused',
			{ sqlstate: '55P03', message: 'could not obtain lock on relation "event_2026"' },
			['refused telemetry_event'],
		],
		[
			'another relation refused',
			{ sqlstate: '55P03', message: 'could not obtain lock on relation "runs"' },
			[],
		],
		[
			'a lock timeout that names nothing',
			{ sqlstate: '55P03', message: 'canceling statement due to lock timeout' },
			['refused telemetry_event'],
		],
		[
			'a row lock on truth that timed out',
			{
				sqlstate: '55P03',
				message: 'canceling statement due to lock timeout',
				context: 'while updating tuple (0,1) in relation "runs"',
			},
			[],
		],
		[
			'a table that is gone',
			{ sqlstate: '42P01', message: 'relation "telemetry_event" does not exist' },
			['refused telemetry_event'],
		],
		[
			'a forbidden one within a function',
			{
				sqlstate: '42501',
				message: 'permission denied',
				context: 'SQL statement "select from telemetry_event"',
			},
			['refused telemetry_event'],
		],
		[
			'a name that only begins alike',
			{ sqlstate: '42P01', message: 'relation "telemetry_events" does not exist' },
			[],
		],
		[
			'a violated constraint',
			{
				sqlstate: '23505',
				message: 'duplicate key',
				statement: `insert into runs values ('telemetry_event')`,
			},
			[],
		],
		[
			'the suite',
			{ role: 'postgres', sqlstate: '42P01', message: 'relation "telemetry_event" does not exist' },
			[],
		],
	] as const)('%s', ([, over, expected]) => {
		expect(relations(over)).toEqual(expected);
	});

	test('a lock timeout without a wall is nobody’s touch', () => {
		expect(
			relations({ sqlstate: '55P03', message: 'canceling statement due to lock timeout' }, new Map()),
		).toEqual([]);
	});
});

describe('waits in the log', () => {
	const options = {
		roles: ROLES,
		planes: { truth: new Set(['runs']), telemetry: new Set(['telemetry_event']) },
		names: { byOid: OIDS, byName: new Map([['runs_pkey', 'runs']]) },
	};
	const waits = (...events: readonly Partial<LogEvent>[]) => waitsIn(events.map(event), options);

	test('last until they end, and name whoever is ahead in the queue', () => {
		const object = 'AccessExclusiveLock on relation 16400 of database 5';
		const { logged, waits: found } = waits(
			{
				message: `process 7 still waiting for ${object} after 10.5 ms`,
				detail: 'Process holding the lock: 9. Wait queue: 8, 7, 6.',
			},
			{ at: '2026-01-01T00:00:01.010Z', message: `process 7 acquired ${object} after 1000.0 ms` },
		);
		expect(logged).toBe(1);
		expect(found).toMatchObject([
			{
				wanted: 'AccessExclusiveLock on telemetry_event',
				telemetry: true,
				ms: 1001,
				blockers: [{ pid: 9 }, { pid: 8 }],
			},
		]);
	});

	test('for a row are for its transaction, in the table that the context names', () => {
		const { waits: found } = waits({
			message: 'process 7 still waiting for ShareLock on transaction 745 after 10.5 ms',
			detail: 'Process holding the lock: 9. Wait queue: 7.',
			context: 'while inserting index tuple (0,2) in relation "runs_pkey"',
			statement: 'insert into runs',
		});
		expect(found).toMatchObject([
			{
				wanted: 'ShareLock on transaction 745, for a row of runs',
				telemetry: false,
				waiter: { plane: 'truth', statement: 'insert into runs' },
				blockers: [{ pid: 9, plane: 'truth', holds: ['a lock on runs'] }],
			},
		]);
	});

	test('at other times say nothing of a pooled connection', () => {
		const line = (pid: number, oid: number, holder: number) => ({
			pid,
			message: `process ${pid} still waiting for RowExclusiveLock on relation ${oid} of database 5 after 10.0 ms`,
			detail: `Process holding the lock: ${holder}. Wait queue: ${pid}.`,
		});
		const { waits: found } = waits(line(7, 16390, 9), {
			...line(9, 16400, 8),
			at: '2026-01-01T00:10:00.000Z',
		});
		expect(found[0]?.blockers).toMatchObject([{ pid: 9, plane: 'truth' }]);
		expect(found[1]?.waiter).toMatchObject({ pid: 9, plane: 'telemetry' });
	});

	test('of the suite and of autovacuum are nobody’s fault', () => {
		const message = 'process 7 still waiting for ShareLock on relation 16400 of database 5 after 10.0 ms';
		const { role: _, ...nobody } = event({ message });
		expect(waitsIn([event({ message, role: 'postgres' }), nobody], options).waits).toEqual([]);
	});

	test('that nobody sampled are added, the others make the sampled ones more exact', () => {
		const backend = { pid: 7, role: 'subject_app', plane: 'truth', holds: [], statement: 's' } as const;
		const wait = (wanted: string, ms: number, pid = 7): Wait => ({
			at: '2026-01-01T00:00:00.000Z',
			waiter: { ...backend, pid },
			wanted,
			telemetry: false,
			blockers: [],
			ms,
		});
		const found = combine(
			[wait('ShareLock on transaction 745', 20)],
			[
				wait('ShareLock on transaction 745, for a row of runs', 30),
				wait('ShareLock on transaction 745', 5, 8),
				wait('ShareLock on transaction 745', 6, 8),
			],
		);
		expect(found.map(({ waiter, wanted, ms }) => [waiter.pid, wanted, ms])).toEqual([
			[7, 'ShareLock on transaction 745, for a row of runs', 30],
			[8, 'ShareLock on transaction 745', 11],
		]);
	});
});

test('truth that waits for telemetry is told first', () => {
	const ranked = (
		waiter: 'truth' | 'telemetry',
		blocker: 'truth' | 'telemetry' | 'both',
		telemetry = false,
	) => rank({ telemetry, waiter: { plane: waiter }, blockers: [{ plane: blocker }] });
	expect(ranked('truth', 'telemetry')).toBe(0);
	expect(ranked('truth', 'both')).toBe(0);
	expect(ranked('truth', 'truth', true)).toBe(0);
	expect(ranked('telemetry', 'truth')).toBe(1);
	expect(ranked('truth', 'truth')).toBe(2);
});
