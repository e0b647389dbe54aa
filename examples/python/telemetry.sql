-- The telemetry plane, made anew whatever has become of it: its rows may be lost at any time. The engine's role has no
-- right here, the writer cannot delete, and the cleanup job cannot write signals.
drop table if exists telemetry_signal, telemetry_cleanup;

create table telemetry_signal (
	id bigint generated always as identity primary key,
	job_id uuid not null,
	seq int not null,
	name text not null,
	value double precision,
	labels jsonb not null default '{}',
	authoritative boolean not null default false,
	created_at timestamptz not null default now(),
	expires_at timestamptz not null default now() + interval '7 days',
	constraint telemetry_signal_not_authoritative check (authoritative = false),
	constraint telemetry_signal_expires check (expires_at > created_at),
	constraint telemetry_signal_size check (octet_length(labels::text) <= 4096),
	constraint telemetry_signal_once unique (job_id, seq)
);
create index telemetry_signal_expires_at on telemetry_signal (expires_at);
create table telemetry_cleanup (
	id bigint generated always as identity primary key,
	deleted bigint not null,
	created_at timestamptz not null default now()
);

grant select, insert on telemetry_signal to :"telemetry";
grant select, delete on telemetry_signal to :"cleanup";
grant insert on telemetry_cleanup to :"cleanup";
