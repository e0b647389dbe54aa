/** A small law-abiding product, as its adapter declares it and as SQL, to be broken one way at a time. */
import type { ProbeSubject } from './probe.ts';

export const SCHEMA = `
create table runs (id text primary key, key text not null unique, status text not null);
create table traces (run_id text not null references runs, step int not null, body text not null, primary key (run_id, step));
create table incidents (id int primary key, run_id text not null references runs, kind text not null, status text not null);
create table telemetry_event (
	id bigint generated always as identity primary key,
	run_id text not null,
	name text not null,
	authoritative boolean not null default false check (authoritative = false),
	created_at timestamptz not null default now(),
	expires_at timestamptz not null default now() + interval '7 days',
	check (expires_at > created_at)
);
create index on telemetry_event (expires_at);
create table telemetry_cleanup_log (id bigint generated always as identity primary key, deleted int not null);`;

/** Three transactions: a run begins, its trace follows, telemetry last. */
export const ROWS = [
	`insert into runs values ('r1', 'first', 'done'), ('r2', 'second', 'done')`,
	`insert into traces values ('r1', 1, 'thought'), ('r2', 1, 'thought');
	insert into incidents values (1, 'r2', 'budget_exceeded', 'open')`,
	`insert into telemetry_event (run_id, name) values ('r1', 'latency'), ('r2', 'latency')`,
];

const runKey = '(select r.key from runs r where r.id = t.run_id)';

const subject: ProbeSubject = {
	truth: [
		{ name: 'runs', holds: 'runs', key: ['id'], scenario: 't.key', volatile: [] },
		{ name: 'traces', holds: 'traces', key: ['run_id', 'step'], scenario: runKey, volatile: [] },
		{ name: 'incidents', holds: 'incidents', key: ['id'], scenario: runKey, volatile: [], facts: ['kind'] },
	],
	telemetry: [
		{
			name: 'telemetry_event',
			key: ['id'],
			describes: { column: 'run_id', table: 'runs', references: 'id' },
			expires: 'expires_at',
			authoritative: 'authoritative',
		},
		{ name: 'telemetry_cleanup_log', key: ['id'] },
	],
	endpoints: [
		{ name: 'incidents', path: '/incidents', volatile: ['/asked'] },
		{ name: 'run', path: '/runs/{run}' },
	],
	replayReads: ['runs', 'traces'],
	capabilities: {
		metrics: [{ name: 'metrics', path: '/metrics', charts: ['/series'], deadlineMs: 1000 }],
		interrupted: { column: 'status', status: 'cut', incident: 'cut' },
	},
};

export default subject;
