/**
 * Truth stands by itself: its tables are ordinary, logged tables with an owner who obeys row security, share no
 * sequence and no type of their own making with telemetry, neither inherit from it nor it from them, and no
 * default or generated column rests on it. A missing truth table fails: truth is what must be there. Inconclusive:
 * no runs (0 rows), a missing telemetry table, nothing declared. Types of extensions may be shared.
 * Spec §2, §4 (owners), §6.
 */
import { judge, oids, type Probe, plural, present, Unseen } from '../probe.ts';
import { type Node, reach } from './reach.ts';

const SHARED = `with plane as (
	select oid, true as truth from unnest($1::oid[]) as oid union all select oid, false from unnest($2::oid[]) as oid
), used as (
	select p.truth, 'type' as what, format_type(b.oid, null) as name from plane p
	join pg_attribute a on a.attrelid = p.oid and a.attnum > 0 and not a.attisdropped
	join pg_type y on y.oid = a.atttypid join pg_type b on b.oid = coalesce(nullif(y.typelem, 0), y.oid)
	where b.typnamespace <> 'pg_catalog'::regnamespace
		and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = b.oid and d.deptype = 'e')
	union
	select p.truth, 'sequence', s.oid::regclass::text from plane p
	join pg_attrdef f on f.adrelid = p.oid join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid
	join pg_class s on s.oid = d.refobjid and d.refclassid = 'pg_class'::regclass and s.relkind = 'S'
	union
	select p.truth, 'sequence', s.oid::regclass::text from plane p
	join pg_depend d on d.refobjid = p.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
	join pg_class s on s.oid = d.objid and d.classid = 'pg_class'::regclass and s.relkind = 'S'
)
select format('%s %s belongs to both planes', what, name) as text from used
group by what, name having count(distinct truth) = 2
union all
select format('%s inherits from %s', i.inhrelid::regclass, i.inhparent::regclass) from pg_inherits i
where i.inhrelid = any($1) and i.inhparent = any($2) or i.inhrelid = any($2) and i.inhparent = any($1)
union all
select format('%s is not an ordinary, logged table', c.oid::regclass) from pg_class c
where c.oid = any($1) and (c.relkind not in ('r', 'p') or c.relpersistence <> 'p')
union all
select format('%s belongs to %I, who %s', c.oid::regclass, o.rolname,
	case when o.rolsuper then 'is a superuser' else 'bypasses row security' end)
from pg_class c join pg_roles o on o.oid = c.relowner where c.oid = any($1) and (o.rolsuper or o.rolbypassrls)`;

export const truthIndependence: Probe = async (look) => {
	if (look.truth.length + look.missing.truth.length === 0) throw new Unseen('no truth relation is declared');
	const telemetry = oids(present(look, 'telemetry'));
	const truth = oids(look.truth);
	const shared = await look.query<{ text: string }>(SHARED, [truth, telemetry]);
	const defaults = await look.query<Node>(
		`select 'pg_attrdef' as catalog, oid from pg_attrdef where adrelid = any($1::oid[])`,
		[truth],
	);
	// Truth tables are not walked into: what else hangs on them is the business of truth-tables-independent.
	const { hits } = await reach(look, defaults, [...telemetry, ...truth], []);
	const runs = look.truth.filter(({ declared }) => declared.holds === 'runs');
	const counts: number[] = [];
	for (const { sql } of runs) {
		const [row] = await look.query<{ rows: number }>(
			`select count(*)::int as rows from (select from ${sql} limit 10000) as t`,
		);
		counts.push(row?.rows ?? 0);
	}
	const amount = counts.reduce((sum, count) => sum + count, 0);
	return judge({
		looked: `${plural(look.truth.length, 'truth table')}, ${plural(defaults.length, 'default')}, ${amount} runs${amount >= 10_000 ? ' and more' : ''}`,
		amount,
		wrong: [
			...look.missing.truth.map((name) => `${name} does not exist`),
			...shared.map(({ text }) => text),
			...hits.filter(({ oid }) => telemetry.includes(oid)).map(({ path }) => path),
		],
	});
};
