/** When rows of given runs were committed, by the clock of Postgres. Needs `track_commit_timestamp`. */
import type { Subject } from '../../fixtures/subjects/port.ts';
import { describing } from './describes.ts';
import { iso, look, qualified } from './session.ts';

/** First and last commit, ISO 8601 in UTC; absent when there is no row. */
export interface Span {
	readonly first?: string;
	readonly last?: string;
}

/** Of truth, and of the telemetry that describes it. A row that was updated counts with its newest version. */
export const commitSpans = (
	adminUrl: string,
	{ truth, telemetry }: Pick<Subject, 'truth' | 'telemetry'>,
	keys: readonly string[],
): Promise<{ readonly truth: Span; readonly telemetry: Span }> =>
	look(adminUrl, async (run) => {
		const spanOf = async (selects: readonly string[]): Promise<Span> => {
			if (selects.length === 0) return {};
			const [span] = await run<{ first: string | null; last: string | null }>(
				`select ${iso('min(at)')} as first, ${iso('max(at)')} as last from (${selects.join(' union all ')}) x`,
				[keys],
			);
			return span?.first && span.last ? { first: span.first, last: span.last } : {};
		};
		const there = async (name: string): Promise<boolean> => {
			const [found] = await run<{ oid: string | null }>('select to_regclass($1)::text as oid', [
				qualified(name),
			]);
			return found?.oid != null;
		};
		const facts: string[] = [];
		for (const { name, scenario } of truth)
			if (scenario !== undefined && (await there(name)))
				facts.push(
					`select pg_xact_commit_timestamp(t.xmin) as at from ${qualified(name)} t where (${scenario})::text = any($1)`,
				);
		const rows: string[] = [];
		for (const table of telemetry) {
			const { name, describes } = table;
			const scenario = truth.find((other) => other.name === describes?.table)?.scenario;
			const joined = await describing(run, table);
			if (describes === undefined || scenario === undefined || joined === undefined) continue;
			rows.push(
				`select pg_xact_commit_timestamp(x.xmin) as at from ${qualified(name)} x join ${qualified(describes.table)} t on ${joined}
				where (${scenario})::text = any($1)`,
			);
		}
		return { truth: await spanOf(facts), telemetry: await spanOf(rows) };
	});
