import { askedMajor, NEWEST } from '../../fixtures/databases/majors.ts';
import type { TelemetryTable } from '../probe.ts';
import { fails, missing, passes, suite, unclear } from '../testcases.ts';
import { SUBJECT } from '../testkit.ts';

const [event, log] = SUBJECT.telemetry as [TelemetryTable, TelemetryTable];
const CHECK =
	'alter table telemetry_event drop constraint telemetry_event_authoritative_check, add constraint c check';

suite('table-schema', [
	fails('a telemetry table is missing', /telemetry_event does not exist/, ['drop table telemetry_event']),
	fails('a view stands in for a table', /not a table/, [
		'alter table telemetry_cleanup_log rename to x',
		'create view telemetry_cleanup_log as select * from x',
	]),
	fails('the key is gone', /no unique key \(id\)/, [
		'alter table telemetry_event drop constraint telemetry_event_pkey',
	]),
	fails('a column is named after a fact', /runStatus is named after a fact/, [
		'alter table telemetry_event add "runStatus" text',
	]),
	passes(
		'a word only contains a fact',
		['alter table telemetry_event add statuses_quo text, add decisive text'].map((sql) =>
			sql.replace('statuses_quo', 'statusquo'),
		),
	),
	fails('a declared column is gone', /no column run_id/, ['alter table telemetry_event drop run_id']),
	unclear('nothing is declared', /declared/, { subject: { telemetry: [] } }),
]);

suite('check-constraint', [
	missing,
	fails('the constraint is gone', /has no CHECK/, [
		'alter table telemetry_event drop constraint telemetry_event_authoritative_check',
	]),
	fails('the constraint lets true through', /c does not keep it at false/, [
		`${CHECK} (authoritative = false or authoritative = true)`,
	]),
	passes('the constraint is in other words', [`${CHECK} (not (authoritative is true))`]),
	fails('the constraint was never validated', /c is NOT VALID/, [`${CHECK} (not authoritative) not valid`]),
	...((askedMajor() ?? NEWEST) < 18
		? []
		: [
				fails('the constraint is not enforced', /not enforced/, [
					`${CHECK} (not authoritative) not enforced`,
				]),
			]),
	fails('the column may be NULL', /may be NULL/, [
		'alter table telemetry_event alter authoritative drop not null',
	]),
	unclear('the constraint covers another column too', /cannot be evaluated by itself/, [
		`${CHECK} (not authoritative or name = 'x')`,
	]),
	unclear('the constraint calls a function', /cannot be evaluated by itself/, [
		'create function no(boolean) returns boolean immutable language sql as $$ select not $1 $$',
		`${CHECK} (no(authoritative))`,
	]),
	unclear('the column is not declared', /no telemetry relation declares/, { subject: { telemetry: [log] } }),
]);

suite('no-fk-constraints', [
	missing,
	fails('telemetry references truth', /k \(telemetry_event → runs\)/, [
		'alter table telemetry_event add constraint k foreign key (run_id) references runs',
	]),
	fails('truth references telemetry', /k \(traces → telemetry_event\)/, [
		'alter table traces add event bigint constraint k references telemetry_event',
	]),
	fails('a partition of telemetry references truth', /k \(part → runs\)/, {
		sql: [
			'create table telemetry_more (run_id text) partition by list (run_id)',
			`create table part partition of telemetry_more default`,
			'alter table part add constraint k foreign key (run_id) references runs',
		],
		subject: { telemetry: [event, { name: 'telemetry_more', key: [] }] },
	}),
	passes('telemetry references telemetry', [
		'alter table telemetry_event add log bigint references telemetry_cleanup_log',
	]),
	unclear('a truth table is missing', /missing truth relation: traces/, ['drop table traces']),
	unclear('there is no constraint at all', /nothing to look at/, {
		sql: ['create table a (x text)', 'create table b (x text)'],
		subject: {
			truth: [{ name: 'a', holds: 'runs', key: [], volatile: [] }],
			telemetry: [{ name: 'b', key: [] }],
		},
	}),
]);
