import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scratch, scratchForEach } from '../../fixtures/failures/scratch.ts';
import { takeSample } from './lock-samples.ts';
import { RelationNames } from './relation-names.ts';
import { openSession, type Session } from './session.ts';
import { type Asleep, Sleeps } from './sleeps.ts';

const plane = scratchForEach();
let session: Session;
beforeEach(async () => {
	session = await openSession(plane.adminUrl);
});
afterEach(() => session.end());

const sample = async (): Promise<readonly Asleep[]> =>
	(await takeSample(session.poll, plane.roles, new RelationNames())).asleep;

const pidOf = async (client: pg.Client): Promise<number> =>
	(await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;

/** A statement that is under way and asleep in the eyes of Postgres, whoever runs it. */
async function falling(
	client: pg.Client,
	statement: string,
): Promise<{ pid: number; wake(): Promise<void> }> {
	const pid = await pidOf(client);
	const running = client.query(statement).catch(() => {});
	const state = () =>
		session.run<{ wait_event: string }>('select wait_event from pg_stat_activity where pid = $1', [pid]);
	await expect.poll(async () => (await state())[0]?.wait_event).toBe('PgSleep');
	return {
		pid,
		async wake() {
			await session.run('select pg_cancel_backend($1)', [pid]);
			await running;
		},
	};
}

describe('a sample', () => {
	test('shows who sleeps in what, since when and how long', async () => {
		const { pid, wake } = await falling(await plane.connect('app'), 'select pg_sleep(60), 1 as mark');
		const [first, ...others] = await sample();
		expect(others).toEqual([]);
		expect(first).toMatchObject({ pid, role: 'subject_app', statement: 'select pg_sleep(60), 1 as mark' });
		expect(first?.since).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		expect(Math.abs(Date.parse(first?.since ?? '') + (first?.ms ?? 0) - Date.now())).toBeLessThan(10_000);
		await expect.poll(async () => (await sample())[0]?.ms).toBeGreaterThan(first?.ms ?? 0);
		expect((await sample())[0]?.since).toBe(first?.since);
		await wake();
		expect(await sample()).toEqual([]);
	});

	test('shows the statement of the subject where a trigger sleeps in it', async () => {
		const admin = await plane.connect('admin');
		await admin.query(`
			create function public.doze() returns trigger language plpgsql security definer
				as $$ begin perform pg_sleep(60); return new; end $$;
			create trigger doze before insert on telemetry_event for each row execute function public.doze()`);
		const insert = `insert into telemetry_event (run_id, kind) values ('r1', 'step')`;
		const { wake } = await falling(await plane.connect('telemetry'), insert);
		expect(await sample()).toMatchObject([{ role: 'subject_telemetry', statement: insert }]);
		await wake();
	});

	test('keeps the beginning of a long statement', async () => {
		const long = `select pg_sleep(60), '${'x'.repeat(900)}'`;
		const { wake } = await falling(await plane.connect('app'), long);
		expect((await sample())[0]?.statement).toBe(long.slice(0, 500));
		await wake();
	});

	test('shows nobody else', async () => {
		const other = await scratch(plane.server);
		const own = await plane.connect('app');
		await own.query(`set application_name = 'bystander'`);
		const sleepers = [
			await falling(await plane.connect('admin'), 'select pg_sleep(60)'),
			await falling(own, 'select pg_sleep(60)'),
			await falling(await other.connect('app'), 'select pg_sleep(60)'),
		];
		expect(await sample()).toEqual([]);
		for (const { wake } of sleepers) await wake();
		await other.drop();
	});

	test('shows nobody who waits for a lock, or for nothing', async () => {
		const [holder, waiter] = [await plane.connect('app'), await plane.connect('app')];
		await holder.query('begin; select pg_advisory_lock(7)');
		const pid = await pidOf(waiter);
		const waiting = waiter.query('select pg_advisory_lock(7)').catch(() => {});
		const state = () =>
			session.run<{ wait_event: string }>('select wait_event from pg_stat_activity where pid = $1', [pid]);
		await expect.poll(async () => (await state())[0]?.wait_event).toBe('advisory');
		expect(await sample()).toEqual([]);
		await session.run('select pg_cancel_backend($1)', [pid]);
		await waiting;
	});
});

describe('sleeps', () => {
	const asleep = (facts: Partial<Asleep>): Asleep => ({
		pid: 7,
		role: 'metrics',
		statement: 'select 1',
		since: '2026-11-03T10:00:00.000Z',
		ms: 20,
		...facts,
	});

	test('of one statement are one, as long as it was last seen', () => {
		const sleeps = new Sleeps();
		for (const ms of [20, 40, 60]) sleeps.add([asleep({ ms })]);
		expect(sleeps.list()).toEqual([
			{ at: '2026-11-03T10:00:00.000Z', pid: 7, role: 'metrics', statement: 'select 1', ms: 60 },
		]);
	});

	test('of two backends, or of two statements of one, are two', () => {
		const sleeps = new Sleeps();
		sleeps.add([asleep({}), asleep({ pid: 8 })]);
		sleeps.add([asleep({ since: '2026-11-03T10:00:01.000Z' })]);
		expect(sleeps.list()).toHaveLength(3);
	});

	test('of nobody are none', () => {
		const sleeps = new Sleeps();
		sleeps.add([]);
		expect(sleeps.list()).toEqual([]);
	});
});
