/**
 * Nothing inside Postgres lets a failing telemetry write fail truth, or a failing truth write fail telemetry: no
 * trigger or rule of a truth table reaches a telemetry relation, none of a telemetry table writes truth, and
 * no constraint trigger of the subject waits for COMMIT on a telemetry table. Inconclusive: a missing table, nothing
 * declared, or a function that names truth in dynamic SQL. The amount is the relations looked at: to have
 * neither trigger nor rule is to be safe. The suite's own triggers (schema `bystander`) are ignored. Spec §2, §6.
 */
import { judge, type Look, oids, type Probe, plural, present } from '../probe.ts';
import { CODE } from './edges.ts';
import { ALL_PARTS, type Node, type Reached, reach } from './reach.ts';

interface Hook extends Node {
	hook: string;
	isTrigger: boolean;
	deferrable: boolean;
}

/** Triggers with their function, and rules with everything that they name. */
const HOOKS = `select pg_describe_object('pg_trigger'::regclass, t.oid, 0) as hook, true as "isTrigger",
	t.tgconstraint <> 0 and t.tgdeferrable as deferrable, 'pg_proc' as catalog, t.tgfoid as oid
from pg_trigger t join pg_proc p on p.oid = t.tgfoid
where t.tgrelid = any($1::oid[]) and not t.tgisinternal and p.pronamespace is distinct from to_regnamespace('bystander')::oid
union
select pg_describe_object('pg_rewrite'::regclass, r.oid, 0), false, false, d.refclassid::regclass::text, d.refobjid
from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
where r.ev_class = any($1::oid[]) and d.refclassid in ('pg_class'::regclass, 'pg_proc'::regclass) and d.refobjid <> r.ev_class`;

/** How the functions among `nodes` write one of `names`: `certain`, or `dynamic` where EXECUTE may. */
async function writes(
	look: Look,
	{ nodes }: Reached,
	names: readonly string[],
): Promise<Record<string, string>> {
	const rows = await look.query<{ name: string; how: string }>(
		`select p.oid::regprocedure::text as name, case
			when p.code ~* ('(insert\\s+into|update(\\s+only)?|delete\\s+from(\\s+only)?|merge\\s+into|truncate(\\s+table)?(\\s+only)?)\\s+'
				|| '("?[[:alnum:]_$]+"?\\.)?"?(' || $2 || ')\\y') then 'certain'
			when p.code ~* '\\yexecute\\y' and p.code ~* ('\\y(' || $2 || ')\\y') then 'dynamic' end as how
		from (select p.oid, ${CODE} as code from pg_proc p where oid = any($1::oid[])) as p`,
		[nodes.filter(({ catalog }) => catalog === 'pg_proc').map(({ oid }) => oid), names.join('|')],
	);
	return Object.fromEntries(rows.filter(({ how }) => how).map(({ name, how }) => [name, how]));
}

export const telemetryWriteFailureSafe: Probe = async (look) => {
	const truth = oids(present(look, 'truth'));
	const telemetry = oids(present(look, 'telemetry'));
	const planes = [...truth, ...telemetry];
	const wrong: string[] = [];
	const unclear: string[] = [];
	const onTruth = await look.query<Hook>(HOOKS, [truth]);
	for (const { hook, catalog, oid } of onTruth) {
		const { hits } = await reach(look, [{ catalog, oid }], planes, ALL_PARTS);
		const direct = catalog === 'pg_class' && telemetry.includes(oid);
		if (direct) wrong.push(`${hook} reaches a telemetry relation`);
		for (const hit of hits) if (telemetry.includes(hit.oid)) wrong.push(`${hook} → ${hit.path}`);
	}
	const onTelemetry = await look.query<Hook>(HOOKS, [telemetry]);
	const names = look.truth.map(({ declared }) => (declared.name.split('.').at(-1) ?? '').replaceAll('"', ''));
	for (const { hook, isTrigger, deferrable, catalog, oid } of onTelemetry) {
		if (deferrable) wrong.push(`${hook} can fail at COMMIT`);
		if (!isTrigger && catalog === 'pg_class' && truth.includes(oid)) wrong.push(`${hook} reaches truth`);
		const reached = await reach(look, [{ catalog, oid }], planes, ALL_PARTS);
		for (const [name, how] of Object.entries(await writes(look, reached, names)))
			if (how === 'certain') wrong.push(`${hook} writes truth in ${name}`);
			else unclear.push(`${hook}: ${name} names truth in dynamic SQL`);
	}
	const looked = `${plural(onTruth.length + onTelemetry.length, 'trigger or rule part')} of ${plural(planes.length, 'table')}`;
	return judge({ looked, amount: planes.length, wrong, unclear });
};
