import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../fixtures/databases/port.ts';
import { install } from '../../fixtures/failures/instruments.ts';
import { scratchForEach, TELEMETRY, TELEMETRY_DDL, TRUTH } from '../../fixtures/failures/scratch.ts';
import { differences, readCatalog } from './catalog.ts';
import { refusalsOf } from './refusals.ts';
import { countTelemetry, now, readTelemetry } from './telemetry.ts';
import { sharedTransactions } from './transactions.ts';
import { openTruth } from './truth.ts';

const SUBJECT = { truth: TRUTH, telemetry: TELEMETRY };
const EVENT = `insert into telemetry_event (run_id, kind) values ('r1', 'step')`;
const RUN = `insert into runs (id, key, status) values ('r1', 'k1', 'ok')`;

const plane = scratchForEach();

describe('catalog', () => {
	const read = () => readCatalog(plane.adminUrl, SUBJECT);

	test('is equal after drop and re-creation, and does not see the instruments', async () => {
		const [before, owner] = [await read(), await plane.connect('owner')];
		await install(plane);
		await owner.query(`drop table telemetry_event, telemetry_cleanup_log; ${TELEMETRY_DDL}`);
		const now = await read();
		expect(differences(before, now)).toEqual([]);
		expect(now.digest).toBe(before.digest);
		expect(now.entries.length).toBeGreaterThan(30);
	});

	test.for([
		[
			'a grant',
			'grant delete on telemetry_event to public',
			'new: grant on telemetry_event to public: DELETE',
		],
		[
			'a column grant',
			'revoke select on runs from subject_app; grant select (id) on runs to subject_app',
			'missing: grant on runs to subject_app: SELECT',
		],
		[
			'a policy',
			'create policy p on telemetry_event for select using (true)',
			'new: policy telemetry_event.p',
		],
		[
			'row security',
			'alter table telemetry_event enable row level security',
			'missing: table telemetry_event',
		],
		[
			'a trigger',
			'create trigger t before update on runs for each row execute function suppress_redundant_updates_trigger()',
			'new: trigger runs CREATE TRIGGER t',
		],
		[
			'a constraint',
			'alter table telemetry_event drop constraint telemetry_event_authoritative_check',
			'missing: constraint telemetry_event',
		],
		['an index', 'create index i on telemetry_event (kind)', 'new: index telemetry_event CREATE INDEX i'],
		[
			'a default',
			'alter table telemetry_event alter kind set default 1',
			'missing: column telemetry_event.kind',
		],
		['an owner', 'alter table telemetry_event owner to subject_app', 'missing: table telemetry_event'],
		['a view', 'create view dashboard as select count(*) from telemetry_event', 'new: view dashboard'],
		[
			'a partition',
			'create table child () inherits (telemetry_event)',
			'new: table child of=telemetry_event',
		],
	] as const)('differs by %s', async ([, sql, difference]) => {
		const before = await read();
		await (await plane.connect('admin')).query(sql);
		expect(differences(before, await read()).join('\n')).toContain(difference);
	});
});

