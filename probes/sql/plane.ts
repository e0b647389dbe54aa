/** Turns the declared names into relations of the catalog, with partitions and inheriting tables. */
import type { Query, Relation } from '../probe.ts';

interface Row {
	name: string;
	oid: number | null;
	kind: string;
	sql: string;
	parts: number[];
}

/** Resolved through the search path, as the subject would. Absent relations are left out. */
export async function relations<Declared extends { readonly name: string }>(
	query: Query,
	declared: readonly Declared[],
): Promise<{ found: Relation<Declared>[]; missing: string[] }> {
	const rows = await query<Row>(
		`with recursive tree as (
			select d.name, to_regclass(d.name)::oid as root, to_regclass(d.name)::oid as oid
			from unnest($1::text[]) as d(name)
			union
			select t.name, t.root, i.inhrelid from tree t join pg_inherits i on i.inhparent = t.oid
		)
		select t.name, c.oid, c.relkind::text as kind, t.root::regclass::text as sql, array_agg(t.oid) as parts
		from tree t left join pg_class c on c.oid = t.root
		group by t.name, t.root, c.oid, c.relkind`,
		[declared.map(({ name }) => name)],
	);
	const byName = new Map(rows.map((row) => [row.name, row]));
	const found: Relation<Declared>[] = [];
	const missing: string[] = [];
	for (const table of declared) {
		const row = byName.get(table.name);
		if (row?.oid == null) missing.push(table.name);
		else found.push({ declared: table, oid: row.oid, kind: row.kind, sql: row.sql, parts: row.parts });
	}
	return { found, missing };
}
