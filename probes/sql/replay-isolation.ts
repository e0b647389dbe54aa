/**
 * What replay needs is in truth alone: every relation it reads is a declared truth relation, exists and has
 * rows, and every run has rows in the traces. A relation from elsewhere and a run without a trace fail.
 * Inconclusive: 0 runs, an empty or a missing relation, nothing declared as read, or no table of traces (or no
 * scenario expression) to go by. Runs in the declared interrupted state are not finished and do not count; on a
 * live database a run under way that has no step yet does, so look again. Spec §3 (I2), §6.
 */
import { judge, type Probe, plural, present, Unseen } from '../probe.ts';

export const replayIsolation: Probe = async (look) => {
	const { replayReads, capabilities } = look.subject;
	const truth = present(look, 'truth');
	if (replayReads.length === 0) throw new Unseen('replayReads is empty');
	const read = truth.filter(({ declared }) => replayReads.includes(declared.name));
	const wrong = replayReads
		.filter((name) => !truth.some(({ declared }) => declared.name === name))
		.map((name) => `replay reads ${name}, which is not a declared truth relation`);
	const unclear: string[] = [];
	for (const { declared, sql } of read) {
		const rows = await look.query(`select from ${sql} limit 1`);
		if (rows.length === 0) unclear.push(`replay reads ${declared.name}, which has 0 rows`);
	}
	const [runs, traces] = (['runs', 'traces'] as const).map((holds) =>
		truth.find(({ declared }) => declared.holds === holds),
	);
	const runKey = runs?.declared.scenario;
	const traceKey = traces?.declared.scenario;
	if (!runs || !traces || !runKey || !traceKey)
		throw new Unseen('no tables of runs and of traces with a scenario expression are declared');
	const [seen] = await look.query<{ runs: number; bare: number; example: string }>(
		`with finished as (
			select distinct (${runKey})::text as key from ${runs.sql} as t
			where $1::text is null or not exists (select from jsonb_each_text(to_jsonb(t)) as v where v.value = $1)
		), traced as (select distinct (${traceKey})::text as key from ${traces.sql} as t)
		select count(*)::float8 as runs, count(*) filter (where traced.key is null)::float8 as bare,
			min(finished.key) filter (where traced.key is null) as example
		from finished left join traced using (key)`,
		[capabilities.interrupted?.status ?? null],
	);
	if (seen && seen.bare > 0)
		wrong.push(`${plural(seen.bare, 'run')} without rows in ${traces.declared.name}, e.g. ${seen.example}`);
	return judge({
		looked: `${plural(seen?.runs ?? 0, 'run')}, ${plural(read.length, 'relation')} that replay reads`,
		amount: seen?.runs ?? 0,
		wrong,
		unclear,
	});
};
