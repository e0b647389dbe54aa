/** Each figure that a suite asserts, shown, and not shown for every single reason. */
import { describe, expect, test } from 'vitest';
import { but, changing, control, observed, rows } from '../probes/invariants/testing/example.ts';
import type {
	Execution,
	Observation,
	Phase,
	Refusal,
	Sleep,
	TimelineEntry,
} from '../probes/observe/observation.ts';
import {
	acknowledged,
	asleep,
	counted,
	cutRuns,
	deaths,
	figures,
	inOrder,
	latency,
	neighbours,
	refused,
	refusedColumn,
	refusedInserts,
	refusedOnTelemetry,
	refusedReads,
	refusedToMend,
	storedOfEmitted,
	struckInTime,
	truthEquals,
	walledReplays,
} from './facts.ts';
import type { Seen } from './judge.ts';

const seen = (facts: Partial<Seen> = {}): Seen => ({
	...observed,
	control,
	tables: ['telemetry_event', 'telemetry_cleanup_log'],
	separateWriter: true,
	capabilities: {},
	...facts,
});

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

describe('runs are acknowledged', () => {
	const executions = (facts: Partial<Execution>): Observation =>
		but(observed, { executions: changing(observed.executions, ({ key }) => key === 'load-2', facts) });

	test('all of a stage', () => {
		expect(acknowledged(observed, 'load')).toEqual({
			all: true,
			some: true,
			facts: '3 of 3 runs acknowledged',
		});
	});

	test.for([500, 503, 404, 401, 302, 0, -1, Number.NaN])('but not one that came to %d', (status) => {
		expect(acknowledged(executions({ status }), 'load')).toEqual({
			all: false,
			some: true,
			facts: '2 of 3 runs acknowledged',
		});
	});

	test('one that the stop has cut is owed none, and shows none either', () => {
		expect(acknowledged(executions({ status: 503, cut: 'stop' }), 'load')).toEqual({
			all: true,
			some: true,
			facts: '2 of 2 runs acknowledged',
		});
		const cut = observed.executions.map((run) => ({ ...run, cut: 'stop' as const }));
		const none = acknowledged(but(observed, { executions: cut }), 'load');
		expect([none.all, none.some]).toEqual([false, false]);
	});

	test('none that was asked for is not all', () => {
		expect(acknowledged(but(observed, { executions: [] }), 'load').all).toBe(false);
		expect(acknowledged(observed, 'quiet').all).toBe(false);
	});
});

