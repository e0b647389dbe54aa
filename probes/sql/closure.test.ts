import type { TelemetryTable } from '../probe.ts';
import { fails, fn, missing, passes, suite, trigger, unclear } from '../testcases.ts';
import { SUBJECT } from '../testkit.ts';

const [event] = SUBJECT.telemetry as [TelemetryTable];

suite('telemetry-write-failure-safe', [
	missing,
	fails(
		'a trigger on truth writes telemetry',
		/trigger hook on table runs → function f\(\) → table telemetry_event/,
		trigger('runs', `insert into telemetry_event (run_id, name) values (new.id, 'x')`),
	),
	fails(
		'a trigger on truth gets there through another function',
		/hook on table runs → function f\(\) → function emit\(text\) → table telemetry_event/,
		[
			fn('emit(r text)', `insert into public.telemetry_event (run_id, name) values (r, 'x');`, 'void'),
			...trigger('runs', 'perform emit(new.id)'),
		],
	),
	fails('a rule on truth writes telemetry', /rule copy on table runs reaches a telemetry relation/, [
		`create rule copy as on insert to runs do also insert into telemetry_event (run_id, name) values (new.id, 'x')`,
	]),
	fails(
		'a trigger on telemetry writes truth',
		/hook on table telemetry_event writes truth in f\(\)/,
		trigger('telemetry_event', `update runs set status = 'seen' where id = new.run_id`),
	),
	passes(
		'a trigger on telemetry only reads truth',
		trigger('telemetry_event', `/* insert into runs */ perform 1 from runs where id = new.run_id`),
	),
	unclear(
		'a trigger on telemetry names truth in dynamic SQL',
		/names truth in dynamic SQL/,
		trigger('telemetry_event', `execute format('delete from %I', 'runs')`),
	),
	fails('a rule on telemetry writes truth', /rule copy on table telemetry_event reaches truth/, [
		`create rule copy as on insert to telemetry_event do also update runs set status = 'seen'`,
	]),
	fails('telemetry can fail at COMMIT', /late on table telemetry_event can fail at COMMIT/, [
		fn('f()', 'return new;'),
		'create constraint trigger late after insert on telemetry_event deferrable initially deferred for each row execute function f()',
	]),
	passes('the suite has its instruments there', {
		admin: [
			'create schema bystander',
			fn('bystander.gate()', 'update runs set status = status; return new;'),
			'create constraint trigger late after insert on telemetry_event deferrable for each row execute function bystander.gate()',
		],
	}),
]);

suite('replay-does-not-read-telemetry', [
	missing,
	fails('replay reads telemetry itself', /replay reads the telemetry relation telemetry_event/, {
		subject: { replayReads: ['telemetry_event'] },
	}),
	fails('a view reads telemetry', /view seen → rule _RETURN on view seen → table telemetry_event/, {
		sql: ['create view seen as select r.* from runs r join telemetry_event e on e.run_id = r.id'],
		subject: { replayReads: ['runs', 'seen'] },
	}),
	fails(
		'a materialised view on a view reads telemetry',
		/materialized view b → .*view a → .*telemetry_event/,
		{
			sql: [
				'create view a as select * from telemetry_event',
				'create materialized view b as select * from a',
			],
			subject: { replayReads: ['b'] },
		},
	),
	fails('a policy reads telemetry', /policy p on table traces → table telemetry_event/, [
		'create policy p on traces using (exists (select from telemetry_event e where e.run_id = traces.run_id))',
	]),
	fails(
		'a policy reads telemetry in a function',
		/policy p on table traces → function f\(\) → table telemetry_event/,
		[
			fn('f()', 'return exists (select from "telemetry_event");', 'boolean'),
			'create policy p on traces using (f())',
		],
	),
	fails('a function with a body of SQL reads telemetry', /function f\(\) → table telemetry_event/, [
		'create function f() returns boolean begin atomic select exists (select from telemetry_event); end',
		'create policy p on traces using (f())',
	]),
	fails('an inheriting table is telemetry', /table runs → table child/, {
		sql: ['create table child () inherits (runs)'],
		subject: { telemetry: [event, { name: 'child', key: [] }] },
	}),
	passes(
		'a trigger is not a read',
		trigger('runs', `insert into telemetry_event (run_id, name) values (new.id, 'x')`),
	),
	unclear('what replay reads does not exist', /nowhere, which does not exist/, {
		subject: { replayReads: ['runs', 'nowhere'] },
	}),
	unclear('nothing is declared as read', /replayReads is empty/, { subject: { replayReads: [] } }),
]);

suite('truth-tables-independent', [
	missing,
	fails(
		'a trigger on truth reaches telemetry',
		/table runs → trigger hook on table runs → function f\(\) → table telemetry_event/,
		trigger('runs', `insert into telemetry_event (run_id, name) values (new.id, 'x')`),
	),
	fails('a view on truth reads telemetry', /both_planes → .*telemetry_event/, [
		'create view both_planes as select r.id from runs r join telemetry_event e on e.run_id = r.id',
	]),
	passes('a view on truth reads truth', [
		'create view v as select r.id from runs r join traces t on t.run_id = r.id',
	]),
	passes('a view on telemetry reads telemetry', ['create view v as select * from telemetry_event']),
	fails('a CHECK reads telemetry', /constraint k on table runs → function known\(text\)/, [
		fn(
			'known(r text)',
			'return exists (select from telemetry_event e where e.run_id = r) or true;',
			'boolean',
		),
		'alter table runs add constraint k check (known(id))',
	]),
	fails('a generated column reads telemetry', /function n\(text\) → table telemetry_event/, [
		'create function n(text) returns bigint immutable language sql as $$ select count(*) from telemetry_event where run_id = $1 $$',
		'alter table runs add n bigint generated always as (n(id)) stored',
	]),
	fails(
		'a column has the row type of telemetry',
		/table traces → type telemetry_event → table telemetry_event/,
		['alter table traces add e telemetry_event'],
	),
	fails('a foreign key references telemetry', /table traces → constraint .* → table telemetry_event/, [
		'alter table traces add event bigint references telemetry_event',
	]),
	unclear('a truth table is missing', /missing truth relation/, ['drop table traces']),
]);
