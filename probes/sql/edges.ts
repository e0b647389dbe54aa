/**
 * What a database object rests on, one step: `pg_depend` both ways (what it needs; the rules, defaults, policies,
 * constraints, triggers, partitions and indexes that are parts of it) and, where Postgres keeps a function's
 * body as text, the relations and functions that the text names. Objects in schema `bystander` are the suite's.
 * Limits: dynamic SQL that never spells a name, and code outside the database; the lock wall covers those.
 */

/** SQL for the text of function `p` without its comments. */
export const CODE = `regexp_replace(regexp_replace(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
	'/\\*.*?\\*/', ' ', 'g'), '--[^\\n]*', ' ', 'g')`;
/** Where `pg_depend` does not see through it. */
const TEXTUAL = `p.prosqlbody is null and p.prolang not in (select oid from pg_language where lanname in ('internal', 'c'))`;
const SUITE = `array(select oid from pg_namespace where nspname in ('bystander', 'pg_catalog', 'information_schema'))`;

/** From (f.cls, f.obj) to (e.c, e.o); $3 are the catalogs whose rows count as parts. A child does not rest on its parent's parts. */
const EDGES = `cross join lateral (
	select d.refclassid as c, d.refobjid as o from pg_depend d where d.classid = f.cls and d.objid = f.obj
		and d.refclassid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass)
		and not exists (select from pg_inherits i where d.refclassid = 'pg_class'::regclass
			and d.classid = 'pg_class'::regclass and i.inhrelid = d.objid and i.inhparent = d.refobjid)
	union all
	select d.classid, d.objid from pg_depend d where d.refclassid = f.cls and d.refobjid = f.obj
		and d.deptype in ('a', 'i') and d.classid = any($3::regclass[])
	union all
	select 'pg_class'::regclass, i.inhrelid from pg_inherits i where f.cls = 'pg_class'::regclass and i.inhparent = f.obj
	union all
	select 'pg_class'::regclass, r.oid from pg_proc p
	cross join lateral regexp_split_to_table(${CODE}, '[^[:alnum:]_$]+') as word
	join pg_class r on r.relname in (word::name, lower(word)::name) and r.relkind in ('r', 'p', 'v', 'm', 'f')
	where f.cls = 'pg_proc'::regclass and p.oid = f.obj and ${TEXTUAL}
	union all
	select 'pg_proc'::regclass, q.oid from pg_proc p
	cross join lateral regexp_matches(${CODE}, '([[:alnum:]_$]+)"?\\s*\\(', 'g') as call
	join pg_proc q on q.proname in (call[1]::name, lower(call[1])::name)
	where f.cls = 'pg_proc'::regclass and p.oid = f.obj and ${TEXTUAL}
) as e
where coalesce((select r.relnamespace from pg_class r where e.c = 'pg_class'::regclass and r.oid = e.o),
	(select p.pronamespace from pg_proc p where e.c = 'pg_proc'::regclass and p.oid = e.o), 0) <> all (${SUITE})`;

/** All that ($1, $2) rest on, not past the relations $4. */
export const CLOSURE = `with recursive f(cls, obj) as (
	select cls::oid, obj from unnest($1::regclass[], $2::oid[]) as f(cls, obj)
	union
	select e.c, e.o from f ${EDGES} and not (f.cls = 'pg_class'::regclass and f.obj = any($4::oid[]))
)
select cls::regclass::text as catalog, obj as oid from f`;

/** One step from ($1, $2), with where it came from. */
export const STEP = `select distinct f.cls::regclass::text as "fromCatalog", f.obj as "fromOid", e.c::regclass::text as catalog, e.o as oid
from unnest($1::regclass[], $2::oid[]) as f(cls, obj) ${EDGES}`;
