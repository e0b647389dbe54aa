/** What the log says of statements of the subject, shown, and not shown for every single reason. */
import { describe, expect, test } from 'vitest';
import { but, observed } from '../probes/invariants/testing/example.ts';
import type { Observation, Refusal, Sleep } from '../probes/observe/observation.ts';
import {
	asleep,
	deaths,
	refused,
	refusedColumn,
	refusedInserts,
	refusedOnTelemetry,
	refusedReads,
	refusedToMend,
} from './refusal-facts.ts';
import { seen } from './testing/seen.ts';

const refusal = (facts: Partial<Refusal> = {}): Refusal => ({
	sqlstate: '42501',
	message: 'permission denied for table telemetry_event',
	role: 'telemetry_writer',
	statement: 'insert into telemetry_event (run_id) values ($1)',
	times: 3,
	first: '2026-11-03T10:00:01.000Z',
	...facts,
});

test('a subject that is kept from making its plane again has met the gap', () => {
	const message = 'bystander: CREATE TABLE is refused, the telemetry plane stays as it is';
	const refusals = [refusal(), refusal({ message, times: 1, first: '2026-11-03T10:00:03.000Z' })];
	const failed = [{ action: 'start', outcome: 'failed', ms: 9 }] as const;
	const done = [{ action: 'start', outcome: 'done', ms: 9 }] as const;
	expect(refusedToMend({ refusals, lifecycle: failed })).toMatchObject({
		times: 1,
		first: '2026-11-03T10:00:03.000Z',
	});
	expect(refusedToMend({ refusals: [refusal()], lifecycle: failed })).toMatchObject({ times: 0, first: '' });
	expect(refusedToMend({ refusals, lifecycle: done })).toMatchObject({ times: 0, first: '' });
});

test('a column under another name is met by who names it, and by who leaves it empty', () => {
	const missing = refusal({
		sqlstate: '42703',
		message: 'column "name" of relation "telemetry_event" does not exist',
	});
	const empty = (column: string) =>
		refusal({
			sqlstate: '23502',
			message: `null value in column "${column}" of relation "telemetry_event" violates not-null constraint`,
		});
	expect(refusedColumn(seen({ refusals: [missing] }))).toMatchObject({ times: 3 });
	expect(refusedColumn(seen({ refusals: [empty('name_v2')] }))).toMatchObject({ times: 3 });
	expect(refusedColumn(seen({ refusals: [empty('name')] }))).toMatchObject({ times: 0 });
	const elsewhere = { ...missing, statement: 'insert into runs (name) values ($1)' };
	expect(refusedColumn(seen({ refusals: [elsewhere] }))).toMatchObject({ times: 0 });
});

describe('refused', () => {
	const refusals = [
		refusal({ first: '2026-11-03T10:00:02.000Z' }),
		refusal({ role: 'app', times: 2 }),
		refusal({ sqlstate: '42P01', times: 40 }),
	];

	test('counts one SQLSTATE and tells the first', () => {
		const { times, first, facts } = refused({ refusals }, '42501');
		expect({ times, first }).toEqual({ times: 5, first: '2026-11-03T10:00:01.000Z' });
		expect(facts).toBe(
			'42501 ×5, first at 2026-11-03T10:00:01.000Z: permission denied for table telemetry_event',
		);
	});

	test('nothing of that SQLSTATE is nothing', () => {
		expect(refused({ refusals }, '42703')).toEqual({ times: 0, first: '', facts: 'no 42703 in the log' });
		expect(refused({ refusals: [] }, '42501').times).toBe(0);
	});
});

const MISSING = 'relation "telemetry_event" does not exist';
const INSERTS = [
	'insert into telemetry_event (run_id) values ($1)',
	'  INSERT INTO "public"."telemetry_event" ("run_id") VALUES ($1)',
	'copy telemetry_event (run_id, name) from stdin',
	'COPY "telemetry_event" FROM STDIN BINARY',
	'merge into telemetry_event using batch on false when not matched then insert values (1)',
	'with batch as (select * from unnest($1::text[])) insert into telemetry_event select * from batch',
	'/* trace 7 */ insert into telemetry_event values ($1)',
	'-- name: StoreEvent :exec insert into telemetry_event values ($1)',
	'explain analyze insert into telemetry_event values ($1)',
];
const READS = [
	'select count(*) from telemetry_event',
	'with newest as ( select run_id, seq, name, value, labels, created_at from telemetry_event limit 9)',
	'-- name: Chart :many select name from telemetry_event',
	'copy (select name from telemetry_event) to stdout',
	'select id from telemetry_event for update skip locked',
	'fetch 100 from charts',
];
const OTHERS = [
	'delete from telemetry_event where id in (select id from expired)',
	'with gone as (delete from telemetry_event returning id) select count(*) from gone',
	'update telemetry_event set labels = (select labels from defaults)',
	'create table telemetry_event as select 1',
	'alter table telemetry_event add column seq int',
	'lock table telemetry_event',
	'truncate telemetry_event',
	'',
];

