/**
 * No foreign key joins telemetry to anything outside the telemetry plane, in either direction, partitions
 * included: it would make a telemetry write lock, wait for or refuse a fact, or a fact refuse to be deleted.
 * Inconclusive: a declared table of either plane is missing, or there is no constraint at all to look at (a
 * table without so much as a key was not looked at properly). Spec §2 (data law), §6.
 */
import { judge, oids, type Probe, plural, present } from '../probe.ts';

export const noFkConstraints: Probe = async (look) => {
	const truth = oids(present(look, 'truth'));
	const telemetry = oids(present(look, 'telemetry'));
	const constraints = await look.query<{ text: string; crossing: boolean }>(
		`select format('%s (%s → %s)', c.conname, c.conrelid::regclass, c.confrelid::regclass) as text,
			c.contype = 'f' and (c.conrelid = any($1::oid[])) <> (c.confrelid = any($1::oid[])) as crossing
		from pg_constraint c
		where c.conrelid = any($1::oid[] || $2::oid[]) or c.confrelid = any($1::oid[] || $2::oid[])
		order by c.conname, c.oid`,
		[telemetry, truth],
	);
	return judge({
		looked: `${plural(constraints.length, 'constraint')} of ${plural(truth.length, 'truth table')} and ${plural(telemetry.length, 'telemetry table')}`,
		amount: constraints.length,
		wrong: constraints
			.filter(({ crossing }) => crossing)
			.map(({ text }) => `foreign key ${text} crosses the planes`),
	});
};
