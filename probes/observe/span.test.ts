import type pg from 'pg';
import { beforeEach, expect, test } from 'vitest';
import { scratchForEach, TELEMETRY, TRUTH } from '../../fixtures/failures/scratch.ts';
import { commitSpans } from './span.ts';

const plane = scratchForEach();
let app: pg.Client;
beforeEach(async () => {
	app = await plane.connect('app');
});

const spans = (...keys: readonly string[]) =>
	commitSpans(plane.adminUrl, { truth: TRUTH, telemetry: TELEMETRY }, keys);

const run = (id: string) =>
	app.query(`insert into runs (id, key, status) values ('${id}', 'key-${id}', 'ok')`);
const incident = (id: string) => app.query(`insert into incidents (run_id, kind) values ('${id}', 'budget')`);
const event = (id: string) =>
	app.query(`insert into telemetry_event (run_id, kind) values ('${id}', 'step')`);

/** By the clock of Postgres, in microseconds. */
async function clock(): Promise<string> {
	const { rows } = await app.query<{ now: string }>(
		`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
	);
	return rows[0]?.now ?? '';
}

test('nothing is absent', async () => {
	await run('r1');
	expect(await spans('key-r2')).toEqual({ truth: {}, telemetry: {} });
	expect(await spans()).toEqual({ truth: {}, telemetry: {} });
});

test('one commit is first and last, between the moments before and after it', async () => {
	const before = await clock();
	await run('r1');
	const after = await clock();
	const { truth, telemetry } = await spans('key-r1');
	expect(truth.first).toBe(truth.last);
	expect(truth.first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
	expect([truth.first, before, after].toSorted()).toEqual([before, truth.first, after]);
	expect(telemetry).toEqual({});
});

test('in UTC, wherever the server is', async () => {
	const admin = await plane.connect('admin');
	await admin.query(
		`do $$ begin execute format('alter database %I set timezone to %L', current_database(), 'Asia/Tokyo'); end $$`,
	);
	const before = await clock();
	await run('r1');
	const { truth } = await spans('key-r1');
	expect([truth.first, before, await clock()].toSorted()[1]).toBe(truth.first);
});

test('from the first to the last of all tables, and of the runs that are asked about alone', async () => {
	await run('r0');
	await run('r1');
	const between = await clock();
	await run('r2');
	await incident('r1');
	const middle = await clock();
	await incident('r2');
	await event('r1');
	const last = await clock();
	await run('r3');
	await event('r3');
	const { truth, telemetry } = await spans('key-r1', 'key-r2');
	expect(truth.first && truth.first < between).toBe(true);
	expect(truth.last && middle < truth.last && truth.last < last).toBe(true);
	expect(telemetry.first).toBe(telemetry.last);
	expect(telemetry.first && truth.last && truth.last < telemetry.first && telemetry.first < last).toBe(true);
	const r1 = await spans('key-r1');
	expect(r1.truth.first).toBe(truth.first);
	expect(r1.truth.last && between < r1.truth.last && r1.truth.last < middle).toBe(true);
});

test('what is not committed is not there yet, and then has the time of its commit', async () => {
	await app.query('begin');
	await run('r1');
	await event('r1');
	expect(await spans('key-r1')).toEqual({ truth: {}, telemetry: {} });
	const before = await clock();
	await app.query('commit');
	const { truth, telemetry } = await spans('key-r1');
	expect(truth.first && before < truth.first).toBe(true);
	expect(telemetry).toEqual(truth);
});

test('a row that was updated counts with its newest version', async () => {
	await run('r1');
	const before = await clock();
	await app.query(`update runs set status = 'done'`);
	const { truth } = await spans('key-r1');
	expect(truth.first && before < truth.first).toBe(true);
});

test('tables that are gone, and columns that have another name, are passed over', async () => {
	await run('r1');
	await event('r1');
	const { truth, telemetry } = await spans('key-r1');
	expect(telemetry.first).toBeDefined();
	const owner = await plane.connect('owner');
	await owner.query('alter table telemetry_event rename column run_id to run');
	expect(await spans('key-r1')).toEqual({ truth, telemetry: {} });
	await owner.query('drop table telemetry_event, telemetry_cleanup_log, incidents');
	expect(await spans('key-r1')).toEqual({ truth, telemetry: {} });
	await owner.query('drop table runs');
	expect(await spans('key-r1')).toEqual({ truth: {}, telemetry: {} });
});

test('a table of no scenario says nothing of any run', async () => {
	await run('r1');
	const truth = TRUTH.map(({ scenario: _, ...table }) => table);
	expect(await commitSpans(plane.adminUrl, { truth, telemetry: TELEMETRY }, ['key-r1'])).toEqual({
		truth: {},
		telemetry: {},
	});
});
