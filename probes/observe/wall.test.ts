import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { code, scratchForEach } from '../../fixtures/failures/scratch.ts';
import { type LockWall, raiseWall } from './wall.ts';

const plane = scratchForEach();
let wall: LockWall | undefined;
afterEach(() => wall?.lower());

const raise = async (roles = plane.roles): Promise<LockWall> => {
	wall = await raiseWall({ ...plane, roles, log: plane.server.log });
	return wall;
};
/** Unqualified names find this view first: whoever looks at the locks waits for `what` before. */
const lookLate = async (what: string): Promise<void> => {
	await (await plane.connect('admin')).query(`
		create schema late;
		create view late.pg_locks as
			with first as materialized (select ${what}) select l.* from first, pg_catalog.pg_locks l;
		do $$ begin execute format('alter database %I set search_path = late, pg_catalog, public', current_database()); end $$`);
};

describe('a touch of telemetry is caught', () => {
	const VIEWS = `
		create view charts as select count(*) from telemetry_event;
		alter view charts owner to postgres;
		create function peek() returns bigint language sql security definer as 'select count(*) from telemetry_event';
		create function dig() returns bigint language plpgsql as $$
			declare n bigint; begin execute 'select count(*) from telemetry_' || 'event' into n; return n; end $$;
		grant select on charts to subject_app;`;
	test.for([
		['of an empty table', 'select * from telemetry_event'],
		['whose filter matches nothing', `select 1 from telemetry_event where run_id = 'nobody' and false`],
		['through a view of another owner', 'select * from charts'],
		['through a function in SQL', 'select peek()'],
		['through dynamic SQL in PL/pgSQL', 'select dig()'],
		['in a read-only transaction', 'begin read only; select count(*) from telemetry_event; commit'],
		['that writes', 'insert into telemetry_cleanup_log (deleted) values (0)'],
		['that measures the table', `select pg_total_relation_size('telemetry_event')`],
	] as const)('%s', async ([, sql]) => {
		await (await plane.connect('admin')).query(VIEWS);
		const reader = await plane.connect('app');
		const wall = await raise();
		await wall.watch('GET runs', () => reader.query(sql));
		expect(await wall.takeTouches()).toMatchObject([
			{
				during: 'GET runs',
				how: 'waited',
				role: 'subject_app',
				relation: sql.includes('cleanup') ? 'telemetry_cleanup_log' : 'telemetry_event',
				statement: sql,
			},
		]);
		await wall.watch('GET runs', () => reader.query('select * from runs'));
		expect(await wall.takeTouches()).toEqual([]);
		await wall.watch('again', () => reader.query('select from telemetry_event'));
		expect(await wall.takeTouches()).toHaveLength(1);
	});

	test('right after another, where the window ends at that one', async () => {
		const reader = await plane.connect('app');
		const wall = await raise();
		// Ends once the wall is in the queue behind it, so that nothing can come between the two.
		const first = `do $$ begin
			perform from telemetry_event;
			while not exists (select from pg_locks where not granted and mode = 'AccessExclusiveLock') loop
				perform pg_sleep(0.01);
			end loop; end $$`;
		const next = 'select * from telemetry_event';
		const pass = reader.query(first).then(() => reader.query(next));
		for (const window of ['one', 'two'])
			await wall.watch(window, (touched) => delay(2000, undefined, { signal: touched }).catch(() => {}));
		await pass;
		expect(await wall.takeTouches()).toMatchObject([
			{ during: 'one', statement: first },
			{ during: 'two', statement: next },
		]);
	});

	test('of the relations alone that it is told to lock, and of all again', async () => {
		const reader = await plane.connect('app');
		const wall = await raise();
		const both = async () => {
			await wall.watch('pass', async () => {
				await reader.query('select from telemetry_event');
				await reader.query('select from telemetry_cleanup_log');
			});
			return (await wall.takeTouches()).map(({ relation }) => relation);
		};
		expect(await both()).toEqual(['telemetry_event']);
		await wall.lock(['telemetry_cleanup_log']);
		expect(await both()).toEqual(['telemetry_cleanup_log']);
		await wall.lock(['of another system']);
		expect(await both()).toEqual([]);
		await wall.lock();
		expect(await both()).toEqual(['telemetry_event']);
	});

	test('by a superuser', async () => {
		const admin = await plane.connect('admin');
		const wall = await raise([...plane.roles, 'postgres']);
		expect(await wall.prove()).toBe(true);
		await wall.watch('replay', () => admin.query('select from telemetry_event'));
		expect(await wall.takeTouches()).toMatchObject([{ role: 'postgres', how: 'waited' }]);
	});

	test('with the statement that waits, though it began after the look at the locks did', async () => {
		const admin = await plane.connect('admin');
		// The locks are then read 100 ms after the look began.
		await lookLate('pg_sleep(0.1)');
		const reader = await plane.connect('app');
		const wall = await raise();
		await wall.watch('GET runs', async () => {
			await expect
				.poll(() => admin.query(`select from pg_stat_activity where wait_event = 'PgSleep'`))
				.toMatchObject({ rowCount: 1 });
			await reader.query('select from telemetry_event');
		});
		expect(await wall.takeTouches()).toMatchObject([{ statement: 'select from telemetry_event' }]);
	});

	test('that does not wait, in the log', async () => {
		const reader = await plane.connect('app');
		const wall = await raise();
		const nowait = 'begin; lock table telemetry_event in access share mode nowait';
		expect(await wall.watch('replay', () => reader.query(nowait).catch(code))).toBe('55P03');
		await reader.query('rollback');
		expect(await wall.takeTouches()).toMatchObject([{ how: 'refused', relation: 'telemetry_event' }]);
	});

	test('that gave up waiting before the locks were looked at, in the log', async () => {
		const admin = await plane.connect('admin');
		// No look at the locks comes to its end while the other side is held.
		await lookLate('pg_advisory_xact_lock_shared(7)');
		const reader = await plane.connect('app');
		const wall = await raise();
		await admin.query(`select pg_advisory_lock(7)`);
		await reader.query(`set lock_timeout = '1ms'`);
		// The name is spelled nowhere: only the log tells.
		const hidden = `do $$ begin execute 'select from telemetry_' || 'cleanup_log'; end $$`;
		await wall.watch('replay', async () => {
			expect(await reader.query(hidden).catch(code)).toBe('55P03');
			await admin.query('select pg_advisory_unlock(7)');
		});
		expect(await wall.takeTouches()).toMatchObject([
			{ how: 'refused', relation: 'telemetry_event or telemetry_cleanup_log' },
		]);
	});

	test('of a table that is gone, or forbidden, in the log', async () => {
		const reader = await plane.connect('app');
		await (await plane.connect('admin')).query(
			'drop table telemetry_event; revoke all on telemetry_cleanup_log from subject_app',
		);
		const wall = await raise();
		expect(wall.relations).toEqual(['telemetry_cleanup_log']);
		expect(await wall.prove()).toBe(true);
		await wall.watch('o1', () => reader.query('select from telemetry_event').catch(code));
		await wall.watch('o1', () => reader.query('select from telemetry_cleanup_log').catch(code));
		expect((await wall.takeTouches()).map(({ relation }) => relation).toSorted()).toEqual([
			'telemetry_cleanup_log',
			'telemetry_event',
		]);
		await wall.lower();
		await (await plane.connect('admin')).query('drop table telemetry_cleanup_log');
		const blind = await raise();
		expect(blind.relations).toEqual([]);
		expect(await blind.prove()).toBe(true);
	});
});

