import type { TelemetryTable, TruthTable } from '../probe.ts';
import { fails, fn, missing, passes, suite, unclear } from '../testcases.ts';
import { SUBJECT } from '../testkit.ts';

const [runs, traces, incidents] = SUBJECT.truth as [TruthTable, TruthTable, TruthTable];
const [event] = SUBJECT.telemetry as [TelemetryTable];

suite('non-authoritative', [
	missing,
	unclear('there are 0 rows', /nothing to look at/, ['truncate telemetry_event']),
	fails('a row claims authority', /1 rows of telemetry_event do not say/, [
		'alter table telemetry_event drop constraint telemetry_event_authoritative_check',
		'update telemetry_event set authoritative = true where id = 1',
	]),
	fails('a row says nothing', /2 rows/, [
		'alter table telemetry_event alter authoritative drop not null',
		'update telemetry_event set authoritative = null',
	]),
	unclear('the column is gone', /could not look: .*authoritative/, [
		'alter table telemetry_event drop authoritative',
	]),
]);

suite('replay-isolation', [
	fails('replay reads telemetry', /reads telemetry_event, which is not a declared truth/, {
		subject: { replayReads: ['runs', 'telemetry_event'] },
	}),
	fails('a run has no trace', /1 run without rows in traces, e.g. third/, [
		`insert into runs values ('r3', 'third', 'done')`,
	]),
	passes('an interrupted run has no trace', [`insert into runs values ('r3', 'third', 'cut')`]),
	unclear('there are 0 runs', /0 rows/, ['truncate runs cascade']),
	unclear('a truth table is missing', /missing truth relation/, ['drop table traces']),
	unclear('nothing is declared as read', /replayReads is empty/, { subject: { replayReads: [] } }),
	unclear('no traces are declared', /no tables of runs and of traces/, {
		subject: { truth: [runs, incidents], replayReads: ['runs'] },
	}),
]);

suite('ttl-enforcement', [
	missing,
	unclear('there are 0 rows', /nothing to look at/, ['truncate telemetry_event']),
	fails('the column may be NULL', /may be NULL/, [
		'alter table telemetry_event alter expires_at drop not null',
	]),
	fails('the index is gone', /no index leads with/, ['drop index telemetry_event_expires_at_idx']),
	fails('nothing keeps it ahead', /no CHECK and no default/, [
		'alter table telemetry_event drop constraint telemetry_event_check, alter expires_at drop default',
	]),
	fails('the CHECK and the default say nothing', /no CHECK and no default/, [
		'alter table telemetry_event drop constraint telemetry_event_check, alter expires_at set default now(), add check (expires_at > created_at or expires_at <= created_at)',
	]),
	passes('a default alone keeps it ahead', [
		'alter table telemetry_event drop constraint telemetry_event_check',
	]),
	fails('a row expired before it was created', /1 rows of telemetry_event expire before/, [
		'alter table telemetry_event drop constraint telemetry_event_check',
		`update telemetry_event set expires_at = created_at - interval '1 s' where id = 1`,
	]),
	fails('the commit is all there is to compare with', /1 rows/, [
		'alter table telemetry_event drop created_at',
		`update telemetry_event set expires_at = now() - interval '1 h' where id = 1`,
	]),
	unclear('the column is gone', /expires_at does not exist/, ['alter table telemetry_event drop expires_at']),
]);

suite('truth-independence', [
	missing,
	fails('a truth table is missing', /traces does not exist/, ['drop table traces']),
	unclear('there are 0 runs', /nothing to look at/, ['truncate runs cascade']),
	fails('a superuser owns truth', /traces belongs to postgres, who is a superuser/, {
		admin: ['alter table traces owner to postgres'],
	}),
	fails('truth is not logged', /incidents is not an ordinary, logged table/, [
		'alter table incidents set unlogged',
	]),
	fails('the planes share an enum', /type mood belongs to both/, [
		`create type mood as enum ('a')`,
		'alter table runs add m mood',
		'alter table telemetry_event add m mood[]',
	]),
	fails('the planes share a sequence', /sequence s belongs to both/, [
		'create sequence s',
		`alter table runs add n int default nextval('s')`,
		`alter table telemetry_event add n int default nextval('s')`,
	]),
	fails('truth counts with the identity of telemetry', /sequence telemetry_event_id_seq belongs to both/, [
		`alter table runs add n bigint default nextval('telemetry_event_id_seq')`,
	]),
	fails('telemetry inherits from truth', /child inherits from runs/, {
		sql: ['create table child () inherits (runs)'],
		subject: { telemetry: [event, { name: 'child', key: ['id'] }] },
	}),
	fails('a default reads telemetry', /default.*→ function guess\(\) → table telemetry_event/, [
		fn('guess()', 'return (select count(*) from telemetry_event);', 'bigint'),
		'alter table runs add n bigint default guess()',
	]),
]);

/** The commit timestamp of the row is that of truth, and its transaction id another one. */
const behindASavepoint = (run: string): string =>
	`begin; insert into runs values ('${run}', '${run}', 'done'); savepoint s; insert into telemetry_event (run_id, name) values ('${run}', 'x'); release s; commit`;

suite('write-order', [
	missing,
	unclear('there are 0 rows', /nothing to look at/, ['truncate telemetry_event']),
	fails('telemetry describes a run that is not there', /1 row of telemetry_event describe no row of runs/, [
		`insert into telemetry_event (run_id, name) values ('r9', 'x')`,
	]),
	fails('a transaction is shared', /1 row of telemetry_event share a transaction/, [
		`begin; insert into runs values ('r3', 'k', 'done'); insert into telemetry_event (run_id, name) values ('r3', 'x'); commit`,
	]),
	fails('transactions are shared behind savepoints', /2 rows of telemetry_event share a transaction/, [
		behindASavepoint('r3'),
		behindASavepoint('r4'),
	]),
	fails('the only transaction of telemetry is shared behind a savepoint', /1 row of telemetry_event share/, [
		'truncate telemetry_event',
		behindASavepoint('r3'),
	]),
	passes('one of several was committed in the same microsecond as truth, which the clock may do', [
		behindASavepoint('r3'),
	]),
	fails('a transaction is shared with a later step of the run', /share a transaction/, [
		`begin; insert into traces values ('r1', 2, 'x'); insert into telemetry_event (run_id, name) values ('r1', 'x'); commit`,
	]),
	fails('telemetry was first', /1 row of telemetry_event were committed before the truth/, [
		'truncate runs, traces, incidents, telemetry_event',
		`insert into telemetry_event (run_id, name) values ('r3', 'x')`,
		`insert into runs values ('r3', 'k', 'done')`,
		// What 14 cannot be told to do, it does by itself once a second.
		`do $$ begin perform pg_stat_force_next_flush(); exception when undefined_function then perform pg_sleep(1); end $$`,
	]),
	passes('truth was updated since, with an older trace left', [`update runs set status = 'closed'`]),
	unclear('truth was updated since, and nothing older is left', /truth was updated since/, [
		'truncate traces, incidents',
		`update runs set status = 'closed'`,
	]),
	unclear('what is described is not declared', /describes runs, which is not a declared truth/, {
		subject: { truth: [traces, incidents] },
	}),
]);