test('what is stored is held against what the control has emitted; what nobody counted is none', () => {
	const telemetry = { ...observed.telemetry, byStage: { load: 4 } };
	expect(storedOfEmitted(seen({ telemetry }), 'load')).toEqual({ stored: 4, emitted: 9 });
	expect(storedOfEmitted(seen({ telemetry }), 'gates')).toEqual({ stored: 0, emitted: 0 });
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

const entry = (event: string, second: number, fraction = '000'): TimelineEntry => ({
	at: `2026-11-03T10:00:0${second}.${fraction}Z`,
	event,
	source: 'commit timestamp',
});

describe('two events and a later moment', () => {
	const timeline = [entry('truth of strike-1 committed', 1), entry('failure committed', 2)];
	const order = (entries: readonly TimelineEntry[], at: string) =>
		inOrder(but(observed, { timeline: entries }), 'truth of ', 'failure committed', { '42P01': at });

	test('follow each other', () => {
		expect(order(timeline, '2026-11-03T10:00:03.000Z')).toEqual({
			shown: true,
			facts:
				'truth of strike-1 committed at 2026-11-03T10:00:01.000Z, failure committed at 2026-11-03T10:00:02.000Z, first 42P01 at 2026-11-03T10:00:03.000Z',
		});
	});

	test('within a millisecond, since the log has no more', () => {
		const close = [
			entry('truth of strike-1 committed', 1, '000200'),
			entry('failure committed', 1, '000700'),
		];
		expect(order(close, '2026-11-03T10:00:01.000Z').shown).toBe(true);
	});

	test.for([
		['the failure came first', [entry('truth of strike-1 committed', 2), entry('failure committed', 1)], 3],
		['the refusal came before the failure', timeline, 1],
		['the refusal came before either', timeline, 0],
	] as const)('not where %s', ([, entries, second]) => {
		expect(order(entries, `2026-11-03T10:00:0${second}.000Z`).shown).toBe(false);
	});

	test.for([
		['the first', timeline.slice(1), '2026-11-03T10:00:03.000Z', 'the timeline lacks truth of '],
		['the second', timeline.slice(0, 1), '2026-11-03T10:00:03.000Z', 'the timeline lacks failure committed'],
		['the last', timeline, '', 'the timeline lacks 42P01'],
		['all', [], '', 'the timeline lacks truth of , failure committed, 42P01'],
	] as const)('not where %s is missing', ([, entries, at, facts]) => {
		expect(order(entries, at)).toEqual({ shown: false, facts });
	});

	test('not by times that are none', () => {
		expect(order(timeline, 'soon').shown).toBe(false);
		expect(order([{ ...entry('truth of x', 1), at: '' }, entry('failure committed', 2)], 'x').shown).toBe(
			false,
		);
	});
});

describe('replays behind the wall', () => {
	test('are proven, untouched and equal', () => {
		expect(walledReplays(seen())).toEqual({
			proven: true,
			untouched: true,
			equal: true,
			replayed: 2,
			facts: "2 of 2 replays equal the control's, 0 touches of telemetry_event, telemetry_cleanup_log",
		});
	});

	const walls = (facts: Partial<Observation['walls'][number]>) =>
		walledReplays(seen({ walls: changing(observed.walls, ({ during }) => during === 'replay', facts) }));
	const replays = (facts: Partial<Observation['replays'][number]>) =>
		walledReplays(
			seen({
				replays: changing(observed.replays, ({ key, stage }) => key === 'load-1' && stage === 'quiet', facts),
			}),
		);

	test('not where the wall was not proven, or nothing ran behind it', () => {
		for (const facts of [{ proven: false }, { watched: 0 }])
			expect(walls(facts)).toMatchObject({ proven: false, untouched: false });
	});

	test('not where one wall of two was not proven', () => {
		const [wall] = observed.walls;
		const second = wall === undefined ? [] : [{ ...wall, proven: false }];
		expect(walledReplays(seen({ walls: [...observed.walls, ...second] })).proven).toBe(false);
	});

	test('not where another wall stood', () => {
		for (const facts of [{ during: 'o1' }, { stage: 'dropped' }] as const)
			expect(walls(facts)).toMatchObject({ proven: false, untouched: false });
		expect(walledReplays(seen({ walls: [] }))).toMatchObject({ proven: false, untouched: false });
	});

	test('not where telemetry was touched', () => {
		const touch = {
			during: 'replay of load-1',
			how: 'waited',
			pid: 7,
			role: 'app',
			relation: 'telemetry_event',
			statement: 'select',
		} as const;
		expect(walls({ touches: [touch] })).toMatchObject({ proven: true, untouched: false, equal: true });
	});

	test('not where one differs, has no bytes, or is of no run of the control', () => {
		for (const facts of [{ sha256: 'other' }, { sha256: '', bytes: 0 }, { key: 'load-9' }])
			expect(replays(facts)).toMatchObject({ equal: false, replayed: 2 });
	});

	test('not where nothing was replayed in the quiet window', () => {
		for (const all of [[], observed.replays.filter(({ stage }) => stage !== 'quiet')])
			expect(walledReplays(seen({ replays: all }))).toMatchObject({ equal: false, replayed: 0 });
	});

	test('not where the control has no bytes either', () => {
		const empty = but(control, { replays: control.replays.map((one) => ({ ...one, sha256: '' })) });
		const none = observed.replays.map((one) => ({ ...one, sha256: '' }));
		expect(walledReplays(seen({ control: empty, replays: none })).equal).toBe(false);
		expect(walledReplays(seen({ control: but(control, { replays: [] }) })).equal).toBe(false);
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

test('figures are as they were counted, and 0 where nothing was', () => {
	const counts = { 'rows deleted': 4, 'rows left': 0 };
	expect(counted(but(observed, { counts }), 'rows deleted')).toBe(4);
	expect(counted(but(observed, { counts }), 'rows planted')).toBe(0);
	expect(figures(but(observed, { counts }))).toBe('rows deleted: 4, rows left: 0');
	expect(figures(observed)).toBe('nothing was counted');
});

describe('truth equals', () => {
	const without = (key: string): Partial<Observation> => ({
		truth: observed.truth.map((facts) => {
			const { [key]: _, ...byKey } = facts.byKey;
			return { ...facts, byKey };
		}),
	});

	test('the control in every table', () => {
		expect(truthEquals(seen())).toBe(true);
	});

	test.for([
		['another row', rows(observed, 'traces', { 'load-1': '3:other' })],
		['one row less', rows(observed, 'traces', { 'load-1': undefined })],
		['one row more', rows(observed, 'incidents', { 'load-1': '1:i1' })],
		['a table that is gone', observed.truth.filter(({ holds }) => holds !== 'traces')],
		['no table at all', []],
	] as const)('not with %s', ([, truth]) => {
		expect(truthEquals(seen({ truth }))).toBe(false);
	});

	test('not where nothing was acknowledged', () => {
		const executions = observed.executions.map((run) => ({ ...run, status: 500 }));
		expect(truthEquals(seen({ executions }))).toBe(false);
		expect(truthEquals(seen({ executions: [] }))).toBe(false);
	});

	test('not with a control that has nothing', () => {
		expect(truthEquals(seen({ control: but(control, { truth: [] }) }))).toBe(false);
		expect(truthEquals(seen({ control: but(control, { truth: [] }), truth: [] }))).toBe(false);
		expect(truthEquals(seen({ control: but(control, { executions: [] }), executions: [] }))).toBe(false);
	});

	test('not where a run without any row was acknowledged, in the control as well', () => {
		expect(truthEquals(seen({ ...without('load-2'), control: but(control, without('load-2')) }))).toBe(false);
	});

	test('a run that was refused here needs nothing, and one that only the control was refused has rows', () => {
		const refusing = (observation: Observation) => ({
			executions: changing(observation.executions, ({ key }) => key === 'load-2', {
				status: 503,
				cut: 'stop' as const,
			}),
		});
		expect(truthEquals(seen({ ...refusing(observed), ...without('load-2') }))).toBe(true);
		const cut = but(control, { ...refusing(control), truth: rows(control, 'runs', { 'load-2': '1:cut' }) });
		expect(truthEquals(seen({ control: cut }))).toBe(true);
		expect(truthEquals(seen({ control: cut, ...without('load-2') }))).toBe(false);
	});
});

describe('latency', () => {
	const attempt = (slowestMs: number) => ({ slowestMs, spreadMs: 50, startMs: 300, stopMs: 100 });
	const unaffected = (...slowest: readonly number[]) =>
		latency(seen({ attempts: slowest.map(attempt) })).unaffected;

	test('is unaffected within the bound, in one attempt of several', () => {
		expect(latency(seen())).toEqual({ unaffected: true, facts: 'slowest 520 ms, the control 400 ms' });
		expect(unaffected(650)).toBe(true);
		expect(unaffected(9000, 500)).toBe(true);
	});

	test('not over it', () => {
		expect(unaffected(651)).toBe(false);
		expect(unaffected(9000, 8000, 7000)).toBe(false);
	});

	test('not over it in a start or a stop', () => {
		expect(latency(seen({ attempts: [{ ...attempt(500), stopMs: 10_000 }] })).unaffected).toBe(false);
		expect(latency(seen({ attempts: [{ ...attempt(500), startMs: 10_000 }] })).unaffected).toBe(false);
	});

	test('not where nothing was measured, here or in the control', () => {
		expect(latency(seen({ attempts: [] }))).toEqual({
			unaffected: false,
			facts: 'slowest of no attempt ms, the control 400 ms',
		});
		expect(unaffected(0)).toBe(false);
		expect(unaffected(Number.NaN)).toBe(false);
		for (const attempts of [[], [attempt(0)]])
			expect(latency(seen({ control: but(control, { attempts }) })).unaffected).toBe(false);
	});
});

describe('struck in time', () => {
	const begins = (second: number) => entry('strike begins', second);
	const first = entry('truth first committed', 2);
	const last = entry('truth last committed', 4);
	const load = entry('truth of the load last committed', 6);
	const shown = (
		timing: Parameters<typeof struckInTime>[1],
		timeline: readonly TimelineEntry[],
		phase: Phase = 'live',
	) => struckInTime(but(observed, { timeline, phase }), timing).shown;

	test.for([
		['before', [1, 2], [3, 5]],
		['during', [2, 3, 4], [1, 5]],
		['after', [4, 5], [1, 3]],
		['replay', [4, 5], [1, 3]],
		['any', [1, 3, 5], []],
		['deploy', [1, 3, 5], []],
	] as const)('%s', ([timing, right, wrong]) => {
		for (const second of right) expect(shown(timing, [begins(second), first, last, load])).toBe(true);
		for (const second of wrong) expect(shown(timing, [begins(second), first, last, load])).toBe(false);
	});

	test('a crash may meet a stop until the load is over, and nothing else may', () => {
		const crashes = (second: number) => ({
			...begins(second),
			event: 'strike begins: the database is cut off',
		});
		for (const second of [2, 5, 6])
			expect(shown('during', [crashes(second), first, last, load], 'stop')).toBe(true);
		for (const second of [1, 7])
			expect(shown('during', [crashes(second), first, last, load], 'stop')).toBe(false);
		expect(shown('during', [crashes(3), first, last], 'stop')).toBe(false);
		expect(shown('during', [begins(6), first, last, load], 'stop')).toBe(false);
		expect(shown('during', [begins(3), first, last, load], 'stop')).toBe(true);
	});

	test('what was asked for and never answered would have come last', () => {
		const run = { key: 'strike-2-success', scenario: 'success', stage: 'load', status: 0 } as const;
		const during = (executions: Seen['executions'], second: number) =>
			struckInTime(but(observed, { timeline: [begins(second), first, last], executions }), 'during').shown;
		expect(during([run], 5)).toBe(true);
		expect(during([run], 1)).toBe(false);
		expect(during([{ ...run, status: 201 }], 5)).toBe(false);
		expect(during([{ ...run, key: 'load-2-success' }], 5)).toBe(false);
	});

	test('a boot is struck before anything, but struck', () => {
		expect(shown('after', [begins(1), first, last], 'boot')).toBe(true);
		expect(shown('after', [first, last], 'boot')).toBe(false);
	});

	test.for(['before', 'during', 'after', 'replay', 'any', 'deploy'] as const)(
		'%s: not without the notes',
		(timing) => {
			for (const phase of ['live', 'boot', 'stop'] as const) {
				expect(shown(timing, [], phase)).toBe(false);
				expect(shown(timing, [first, last, load], phase)).toBe(false);
				expect(shown(timing, [{ ...begins(3), at: '' }, first, last, load], phase)).toBe(false);
			}
			const needs = {
				before: [first],
				during: [first, last],
				after: [last],
				replay: [last],
				any: [],
				deploy: [],
			};
			for (const missing of needs[timing])
				expect(
					shown(
						timing,
						[begins(3), first, last, load].filter((one) => one !== missing),
					),
				).toBe(false);
		},
	);

	test('the last of several strikes counts, and the facts tell them all', () => {
		const timeline = [begins(1), entry('struck: one', 1), first, begins(3), entry('struck: two', 3), last];
		expect(shown('before', timeline)).toBe(false);
		expect(shown('during', timeline)).toBe(true);
		const { facts } = struckInTime(but(observed, { timeline }), 'during');
		expect(facts.split('; ')).toHaveLength(6);
		expect(struckInTime(observed, 'any').facts).toBe('no strike was noted');
	});
});

describe('runs that were cut', () => {
	const cutting = (facts: Partial<Execution>, more: Partial<Seen> = {}): Seen =>
		seen({
			executions: changing(observed.executions, ({ key }) => key === 'load-2', { cut: 'crash', ...facts }),
			...more,
		});

	test.for(['finished', 'interrupted', 'absent'] as const)('are clean when they are found %s', (found) => {
		const { times, clean, facts } = cutRuns(cutting({ status: 500, found }));
		expect({ times, clean }).toEqual({ times: 1, clean: true });
		expect(facts).toBe(`2 of 2 runs acknowledged; 1 cut: 1 ${found}`);
	});

	test('and where they were acknowledged all the same', () => {
		expect(cutRuns(cutting({}))).toMatchObject({ times: 1, clean: true });
	});

	test('not when they are half-written, or nobody looked', () => {
		expect(cutRuns(cutting({ status: 0, found: 'half-written' }))).toMatchObject({ times: 1, clean: false });
		expect(cutRuns(cutting({ status: 0 })).clean).toBe(false);
	});

	test('not when an acknowledged run is not there, or another was refused', () => {
		const cut = { status: 0, found: 'absent' } as const;
		expect(cutRuns(cutting(cut, { truth: rows(observed, 'runs', { 'load-1': undefined }) })).clean).toBe(
			false,
		);
		const executions = changing(cutting(cut).executions, ({ key }) => key === 'load-3', { status: 500 });
		expect(cutRuns(seen({ executions })).clean).toBe(false);
	});

	test('none that was cut is told as none', () => {
		expect(cutRuns(seen())).toMatchObject({ times: 0, facts: '3 of 3 runs acknowledged; 0 cut: none' });
		expect(cutRuns(seen({ executions: [] }))).toMatchObject({ times: 0, clean: false });
	});
});

describe('neighbours of an oversize signal', () => {
	const counts = { 'signals oversize': 2, 'signals stored oversize': 0, 'oversize in load-2': 2 };
	const stored = (byKey: Readonly<Record<string, number>>, facts: Partial<Seen> = {}) =>
		neighbours(seen({ counts, telemetry: { ...observed.telemetry, byKey }, ...facts }));
	const LEFT = { 'load-1': 3, 'load-2': 1, 'load-3': 3 };

	test('are stored, and it is absent', () => {
		expect(stored(LEFT)).toEqual({
			absent: true,
			stored: true,
			facts: '9 signals of 3 runs, 2 of them oversize, 7 stored; oversize and stored: 0',
		});
	});

	test('not when one of them is lost, or one is there too many', () => {
		expect(stored({ ...LEFT, 'load-2': 0 }).stored).toBe(false);
		expect(stored({ ...LEFT, 'load-1': 2 }).stored).toBe(false);
		expect(stored({ ...LEFT, 'load-2': 3 }).stored).toBe(false);
		expect(stored({}).stored).toBe(false);
	});

	test('not when the control has nothing of such a run', () => {
		const { 'load-1': _, ...byKey } = control.telemetry.byKey;
		const telemetry = { ...control.telemetry, byKey };
		const less = { control: but(control, { telemetry }) };
		expect(stored({ ...LEFT, 'load-1': 1 }, less).stored).toBe(false);
	});

	test('not when nothing of the load was oversize', () => {
		const elsewhere = { 'signals oversize': 2, 'signals stored oversize': 0, 'oversize in strike-1': 2 };
		expect(stored(observed.telemetry.byKey, { counts: elsewhere }).stored).toBe(false);
		expect(stored(observed.telemetry.byKey, { counts: {} })).toMatchObject({ absent: false, stored: false });
	});

	test('not when none of its runs was acknowledged', () => {
		const executions = observed.executions.map((run) => ({ ...run, status: 500 }));
		expect(stored(LEFT, { executions }).stored).toBe(false);
		expect(stored(LEFT, { executions: [] }).stored).toBe(false);
	});

	test('not absent when it is stored, or nobody has looked', () => {
		expect(stored(LEFT, { counts: { ...counts, 'signals stored oversize': 1 } }).absent).toBe(false);
		const { 'signals stored oversize': _, ...unlooked } = counts;
		expect(stored(LEFT, { counts: unlooked }).absent).toBe(false);
		expect(stored(LEFT, { counts: { ...counts, 'signals oversize': 0 } }).absent).toBe(false);
	});

	test('before a stop they are looked for in the runs that it cannot cut', () => {
		const renamed = <T>(facts: Readonly<Record<string, T>>): Record<string, T> =>
			Object.fromEntries(Object.entries(facts).map(([key, one]) => [key.replace('load-', 'struck-'), one]));
		const before = {
			phase: 'stop' as const,
			executions: observed.executions.map((run) => ({ ...run, key: run.key.replace('load-', 'struck-') })),
			counts: renamed(counts),
			control: but(control, {
				telemetry: { ...control.telemetry, byKey: renamed(control.telemetry.byKey) },
			}),
		};
		expect(stored(renamed(LEFT), before)).toMatchObject({ absent: true, stored: true });
		expect(stored({ ...renamed(LEFT), 'struck-1': 2 }, before).stored).toBe(false);
		// Those of the load may be there or not: the stop cuts them short.
		expect(stored(LEFT, { ...before, executions: observed.executions }).stored).toBe(false);
	});
});