describe('truth', () => {
	test('is compared by scenario key, whatever the order and the volatile columns', async () => {
		const app = await plane.connect('app');
		const rows = [`('a', 'k1', 'ok')`, `('b', 'k1', 'late')`, `('c', 'k2', 'ok')`, `('d', null, 'ok')`];
		const truth = await openTruth(plane.adminUrl, SUBJECT);
		const byKey = async (order: readonly string[]) => {
			await app.query(`delete from runs; insert into runs (id, key, status) values ${order.join(', ')}`);
			return (await truth.read()).tables[0]?.byKey;
		};
		const first = await byKey(rows);
		expect(Object.keys(first ?? {}).sort()).toEqual(['', 'k1', 'k2']);
		expect(first?.k1).toMatch(/^2:[0-9a-f]+$/);
		expect(truth.texts.get(first?.k2?.split(':')[1] ?? '')).toBe('[{"key": "k2", "status": "ok"}]');
		expect(await byKey(rows.map((row) => row.replace(`('`, `('z`)).reverse())).toEqual(first);
		expect(await byKey(rows.map((row) => row.replace('late', 'ok')))).not.toEqual(first);
		await truth.close();
	});

	test('keeps the bytes of earlier rows, volatile columns among them', async () => {
		const app = await plane.connect('app');
		await app.query(RUN);
		const truth = await openTruth(plane.adminUrl, SUBJECT);
		const before = async () => (await truth.read()).tables[0]?.before;
		await app.query(`insert into runs (id, key, status) values ('r2', 'k2', 'ok')`);
		const same = await before();
		expect(same).toMatchObject({ rows: 1, now: same?.was });
		await app.query(`update runs set started = started + interval '1 microsecond' where id = 'r1'`);
		const changed = await before();
		expect(changed?.was).toBe(same?.was);
		expect(changed?.now).not.toBe(same?.was);
		await truth.close();
	});

	test('tells incidents readably, commit times, and what nobody else can see yet', async () => {
		const [app, other] = [await plane.connect('app'), await plane.connect('app')];
		const truth = await openTruth(plane.adminUrl, SUBJECT);
		await app.query(
			`${RUN}; insert into incidents (run_id, kind, severity, status) values ('r1', 'budget', 'high', 'open')`,
		);
		await other.query(`begin; insert into runs (id, key, status) values ('r2', 'k2', 'ok')`);
		expect((await truth.read()).facts).toEqual([
			{ holds: 'incidents', key: 'k1', fact: 'budget · high · open' },
		]);
		expect(await truth.committed(['k1', 'k2'])).toMatchObject([
			{ key: 'k1', at: expect.stringMatching(/^20.*Z$/) },
		]);
		const described = ['r1', 'r2'].map((describes) => ({ table: 'telemetry_event', describes }));
		expect(await truth.missing(described)).toEqual(['telemetry_event describes runs r2']);
		await truth.close();
	});

	test('outlives crashes of the server with what it has taken down', async () => {
		const app = await plane.connect('app');
		await app.query(RUN);
		const truth = await openTruth(plane.adminUrl, SUBJECT);
		const open = await plane.connect('app');
		await open.query(`begin; insert into runs (id, key, status) values ('r2', 'k2', 'ok')`);
		const before = await truth.read();
		for (const look of [
			async () => expect(await truth.begun(['k1', 'k2'])).toBe(1),
			async () => expect(await truth.committed(['k1', 'k2'])).toMatchObject([{ key: 'k1' }]),
			async () =>
				expect(await truth.missing([{ table: 'telemetry_event', describes: 'r2' }])).toEqual([
					'telemetry_event describes runs r2',
				]),
			async () => expect(await truth.read()).toEqual(before),
		]) {
			await plane.server.crash();
			await expect(truth.begun(['k1'])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
			await expect(truth.read()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
			await plane.server.start();
			await look();
		}
		await (await plane.connect('app')).query(`update runs set started = started + interval '1 second'`);
		const [runs] = (await truth.read()).tables;
		expect(runs?.before.was).toBe(before.tables[0]?.before.was);
		expect(runs?.before.now).not.toBe(runs?.before.was);
		await truth.close();
		await expect(truth.begun(['k1'])).rejects.toThrow('The session has ended');
	});

	test('a table that is gone is told from an empty one: it has no digest', async () => {
		const owner = await plane.connect('owner');
		const truth = await openTruth(plane.adminUrl, SUBJECT);
		const incidents = async (of = truth) => (await of.read()).tables[1];
		const empty = await incidents();
		expect(empty).toMatchObject({ table: 'incidents', rows: 0, before: { rows: 0, now: empty?.before.was } });
		expect(empty?.before.now).toMatch(/^[0-9a-f]{64}$/);
		await owner.query('alter table incidents rename to elsewhere');
		expect(await incidents()).toEqual({ ...empty, before: { ...empty?.before, now: '' } });
		const later = await openTruth(plane.adminUrl, SUBJECT);
		expect((await incidents(later))?.before.now).toBe('');
		await owner.query('alter table elsewhere rename to incidents');
		expect(await incidents()).toEqual(empty);
		expect(await incidents(later)).toEqual(empty);
		await truth.close();
		await later.close();
	});

	test('a column that moves is left aside in rows from before, and named; no other is', async () => {
		const owner = await plane.connect('owner');
		await owner.query(
			`create table queue (name text primary key, policy text, depth int); insert into queue values ('q', 'fifo', 1)`,
		);
		const queue = {
			name: 'queue',
			holds: 'other',
			key: ['name'],
			volatile: ['depth'],
			moving: ['depth'],
		} as const;
		const truth = await openTruth(plane.adminUrl, { truth: [queue], telemetry: [] });
		const read = async () => (await truth.read()).tables[0];
		await owner.query('update queue set depth = 7');
		const moved = await read();
		expect(moved).toMatchObject({ moving: ['depth'], before: { rows: 1, now: moved?.before.was } });
		await owner.query(`update queue set policy = 'lifo'`);
		expect((await read())?.before.now).not.toBe(moved?.before.was);
		await truth.close();
	});
});

describe('telemetry', () => {
	test('is counted by the runs that it describes', async () => {
		const app = await plane.connect('app');
		await app.query(
			`${RUN}; ${EVENT}; ${EVENT}; insert into telemetry_event (run_id, kind) values ('nobody', 'step')`,
		);
		const read = () => readTelemetry(plane.adminUrl, SUBJECT, plane.roles, () => 'load');
		expect(await read()).toEqual({
			relations: ['telemetry_event', 'telemetry_cleanup_log'],
			rows: 3,
			writers: ['subject_app', 'subject_owner', 'subject_telemetry'],
			byStage: { load: 2 },
			byKey: { k1: 2 },
		});
		expect(await countTelemetry(plane.adminUrl, SUBJECT, (key) => key === 'k1')).toBe(2);
		await (await plane.connect('owner')).query('alter table telemetry_event rename run_id to renamed');
		expect(await read()).toMatchObject({ rows: 3, byStage: {} });
		expect(await sharedTransactions(plane.adminUrl, SUBJECT)).toEqual({ compared: 0, shared: [] });
		const undescribed = {
			...SUBJECT,
			telemetry: SUBJECT.telemetry.map(({ describes: _, ...table }) => table),
		};
		expect(await sharedTransactions(plane.adminUrl, undescribed)).toMatchObject({ undescribed: true });
		const since = await now(plane.adminUrl);
		await app.query(`insert into telemetry_cleanup_log (deleted) values (1)`);
		expect(await countTelemetry(plane.adminUrl, undescribed, () => false, since)).toBe(1);
		expect(await countTelemetry(plane.adminUrl, undescribed, () => false)).toBe(4);
		await (await plane.connect('owner')).query('drop table telemetry_event, telemetry_cleanup_log');
		expect(await read()).toEqual({ relations: [], rows: 0, writers: [], byStage: {}, byKey: {} });
	});
});

describe('shared transactions', () => {
	const shared = () => sharedTransactions(plane.adminUrl, SUBJECT);

	test('are told by equal xmin, in either order', async () => {
		const app = await plane.connect('app');
		await app.query(RUN);
		await app.query(EVENT);
		expect(await shared()).toEqual({ compared: 1, shared: [] });
		await app.query(`begin; ${EVENT}; insert into incidents (run_id, kind) values ('r1', 'budget'); commit`);
		expect(await shared()).toEqual({
			compared: 2,
			shared: [expect.stringMatching(/^transaction \d+ wrote 1 rows of telemetry_event and wrote incidents/)],
		});
	});

	test('a savepoint hides one: the gates see it', async () => {
		const app = await plane.connect('app');
		await app.query(`begin; ${RUN}; savepoint s; ${EVENT}; commit`);
		expect(await shared()).toEqual({ compared: 1, shared: [] });
	});
});

test('refusals are those of the subject, grouped', () => {
	const event = (over: Partial<LogEvent>): LogEvent => ({
		offset: 0,
		at: '2026-01-01T00:00:00.000Z',
		pid: 1,
		role: 'subject_app',
		severity: 'ERROR',
		sqlstate: '42501',
		message: 'permission denied for table telemetry_event',
		statement: 'insert into telemetry_event',
		...over,
	});
	const events = [
		event({}),
		event({ pid: 2, at: '2026-01-01T00:00:01.000Z' }),
		event({ role: 'postgres' }),
		event({ severity: 'LOG' }),
		event({ sqlstate: '42P01', message: 'gone', severity: 'FATAL' }),
	];
	expect(refusalsOf(events, ['subject_app'])).toMatchObject([
		{ sqlstate: '42501', times: 2, first: '2026-01-01T00:00:00.000Z' },
		{ sqlstate: '42P01', times: 1 },
	]);
});
