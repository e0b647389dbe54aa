-- The truth plane. Run it by hand with: psql -v app=… -v telemetry=… -v cleanup=… -f schema.sql -f telemetry.sql
create table policies (
	tool text primary key,
	effect text not null check (effect in ('allow', 'deny')),
	reason text not null
);
insert into policies values
	('count_words', 'allow', 'Reads only'),
	('send_mail', 'deny', 'Messages to the outside need a person');

create table jobs (
	id uuid primary key,
	key text not null unique,
	request jsonb not null,
	-- The rules in force when the job began: replay decides by the same ones.
	policies jsonb not null,
	status text not null default 'running'
		check (status in ('running', 'succeeded', 'failed', 'blocked', 'interrupted')),
	result text,
	tokens int not null default 0,
	started_at timestamptz not null default now(),
	finished_at timestamptz,
	check ((status = 'running') = (finished_at is null))
);
create index jobs_unfinished on jobs (id) where status = 'running';

create table steps (
	job_id uuid not null references jobs,
	position int not null,
	kind text not null,
	input jsonb not null,
	output jsonb not null,
	attempts jsonb not null,
	tokens int not null,
	done_at timestamptz not null default now(),
	primary key (job_id, position)
);

create table rulings (
	job_id uuid not null,
	position int not null,
	tool text not null,
	ruling text not null check (ruling in ('allowed', 'denied')),
	reason text not null,
	ruled_at timestamptz not null default now(),
	primary key (job_id, position),
	foreign key (job_id, position) references steps
);

create table incidents (
	id uuid primary key,
	job_id uuid not null references jobs,
	kind text not null,
	severity text not null check (severity in ('warning', 'critical')),
	state text not null default 'open' check (state in ('open', 'resolved')),
	summary text not null,
	opened_at timestamptz not null default now(),
	unique (job_id, kind)
);

create table notes (
	key text primary key,
	value text not null,
	job_id uuid not null references jobs,
	written_at timestamptz not null default now()
);

grant select on policies to :"app";
grant select, insert on steps, rulings, incidents to :"app";
grant select, insert, update on jobs, notes to :"app";
