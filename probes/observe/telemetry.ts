/** What is left of the telemetry plane: relations, rows, and which runs the rows describe. */
import type { Subject } from '../../fixtures/subjects/port.ts';
import { describing } from './describes.ts';
import type { Stage, TelemetryFacts } from './observation.ts';
import { look, qualified, type Run } from './session.ts';

type Planes = Pick<Subject, 'truth' | 'telemetry'>;

/** What is left of the plane: relations that exist, and roles of the subject that may insert into one of them. */
export type Gap = Pick<TelemetryFacts, 'relations' | 'writers'>;

export const readGap = (adminUrl: string, subject: Planes, roles: readonly string[]): Promise<Gap> =>
	look(adminUrl, (run) => gapIn(run, subject, roles));

async function gapIn(run: Run, subject: Planes, roles: readonly string[]): Promise<Gap> {
	const relations = await existing(run, subject);
	const writers = await run<{ role: string }>(
		`select distinct role from unnest($1::text[]) role, unnest($2::text[]) relation
		where has_table_privilege(role, relation, 'INSERT') or has_any_column_privilege(role, relation, 'INSERT') order by 1`,
		[roles, relations.map(qualified)],
	);
	return { relations, writers: writers.map(({ role }) => role) };
}

/** `stageOf` tells in which stage the run with a scenario key was asked for. */
export async function readTelemetry(
	adminUrl: string,
	subject: Planes,
	roles: readonly string[],
	stageOf: (key: string) => Stage | undefined,
): Promise<TelemetryFacts> {
	return look(adminUrl, async (run) => {
		const { relations, writers } = await gapIn(run, subject, roles);
		let rows = 0;
		for (const name of relations) {
			const [found] = await run<{ count: number }>(`select count(*)::int as count from ${qualified(name)}`);
			rows += found?.count ?? 0;
		}
		const byStage: Partial<Record<Stage, number>> = {};
		const byKey = await rowsByKey(run, subject, relations);
		for (const [key, count] of byKey) {
			const stage = stageOf(key);
			if (stage !== undefined) byStage[stage] = (byStage[stage] ?? 0) + count;
		}
		return { relations, rows, writers, byStage, byKey: Object.fromEntries(byKey) };
	});
}

/** The time by the clock of Postgres. */
export const now = (adminUrl: string): Promise<string> =>
	look(
		adminUrl,
		async (run) => (await run<{ at: string }>('select clock_timestamp()::text as at'))[0]?.at ?? '',
	);

/**
 * Telemetry rows that describe runs whose scenario key `counts`. Where no table is declared to describe truth: all
 * rows, or those that were committed after `since`.
 */
export async function countTelemetry(
	adminUrl: string,
	subject: Planes,
	counts: (key: string) => boolean,
	since?: string,
): Promise<number> {
	if (subject.telemetry.every(({ describes }) => describes === undefined))
		return look(adminUrl, async (run) => {
			let rows = 0;
			for (const name of await existing(run, subject)) {
				const later = since === undefined ? '' : 'where pg_xact_commit_timestamp(xmin) > $1::timestamptz';
				const [found] = await run<{ count: number }>(
					`select count(*)::int as count from ${qualified(name)} ${later}`,
					since === undefined ? [] : [since],
				);
				rows += found?.count ?? 0;
			}
			return rows;
		});
	const rows = await look(adminUrl, async (run) => rowsByKey(run, subject, await existing(run, subject)));
	return [...rows].reduce((sum, [key, count]) => sum + (counts(key) ? count : 0), 0);
}

async function existing(run: Run, { telemetry }: Planes): Promise<readonly string[]> {
	const found = await run<{ name: string }>(
		`select name from unnest($1::text[], $2::text[]) as declared(name, relation) where to_regclass(relation) is not null`,
		[telemetry.map(({ name }) => name), telemetry.map(({ name }) => qualified(name))],
	);
	return found.map(({ name }) => name);
}

async function rowsByKey(
	run: Run,
	{ truth, telemetry }: Planes,
	relations: readonly string[],
): Promise<ReadonlyMap<string, number>> {
	const counted = new Map<string, number>();
	for (const table of telemetry) {
		const { name, describes } = table;
		const scenario = truth.find((other) => other.name === describes?.table)?.scenario;
		if (describes === undefined || scenario === undefined || !relations.includes(name)) continue;
		const joined = await describing(run, table);
		if (joined === undefined) continue;
		const rows = await run<{ key: string; count: number }>(
			`select (${scenario})::text as key, count(*)::int as count
			from ${qualified(name)} x join ${qualified(describes.table)} t on ${joined}
			group by 1`,
		);
		for (const { key, count } of rows) counted.set(key, (counted.get(key) ?? 0) + count);
	}
	return counted;
}
