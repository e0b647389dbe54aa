/**
 * No truth table rests on telemetry, by anything that Postgres knows or that a function's text names: triggers,
 * functions, defaults, generated columns, CHECK constraints, foreign keys, policies, rules, partitions; nor does a
 * view or materialised view on truth, unless it is declared as telemetry itself. Any of them would make telemetry
 * part of a fact, or keep it from being dropped. Inconclusive: a missing table of either plane, nothing declared.
 * Spec §3 (I6), §6.
 */
import { judge, oids, type Probe, plural, present } from '../probe.ts';
import { ALL_PARTS, asNodes, reach } from './reach.ts';

/** Views on truth, and views on those. */
const VIEWS = `with recursive dependent as (
	select unnest($1::oid[]) as oid
	union
	select r.ev_class from dependent join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = dependent.oid
	join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
	where r.ev_class <> all($2::oid[])
)
select c.oid from dependent join pg_class c using (oid) where c.relkind in ('v', 'm')
	and c.relnamespace is distinct from to_regnamespace('bystander')::oid`;

export const truthTablesIndependent: Probe = async (look) => {
	const truth = oids(present(look, 'truth'));
	const telemetry = oids(present(look, 'telemetry'));
	const views = await look.query<{ oid: number }>(VIEWS, [truth, telemetry]);
	// Partitions and inheriting tables are found on the way: one of them may be telemetry.
	const start = asNodes([...look.truth.map(({ oid }) => oid), ...views.map(({ oid }) => oid)]);
	const { hits, nodes } = await reach(look, start, telemetry, ALL_PARTS);
	return judge({
		looked: `${plural(truth.length, 'truth table')} and ${plural(views.length, 'view')} on them, ${plural(nodes.length, 'object')} in their closure`,
		amount: truth.length,
		wrong: hits.map(({ path }) => path),
	});
};
