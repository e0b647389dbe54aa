/**
 * Transactions that wrote both planes, told by equal `xmin` (spec §3). A savepoint hides from this, since its rows
 * carry the id of the subtransaction, and so does a truth row that was updated later. The gates see those; each
 * alone misses cases.
 */
import type { Subject } from '../../fixtures/subjects/port.ts';
import { describing } from './describes.ts';
import type { SharedTransactions } from './observation.ts';
import { hasColumn, literal, look, qualified, type Run } from './session.ts';

/** Told one by one; more of them say nothing new. */
const KEPT = 20;

/** Compares each telemetry row whose truth row is there with the rows of every truth table. */
export const sharedTransactions = (
	adminUrl: string,
	{ truth, telemetry }: Pick<Subject, 'truth' | 'telemetry'>,
): Promise<SharedTransactions> =>
	look(adminUrl, async (run) => {
		const written: string[] = [];
		for (const { name, key } of truth)
			if (await hasColumn(run, name, key[0] ?? ''))
				written.push(`select ${literal(name)} as relation, xmin::text as xid from ${qualified(name)}`);
		let compared = 0;
		const shared: string[] = [];
		if (written.length === 0) return { compared, shared };
		for (const table of telemetry) {
			const found = await compare(run, table, written.join(' union all '));
			compared += found?.compared ?? 0;
			shared.push(...(found?.shared ?? []));
		}
		return {
			compared,
			shared: shared.slice(0, KEPT),
			...(telemetry.some(({ describes }) => describes !== undefined) ? {} : { undescribed: true }),
		};
	});

async function compare(run: Run, table: Subject['telemetry'][number], written: string) {
	const { name, describes } = table;
	const joined = await describing(run, table);
	if (describes === undefined || joined === undefined) return undefined;
	const [found] = await run<SharedTransactions>(`
		with telemetry as (
			select x.xmin::text as xid, count(*) as rows from ${qualified(name)} x
			join ${qualified(describes.table)} t on ${joined}
			group by 1
		), both_planes as (
			select xid, rows, string_agg(distinct relation, ' and ' order by relation) as relations
			from telemetry join (${written}) truth using (xid) group by 1, 2
		)
		select (select coalesce(sum(rows), 0)::int from telemetry) as compared, (
			select coalesce(json_agg(format('transaction %s wrote %s rows of %s and wrote %s', xid, rows, ${literal(name)}, relations)
				order by xid::bigint), '[]') from both_planes
		) as shared`);
	return found;
}
