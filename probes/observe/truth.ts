/** The truth plane, read back by the suite itself: never through the subject, always committed rows (spec §3, I1). */
import { createHash } from 'node:crypto';
import type { Subject, TruthTable } from '../../fixtures/subjects/port.ts';
import type { Fact, TruthFacts } from './observation.ts';
import { identifier, iso, look, openLasting, qualified, type Run } from './session.ts';

export interface Committed {
	readonly key: string;
	/** ISO 8601 in UTC, to the microsecond. */
	readonly at: string;
}

export interface Truth {
	/** Digest → the rows it stands for, of everything that {@link read} saw: a JSON array, one row a line, by primary key. */
	readonly texts: ReadonlyMap<string, string>;
	/** How many of these scenario keys have a row of runs that others can see. */
	begun(keys: readonly string[]): Promise<number>;
	/** When the rows of these runs were last committed, in that order. Needs `track_commit_timestamp`. */
	committed(keys: readonly string[]): Promise<readonly Committed[]>;
	/** When a transaction committed, ISO 8601. */
	commitTime(xid: string): Promise<string>;
	/** Of telemetry rows, those that describe truth which nobody else can see yet: `telemetry_event describes runs 17`. */
	missing(
		described: readonly { readonly table: string; readonly describes: string }[],
	): Promise<readonly string[]>;
	/**
	 * Everything, on a fresh connection, with the rows from before byte by byte. A table that does not exist has no
	 * rows and, unlike an empty one, no digest of them: its `before.now` is `''`, and I1 tells who lacks it.
	 */
	read(): Promise<{ readonly tables: readonly TruthFacts[]; readonly facts: readonly Fact[] }>;
	close(): Promise<void>;
}

interface Row {
	/** The primary key, as text. */
	readonly id: string;
	/** The whole row, as text. */
	readonly bytes: string;
	readonly key: string;
	/** What is comparable of it, as the text of a jsonb. */
	readonly row: string;
	readonly fact: string;
}

/** Takes down the rows that are there now; later reads say what became of them, across restarts of the server. */
export async function openTruth(
	adminUrl: string,
	subject: Pick<Subject, 'truth' | 'telemetry'>,
): Promise<Truth> {
	const before = await look(adminUrl, (run) => readAll(run, subject.truth));
	const session = await openLasting(adminUrl);
	const runs = subject.truth.find(({ holds }) => holds === 'runs');
	const texts = new Map<string, string>();
	const runKey = `(${runs?.scenario ?? `''`})::text`;
	const runTable = qualified(runs?.name ?? 'runs');
	return {
		texts,
		async begun(keys) {
			const [found] = await session.poll<{ count: number }>(
				`select count(distinct ${runKey})::int as count from ${runTable} t where ${runKey} = any($1)`,
				[keys],
			);
			return found?.count ?? 0;
		},
		committed: (keys) =>
			session.run<Committed>(
				`select ${runKey} as key, ${iso('pg_xact_commit_timestamp(t.xmin)')} as at
				from ${runTable} t where ${runKey} = any($1) order by 2`,
				[keys],
			),
		async commitTime(xid) {
			const [found] = await session.run<{ at: string | null }>(
				`select ${iso('pg_xact_commit_timestamp($1::xid)')} as at`,
				[xid],
			);
			return found?.at ?? '';
		},
		async missing(described) {
			const missing: string[] = [];
			for (const { name, describes } of subject.telemetry) {
				const values = described.filter(({ table }) => table === name).map((row) => row.describes);
				if (describes === undefined || values.length === 0) continue;
				const found = await session.run<{ value: string }>(
					`select value from unnest($1::text[]) value where not exists (
						select from ${qualified(describes.table)} t where t.${identifier(describes.references)}::text = value)`,
					[values],
				);
				missing.push(...found.map(({ value }) => `${name} describes ${describes.table} ${value}`));
			}
			return missing;
		},
		async read() {
			const now = await look(adminUrl, (run) => readAll(run, subject.truth), { fresh: true });
			const tables = subject.truth.map((table) => {
				const [was, found] = [before.get(table.name) ?? [], now.get(table.name)];
				const rows = found ?? [];
				const known = new Set(was.map(({ id }) => id));
				return {
					table: table.name,
					holds: table.holds,
					rows: rows.length,
					before: {
						rows: was.length,
						was: bytesOf(was),
						now: found === undefined ? '' : bytesOf(found.filter(({ id }) => known.has(id))),
					},
					...(table.moving === undefined ? {} : { moving: table.moving }),
					byKey: byKey(rows, texts),
				};
			});
			return { tables, facts: subject.truth.flatMap((table) => factsOf(table, now.get(table.name) ?? [])) };
		},
		close: () => session.end(),
	};
}

/** The rows of every table that exists. */
async function readAll(
	run: Run,
	tables: readonly TruthTable[],
): Promise<ReadonlyMap<string, readonly Row[]>> {
	const all = new Map<string, readonly Row[]>();
	for (const { name, key, scenario, volatile, moving = [], facts = [] } of tables) {
		const [there] = await run<{ oid: string | null }>('select to_regclass($1)::text as oid', [
			qualified(name),
		]);
		if (there?.oid == null) continue;
		const id = key.map((column) => `t.${identifier(column)}`).join(', ');
		// Equal runs have their rows in one order: by what of the primary key does not vary, then by the rest.
		const steady = key.filter((column) => !volatile.includes(column));
		const place = steady.map((column) => `t.${identifier(column)}`).join(', ');
		const fact = facts.map((column) => `t.${identifier(column)}::text`).join(', ');
		const bytes = moving.length === 0 ? 't::text' : '(to_jsonb(t) - $2::text[])::text';
		const rows = await run<Row>(
			`select jsonb_build_array(${id})::text as id, ${bytes} as bytes, coalesce((${scenario ?? `''`})::text, '') as key,
				(to_jsonb(t) - $1::text[])::text as row, ${fact === '' ? `''` : `concat_ws(' · ', ${fact})`} as fact
			from ${qualified(name)} t order by jsonb_build_array(${place}), (to_jsonb(t) - $1::text[])::text collate "C"`,
			[volatile, ...(moving.length === 0 ? [] : [moving])],
		);
		all.set(name, rows);
	}
	return all;
}

const digest = (text: string, length: number): string =>
	createHash('sha256').update(text).digest('hex').slice(0, length);

const bytesOf = (rows: readonly Row[]): string =>
	digest(
		rows
			.map(({ id, bytes }) => `${id} ${bytes}`)
			.sort()
			.join('\n'),
		64,
	);

/** Sixteen digits tell any two of a few thousand row sets apart. */
function byKey(rows: readonly Row[], texts: Map<string, string>): Record<string, string> {
	const groups = Object.groupBy(rows, ({ key }) => key);
	return Object.fromEntries(
		Object.entries(groups).map(([key, group = []]) => {
			const text = `[${group.map(({ row }) => row).join(',\n')}]`;
			const short = digest(text, 16);
			texts.set(short, text);
			return [key, `${group.length}:${short}`];
		}),
	);
}

const factsOf = ({ holds }: TruthTable, rows: readonly Row[]): readonly Fact[] =>
	holds === 'incidents' || holds === 'decisions'
		? rows
				.map(({ key, fact }) => ({ holds, key, fact }))
				.sort((a, b) => (`${a.key} ${a.fact}` < `${b.key} ${b.fact}` ? -1 : 1))
		: [];
