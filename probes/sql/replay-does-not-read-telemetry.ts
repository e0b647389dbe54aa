/**
 * Nothing that a read for replay goes through inside Postgres rests on telemetry: views and materialised views, rules,
 * defaults and generated columns, row-security policies, partitions and inheriting tables, and the functions
 * that these call. A way to a telemetry relation fails. Inconclusive: nothing declared as read, a relation that
 * does not exist, a missing telemetry table (nobody can rest on what is not there). What the product's own code
 * reads is seen by the lock wall, not here. Spec §3 (I2), §4 (lock wall), §6.
 */
import { judge, oids, type Probe, plural, present, Unseen } from '../probe.ts';
import { relations } from './plane.ts';
import { asNodes, READ_PARTS, reach } from './reach.ts';

export const replayDoesNotReadTelemetry: Probe = async (look) => {
	const telemetry = oids(present(look, 'telemetry'));
	const { replayReads } = look.subject;
	if (replayReads.length === 0) throw new Unseen('replayReads is empty');
	const { found, missing } = await relations(
		look.query,
		replayReads.map((name) => ({ name })),
	);
	const { hits, nodes } = await reach(look, asNodes(found.map(({ oid }) => oid)), telemetry, READ_PARTS);
	const direct = found.filter(({ oid }) => telemetry.includes(oid));
	return judge({
		looked: `${plural(found.length, 'relation')} that replay reads, ${plural(nodes.length, 'object')} in their closure`,
		amount: found.length,
		wrong: [
			...direct.map(({ declared }) => `replay reads the telemetry relation ${declared.name}`),
			...hits.map(({ path }) => path),
		],
		unclear: missing.map((name) => `replay reads ${name}, which does not exist`),
	});
};