describe('silence', () => {
	test('for whatever has nothing to do with telemetry', async () => {
		const reader = await plane.connect('app');
		const wall = await raise();
		expect(await wall.prove()).toBe(true);
		const value = await wall.watch('GET runs', async () => {
			await reader.query('select * from runs');
			await reader.query('select from nowhere').catch(code);
			await reader.query(`insert into runs values ('r1', 'k', 'telemetry_event')`);
			return 7;
		});
		expect(value).toBe(7);
		expect(await wall.takeTouches()).toEqual([]);
	});

	test('for a row lock on truth that timed out', async () => {
		const [holder, waiter] = [await plane.connect('app'), await plane.connect('app')];
		await holder.query(`insert into runs values ('r1', 'k', 'ok'); begin; update runs set status = 'x'`);
		const wall = await raise();
		await wall.watch('o1', () =>
			waiter.query(`set lock_timeout = '20ms'; update runs set status = 'y'`).catch(code),
		);
		expect(await wall.takeTouches()).toEqual([]);
	});

	test('an action that fails fails, and was watched', async () => {
		const reader = await plane.connect('app');
		const wall = await raise();
		await expect(
			wall.watch('o1', async () => {
				await reader.query('select from telemetry_event');
				throw new Error('the endpoint failed');
			}),
		).rejects.toThrow('the endpoint failed');
		expect(await wall.takeTouches()).toHaveLength(1);
	});

	test('of a wall that a crash tore down, and none for the next', async () => {
		const first = await raise();
		await plane.server.crash();
		await plane.server.start();
		await first.lower();
		const reader = await plane.connect('app');
		await reader.query('select from telemetry_event');
		const next = await raise();
		expect(await next.prove()).toBe(true);
		await next.watch('o1', () => reader.query('select from telemetry_event'));
		expect(await next.takeTouches()).toMatchObject([{ during: 'o1', relation: 'telemetry_event' }]);
	});

	test('says who is in the way of the wall', async () => {
		const reader = await plane.connect('app');
		await reader.query('begin; select from telemetry_event');
		const low = await raiseWall({ ...plane, log: plane.server.log, deadlineMs: 100 });
		expect(low.inTheWay()).toMatch(
			/^could not be raised within 100 ms; in the way: backend \d+ \(subject_app\): begin; select/,
		);
		expect(await low.prove()).toBe(false);
		await reader.query('commit');
		// Not later either: nobody would know what had been seen.
		await low.watch('o1', () => reader.query('select from telemetry_event'));
		expect(await low.takeTouches()).toEqual([]);
		await low.lower();
	});
});
