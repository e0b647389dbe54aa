/** The two planes as the catalog describes them, so that a restored plane can be held against the one from before. */
import { createHash } from 'node:crypto';
import escapeRegExp from 'escape-string-regexp';
import type { Subject } from '../../fixtures/subjects/port.ts';
import { look, qualified } from './session.ts';

export interface Catalog {
	/** SHA-256 of the entries, hex. */
	readonly digest: string;
	/** One line per thing, sorted, without OIDs and without the suite's own instruments. */
	readonly entries: readonly string[];
}

const ENTRIES = `
	with recursive tree(relation, parent) as (
		select to_regclass(declared.relation)::oid, null::regclass from unnest($1::text[]) declared(relation)
		union all
		select i.inhrelid, i.inhparent::regclass from tree join pg_inherits i on i.inhparent = tree.relation
	), planes as (
		select c.oid::regclass::text as name, tree.parent, c.* from tree join pg_class c on c.oid = tree.relation
	)
	select format('table %s of=%s bound=%s kind=%s owner=%s rls=%s forced=%s persistence=%s options=%s', name,
		parent, pg_get_expr(relpartbound, oid), relkind,
		relowner::regrole, relrowsecurity, relforcerowsecurity, relpersistence, reloptions) as entry from planes
	union all
	select format('column %s.%s type=%s notnull=%s default=%s identity=%s generated=%s collation=%s', p.name, a.attname,
		format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attcollation::regcollation)
	from planes p join pg_attribute a on a.attrelid = p.oid and a.attnum > 0 and not a.attisdropped
	left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
	union all
	select format('constraint %s.%s %s validated=%s', p.name, c.conname, pg_get_constraintdef(c.oid), c.convalidated)
	from planes p join pg_constraint c on c.conrelid = p.oid where c.contype <> 't'
	union all
	select format('index %s %s valid=%s', p.name, pg_get_indexdef(i.indexrelid), i.indisvalid)
	from planes p join pg_index i on i.indrelid = p.oid
	union all
	select format('trigger %s %s enabled=%s', p.name, pg_get_triggerdef(t.oid), t.tgenabled)
	from planes p join pg_trigger t on t.tgrelid = p.oid and not t.tgisinternal
	join pg_proc f on f.oid = t.tgfoid and f.pronamespace::regnamespace::text <> 'bystander'
	union all
	select format('policy %s.%s permissive=%s command=%s roles=%s using=%s check=%s', p.name, y.polname, y.polpermissive,
		y.polcmd, (select array_agg(coalesce(nullif(r.oid, 0)::regrole::text, 'public') order by 1) from unnest(y.polroles) r(oid)),
		pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid))
	from planes p join pg_policy y on y.polrelid = p.oid
	union all
	select format('grant on %s to %s: %s%s', p.name, case g.grantee when 0 then 'public' else g.grantee::regrole::text end,
		g.privilege_type, case when g.is_grantable then ' with grant option' else '' end)
	from planes p, aclexplode(coalesce(p.relacl, acldefault('r', p.relowner))) g
	union all
	select format('grant on %s.%s to %s: %s', p.name, a.attname, case g.grantee when 0 then 'public' else g.grantee::regrole::text end, g.privilege_type)
	from planes p join pg_attribute a on a.attrelid = p.oid and not a.attisdropped, aclexplode(a.attacl) g
	union all
	select format('sequence %s owned by %s.%s owner=%s grants=%s', s.oid::regclass, p.name, a.attname, s.relowner::regrole, s.relacl)
	from planes p join pg_depend d on d.refobjid = p.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
	join pg_class s on s.oid = d.objid and s.relkind = 'S'
	join pg_attribute a on a.attrelid = p.oid and a.attnum = d.refobjsubid
	union all
	select format('view %s owner=%s %s', c.oid::regclass, c.relowner::regrole, pg_get_viewdef(c.oid))
	from pg_class c where c.relkind in ('v', 'm')
		and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'bystander')
	order by 1`;

export async function readCatalog(
	adminUrl: string,
	subject: Pick<Subject, 'truth' | 'telemetry'>,
): Promise<Catalog> {
	const names = [...subject.truth, ...subject.telemetry].map(({ name }) => qualified(name));
	const rows = await look(adminUrl, (run) => run<{ entry: string }>(ENTRIES, [names]));
	const entries = rows.map(({ entry }) => entry).sort();
	return { digest: createHash('sha256').update(entries.join('\n')).digest('hex'), entries };
}

/** `missing: …` for what was there before, `new: …` for what was not. */
export function differences(before: Catalog, now: Catalog): readonly string[] {
	const [was, is] = [new Set(before.entries), new Set(now.entries)];
	return [
		...before.entries.filter((entry) => !is.has(entry)).map((entry) => `missing: ${entry}`),
		...now.entries.filter((entry) => !was.has(entry)).map((entry) => `new: ${entry}`),
	];
}

/** `sha256:…` of the planes as every server has them: its own names of the roles replaced by the subject's. */
export function schemaDigest({ entries }: Catalog, roles: Readonly<Record<string, string>>): string {
	const named = Object.entries(roles).map(
		([real, name]) => [new RegExp(`\\b${escapeRegExp(real)}\\b`, 'g'), name] as const,
	);
	const plain = entries
		.map((entry) => named.reduce((text, [real, name]) => text.replace(real, name), entry))
		.sort();
	return `sha256:${createHash('sha256').update(plain.join('\n')).digest('hex')}`;
}
