/** The observers' own sessions: superuser, named `bystander`, and told apart from the subject's by that name. */
export { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';
import { openSession, type Run, type SessionOptions } from '../../fixtures/databases/sessions.ts';

export {
	isConnectionError,
	LOCKER,
	openLasting,
	openSession,
	type Run,
	type Session,
} from '../../fixtures/databases/sessions.ts';

/** Reads on a session of its own, everything as of one moment, and nothing can be written. */
export async function look<T>(
	url: string,
	action: (run: Run) => Promise<T>,
	options: SessionOptions = {},
): Promise<T> {
	const session = await openSession(url, options);
	try {
		await session.run('begin isolation level repeatable read read only');
		return await action(session.run);
	} finally {
		await session.end();
	}
}

export const identifier = (name: string): string => pg.escapeIdentifier(name);
export const literal = (value: string): string => pg.escapeLiteral(value);

/** A declared table name, quoted and with its schema: `"public"."telemetry_event"`. */
export const qualified = (name: string): string =>
	(name.includes('.') ? name : `public.${name}`).split('.').map(identifier).join('.');

/** SQL of a point in time as ISO 8601 in UTC, to the microsecond. */
export const iso = (timestamp: string): string =>
	`to_char(${timestamp} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** A row of {@link RELATIONS}. */
export interface Relation {
	readonly oid: string;
	readonly name: string;
	readonly declared: string;
}

/** Every table and index of the subject, with the declared name of the table it is, or is a part of. */
export const RELATIONS = `
	select part.oid::text as oid, part.relname::text as name,
		case n.nspname when 'public' then root.relname else n.nspname || '.' || root.relname end as declared
	from pg_class part
	left join pg_index i on i.indexrelid = part.oid
	left join lateral (select coalesce(i.indrelid, part.oid) as oid) t on true
	join pg_class root on root.oid = coalesce(pg_partition_root(t.oid), t.oid)
	join pg_namespace n on n.oid = root.relnamespace and n.nspname !~ '^(pg_|information_schema$|bystander$)'
	where part.relkind in ('r', 'p', 'i', 'I', 'm', 'v')`;

/** Whether a declared table exists and has this column: failures drop the one and rename the other. */
export async function hasColumn(run: Run, table: string, column: string): Promise<boolean> {
	const found = await run(
		'select from pg_attribute where attrelid = to_regclass($1) and attname = $2 and attnum > 0 and not attisdropped',
		[qualified(table), column],
	);
	return found.length > 0;
}
