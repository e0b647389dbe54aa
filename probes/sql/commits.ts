/** Which transaction wrote a row, and when it was committed. */
import { ident, type Look, type Relation, type TelemetryTable, Unseen } from '../probe.ts';

const LIMIT = 20_000;

/** Telemetry rows that describe truth, counted. */
export interface Counts {
	rows: number;
	/** They describe no row. */
	orphans: number;
	/**
	 * They were written in a transaction of truth. Of equal instants more than one in a hundred is asked for, and more
	 * than one, unless there is no other: the clock counts in microseconds, and two transactions may well commit in the
	 * same one.
	 */
	shared: number;
	/** Committed before, and after, the earliest row of their scenario. */
	ahead: number;
	after: number;
	/** Postgres counted every insert of the described table, and no update. */
	pristine: boolean;
}

/** Truth as (transaction, commit, scenario key), of every table. */
const truthRows = (look: Look): string =>
	look.truth
		.map(
			({ sql, declared }) =>
				`select t.xmin as xid, pg_xact_commit_timestamp(t.xmin) as at,
				${declared.scenario ? `(${declared.scenario})::text` : 'null::text'} as key from ${sql} as t`,
		)
		.join(' union all ');

/** Compares the commits of a telemetry table with those of the truth that it describes. */
export async function inspect(look: Look, { sql, declared }: Relation<TelemetryTable>): Promise<Counts> {
	const { column, table, references } = declared.describes ?? { column: '', table: '', references: '' };
	const described = look.truth.find((relation) => relation.declared.name === table);
	if (!described)
		throw new Unseen(`${declared.name} describes ${table}, which is not a declared truth relation`);
	const key = described.declared.scenario ? `(${described.declared.scenario})::text` : 'null::text';
	const [counts] = await look.query<Counts>(
		`with truth as materialized (${truthRows(look)}),
		earliest as materialized (select key, min(at) as at from truth where key is not null group by key),
		subject as materialized (select t.${ident(references)} as id, ${key} as key, t.xmin as xid,
			pg_xact_commit_timestamp(t.xmin) as at from ${described.sql} as t),
		pair as (
			select e.xmin as xid, pg_xact_commit_timestamp(e.xmin) as at, s.id is not null as described, s.at as own,
				least(s.at, f.at) as first
			from (select xmin, ${ident(column)} as ref from ${sql} where ${ident(column)} is not null limit ${LIMIT}) as e
			left join subject s on s.id = e.ref left join earliest f on f.key = s.key
		), instant as (
			select count(distinct xid::text) = 1 or count(distinct xid::text) filter (where at = own or at = first)
				> greatest(1, count(distinct xid::text) / 100) as telling
			from pair
		)
		select count(*)::int as rows, (count(*) filter (where not described))::int as orphans,
			(count(*) filter (where xid in (select xid from truth)
				or (at = own or at = first) and (select telling from instant)))::int as shared,
			(count(*) filter (where at < first))::int as ahead, (count(*) filter (where at > first))::int as after,
			(select pg_stat_get_tuples_updated($1::oid) = 0 and pg_stat_get_tuples_inserted($1::oid) >= count(*)
				from subject) as pristine
		from pair`,
		[described.oid],
	);
	return counts ?? { rows: 0, orphans: 0, shared: 0, ahead: 0, after: 0, pristine: false };
}