describe('statements are told apart', () => {
	const inserts = (statement: string, message = MISSING) =>
		refusedInserts(seen({ refusals: [refusal({ sqlstate: '42P01', statement, message })] }), '42P01').times >
		0;
	const reads = (statement: string, message = MISSING) =>
		refusedReads(seen({ refusals: [refusal({ sqlstate: '42P01', statement, message })] }), '42P01').times > 0;

	test.for(INSERTS)('an insert: %s', (statement) => {
		expect({ inserts: inserts(statement), reads: reads(statement) }).toEqual({ inserts: true, reads: false });
	});
	test.for(READS)('a read: %s', (statement) => {
		expect({ inserts: inserts(statement), reads: reads(statement) }).toEqual({ inserts: false, reads: true });
	});
	test.for(OTHERS)('neither: %s', (statement) => {
		expect({ inserts: inserts(statement), reads: reads(statement) }).toEqual({
			inserts: false,
			reads: false,
		});
	});

	test.for([
		['another table', 'relation "runs" does not exist'],
		['a table whose name begins so', 'relation "telemetry_events_archive" does not exist'],
		['a table whose name ends so', 'relation "my_telemetry_event" does not exist'],
		['no table', 'canceling statement due to statement timeout'],
	] as const)('a refusal over %s is none of telemetry', ([, message]) => {
		for (const statement of INSERTS) expect(inserts(statement, message)).toBe(false);
		for (const statement of READS) expect(reads(statement, message)).toBe(false);
	});

	test('another SQLSTATE is no witness', () => {
		const refusals = [refusal()];
		expect(refusedInserts(seen({ refusals }), '42501').times).toBe(3);
		expect(refusedInserts(seen({ refusals }), '42P01').times).toBe(0);
		expect(refusedReads(seen({ refusals }), '42501').times).toBe(0);
	});

	test('tables in a schema are named without it; names are no patterns; without tables there is nothing to refuse', () => {
		const refusals = [refusal({ message: 'permission denied for table events' })];
		const times = (...tables: string[]) => refusedInserts(seen({ tables, refusals }), '42501').times;
		expect(times('metrics.events')).toBe(3);
		expect(times('even[t]s', 'event+s')).toBe(0);
		expect(times()).toBe(0);
	});
});

describe('asleep', () => {
	const sleep = (statement: string): Sleep => ({ at: '', pid: 7, role: 'metrics', statement, ms: 900 });
	const cancelled = (statement: string) =>
		refusal({ sqlstate: '57014', message: 'canceling statement due to statement timeout', statement });
	const shows = (facts: Partial<Observation>, kind: 'insert' | 'select') => {
		const found = asleep(seen(facts), kind);
		return { shown: found.shown, cancelled: found.cancelled };
	};

	test.for([
		['insert', INSERTS],
		['select', READS],
	] as const)('in a statement of kind %s, or cancelled in it', ([kind, statements]) => {
		const other = kind === 'insert' ? 'select' : 'insert';
		for (const statement of statements) {
			const facts = { sleeps: [sleep(statement)], refusals: [cancelled(statement)] };
			// A cancellation tells by the statement alone what it was about.
			const about = statement.includes('telemetry');
			expect(shows(facts, kind), statement).toEqual({ shown: true, cancelled: about });
			expect(shows(facts, other), statement).toEqual({ shown: false, cancelled: false });
		}
	});

	test('not in anything else', () => {
		const facts = { sleeps: OTHERS.map(sleep), refusals: OTHERS.map(cancelled) };
		for (const kind of ['insert', 'select'] as const)
			expect(shows(facts, kind)).toEqual({ shown: false, cancelled: false });
	});

	test('not by a cancellation of what is no telemetry', () => {
		const refusals = [cancelled('select * from runs'), cancelled('select * from telemetry_events_archive')];
		expect(shows({ sleeps: [], refusals }, 'select').cancelled).toBe(false);
		expect(refusedOnTelemetry(seen({ refusals }), '57014').times).toBe(0);
		const own = [cancelled('select * from telemetry_event')];
		expect(refusedOnTelemetry(seen({ refusals: own }), '57014').times).toBe(own[0]?.times);
		expect(refusedOnTelemetry(seen({ refusals: own, tables: [] }), '57014').times).toBe(0);
	});

	test('not by a sleep of its own', () => {
		expect(shows({ sleeps: [sleep('select pg_sleep(1)')] }, 'select').shown).toBe(false);
	});

	test('not when nobody was, and not for another refusal', () => {
		expect(shows({ sleeps: [], refusals: [refusal()] }, 'insert')).toEqual({
			shown: false,
			cancelled: false,
		});
	});

	test('says how many, how long and who', () => {
		const sleeps = [sleep('select 1'), { ...sleep('select 2'), ms: 1200 }];
		expect(asleep(seen({ sleeps }), 'select').facts).toBe(
			'2 backends seen asleep, up to 1200 ms (metrics); no 57014 in the log',
		);
	});
});

describe('deaths', () => {
	const killed = [{ name: 'writer', pid: 42, ended: 'killed' as const }];
	const terminated = refusal({ sqlstate: '57P01', message: 'terminating connection', statement: '' });

	test('of the process and of its backend', () => {
		const { process, backend } = deaths(but(observed, { processes: killed, refusals: [terminated] }));
		expect(process).toEqual({ shown: true, facts: 'writer (pid 42)' });
		expect(backend.shown).toBe(true);
		expect(backend.facts).toContain('57P01 ×3');
		const orphan = refusal({ sqlstate: '08006', message: 'connection to client lost' });
		expect(deaths(but(observed, { refusals: [orphan] })).backend.shown).toBe(true);
	});

	test.for(['no', 'asked', 'died'] as const)('not of a process that ended: %s', (ended) => {
		const processes = [{ name: 'writer', pid: 42, ended }];
		expect(deaths(but(observed, { processes })).process).toEqual({ shown: false, facts: 'none killed' });
	});

	test('not of nothing, and not of a backend that was refused something else', () => {
		const { process, backend } = deaths(but(observed, { processes: [], refusals: [refusal()] }));
		expect([process.shown, backend.shown]).toEqual([false, false]);
		expect(backend.facts).toBe('no 57P01 or 08006 in the log');
	});
});
