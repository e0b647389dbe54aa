-- The telemetry plane. Run again, it makes what is missing and gives back the rights; it never drops, so that nothing
-- which came to depend on telemetry stays unseen. The engine's role has no right here, the writer cannot delete, and the
-- cleanup job cannot write signals.
create table if not exists telemetry_signal (
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
create index if not exists telemetry_signal_expires_at on telemetry_signal (expires_at);
create table if not exists telemetry_cleanup (
	id bigint generated always as identity primary key,
	deleted bigint not null,
	created_at timestamptz not null default now()
);

grant all on telemetry_signal, telemetry_cleanup to current_user;
grant select, insert on telemetry_signal to :"telemetry";
grant select, delete on telemetry_signal to :"cleanup";
grant insert on telemetry_cleanup to :"cleanup";
