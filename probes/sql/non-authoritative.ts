/**
 * Every telemetry row says that it is not authoritative. A row that says otherwise, or NULL, fails. Inconclusive:
 * 0 rows in all, a missing table, or no declared authoritative column: a CHECK alone is another probe's business.
 * Spec §2 (data law), §6.
 */
import { ident, judge, type Probe, present, Unseen } from '../probe.ts';

export const nonAuthoritative: Probe = async (look) => {
	const tables = present(look, 'telemetry').filter(({ declared }) => declared.authoritative !== undefined);
	if (tables.length === 0) throw new Unseen('no telemetry relation declares an authoritative column');
	const counts = await look.query<{ name: string; rows: number; claiming: number }>(
		tables
			.map(
				({ sql, declared }, index) => `select $${index + 1}::text as name, count(*)::float8 as rows,
				(count(*) filter (where t.${ident(declared.authoritative ?? '')}::text is distinct from 'false'))::float8 as claiming
				from ${sql} as t`,
			)
			.join(' union all '),
		tables.map(({ declared }) => declared.name),
	);
	return judge({
		looked: counts.map(({ name, rows }) => `${rows} rows of ${name}`).join(', '),
		amount: counts.reduce((sum, { rows }) => sum + rows, 0),
		wrong: counts
			.filter(({ claiming }) => claiming > 0)
			.map(({ name, claiming }) => `${claiming} rows of ${name} do not say that they are non-authoritative`),
	});
};
