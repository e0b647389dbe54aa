/**
 * Postgres itself keeps every authoritative column at false: NOT NULL, and a validated, enforced CHECK over that
 * column alone that is false for true and not for false, found by evaluating it, not by reading it. No such
 * CHECK fails. Inconclusive: a table is missing, no column is declared, or the only candidates cannot be
 * evaluated alone (they cover other columns, or call functions of the subject). Spec §2 (data law), §6.
 */
import { ident, judge, type Look, type Probe, plural, present, Unseen } from '../probe.ts';

interface Column {
	table: string;
	name: string;
	type: string;
	nullable: boolean;
}

interface Check extends Pick<Column, 'table'> {
	name: string;
	expression: string;
	alone: boolean;
	binding: boolean;
}

/** True refused and false let through; NULL passes a CHECK. */
async function pins(look: Look, { expression }: Check, { name, type }: Column): Promise<boolean> {
	const column = ident(name);
	const rows = await look.query<{ result: boolean | null }>(
		`select (${expression}) as result
		from (values (1, 'true'::${type}), (2, 'false'::${type})) as t(n, ${column}) order by t.n`,
	);
	return rows[0]?.result === false && rows[1]?.result !== false;
}

export const checkConstraint: Probe = async (look) => {
	const pinned = present(look, 'telemetry').filter(({ declared }) => declared.authoritative !== undefined);
	if (pinned.length === 0) throw new Unseen('no telemetry relation declares an authoritative column');
	const parts = pinned.flatMap((table) => table.parts.map((oid) => ({ oid, ...table.declared })));
	const columns = await look.query<Column & { oid: number; attnum: number }>(
		`select r.oid, a.attnum, r.oid::regclass::text as "table", a.attname::text as name,
			format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
		from unnest($1::oid[], $2::text[]) as r(oid, col)
		join pg_attribute a on a.attrelid = r.oid and a.attname = r.col and not a.attisdropped`,
		[parts.map(({ oid }) => oid), parts.map(({ authoritative }) => authoritative)],
	);
	// `conenforced` is PostgreSQL 18's; as JSON it may be absent.
	const checks = await look.query<Check & { oid: number; attnums: number[] }>(
		`select c.conrelid as oid, c.conkey::int[] as attnums, c.conname::text as name, c.conrelid::regclass::text as "table",
			pg_get_expr(c.conbin, c.conrelid) as expression,
			c.convalidated and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true) as binding,
			cardinality(c.conkey) = 1 and not exists (select from pg_depend d where d.classid = 'pg_constraint'::regclass
				and d.objid = c.oid and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)) as alone
		from pg_constraint c where c.contype = 'c' and c.conrelid = any($1::oid[])`,
		[parts.map(({ oid }) => oid)],
	);
	const wrong: string[] = [];
	const unclear: string[] = [];
	for (const column of columns) {
		const where = `${column.table}.${column.name}`;
		if (column.nullable) wrong.push(`${where} may be NULL`);
		const own = checks.filter(({ oid, attnums }) => oid === column.oid && attnums.includes(column.attnum));
		const binding = own.filter(({ binding }) => binding);
		let held = false;
		for (const check of binding) held ||= check.alone && (await pins(look, check, column));
		const names = (some: readonly Check[]): string => some.map(({ name }) => name).join(', ');
		const elusive = binding.filter(({ alone }) => !alone);
		if (held) continue;
		if (elusive.length > 0) unclear.push(`${where}: ${names(elusive)} cannot be evaluated by itself`);
		else if (binding.length > 0) wrong.push(`${where}: ${names(binding)} does not keep it at false`);
		else if (own.length > 0) wrong.push(`${where}: ${names(own)} is NOT VALID or not enforced`);
		else wrong.push(`${where} has no CHECK that keeps it at false`);
	}
	if (columns.length < parts.length) unclear.push('a declared authoritative column does not exist');
	const looked = `${plural(columns.length, 'authoritative column')}, ${plural(checks.length, 'CHECK constraint')}`;
	return judge({ looked, amount: columns.length, wrong, unclear });
};
