/** When telemetry rows expire, by the catalog: defaults and CHECKs as expressions to be evaluated. */
import { ident, type Look } from '../probe.ts';

/** What the catalog says of a column after which rows expire. Expressions that call the subject's code are left out. */
export interface Shape {
	/** NOT NULL. */
	required: boolean;
	/** Its default, as an expression. */
	default: string | null;
	/** A valid index leads with it. */
	indexed: boolean;
	/** A column that says when the row was created. */
	clock: string | null;
	/** CHECKs over it and one column more. */
	checks: { expression: string; other: string; type: string }[];
	/** Commits are dated. */
	stamped: boolean;
}

/** For the table $1 and the column $2. */
export const SHAPE = `select a.attnotnull as required,
	(select pg_get_expr(f.adbin, f.adrelid) from pg_attrdef f where f.adrelid = a.attrelid and f.adnum = a.attnum
		and a.attgenerated = '' and not exists (select from pg_depend d where d.classid = 'pg_attrdef'::regclass
			and d.objid = f.oid and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass))) as default,
	exists (select from pg_index i where i.indrelid = a.attrelid and i.indisvalid and i.indpred is null
		and i.indkey[0] = a.attnum) as indexed,
	(select b.attname::text from pg_attribute b join pg_attrdef f on f.adrelid = b.attrelid and f.adnum = b.attnum
		where b.attrelid = a.attrelid and b.attnum <> a.attnum
			and pg_get_expr(f.adbin, f.adrelid) ~ '^(now|clock_timestamp|statement_timestamp|transaction_timestamp)\\(\\)$|^CURRENT_TIMESTAMP$'
		order by b.attnum limit 1) as clock,
	(select coalesce(json_agg(json_build_object('expression', pg_get_expr(c.conbin, c.conrelid), 'other', b.attname,
			'type', format_type(b.atttypid, b.atttypmod)) order by c.conname), '[]')
		from pg_constraint c join pg_attribute b on b.attrelid = c.conrelid and b.attnum = any(c.conkey) and b.attnum <> a.attnum
		where c.conrelid = a.attrelid and c.contype = 'c' and a.attnum = any(c.conkey) and cardinality(c.conkey) = 2
			and c.convalidated and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
			and not exists (select from pg_depend d where d.classid = 'pg_constraint'::regclass and d.objid = c.oid
				and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass))) as checks,
	current_setting('track_commit_timestamp')::boolean as stamped
	from pg_attribute a where a.attrelid = $1 and a.attname = $2 and not a.attisdropped`;

/** The column that a CHECK keeps this one after: a second before it is refused. */
export async function keptAfter(
	look: Look,
	checks: Shape['checks'],
	expires: string,
): Promise<string | undefined> {
	for (const { expression, other, type } of checks.filter((check) => /^(timestamp|date)/.test(check.type))) {
		const [row] = await look.query<{ allowed: boolean | null }>(
			`select (${expression}) as allowed
			from (select c as ${ident(other)}, c - interval '1 s' as ${ident(expires)} from (select now()::${type}) as n(c)) as t`,
		);
		if (row?.allowed === false) return other;
	}
	return undefined;
}
