/** Backends of the subject asleep inside a statement, as samples of `pg_stat_activity` show them. */
import type { Sleep } from './observation.ts';

export interface Asleep {
	readonly pid: number;
	readonly role: string;
	readonly statement: string;
	/** Since when its statement runs, ISO 8601. */
	readonly since: string;
	/** How long that is, in milliseconds. */
	readonly ms: number;
}

/** SQL of one sample, as a JSON array; `$1` are the roles of the subject. */
export const ASLEEP = `(
	select coalesce(json_agg(json_build_object('pid', a.pid, 'role', a.usename, 'statement', left(a.query, 500),
		'since', to_char(a.query_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
		'ms', round(extract(epoch from clock_timestamp() - a.query_start) * 1000))), '[]')
	from pg_stat_activity a where a.wait_event = 'PgSleep' and a.datname = current_database()
		and a.usename::text = any($1::text[]) and a.application_name <> 'bystander'
)`;

/** One statement that is seen asleep again and again is one sleep, as long as it was last seen. */
export class Sleeps {
	readonly #seen = new Map<string, Sleep>();

	add(asleep: readonly Asleep[]): void {
		for (const { pid, role, statement, since, ms } of asleep)
			this.#seen.set(`${pid} ${since}`, { at: since, pid, role, statement, ms });
	}

	list(): readonly Sleep[] {
		return [...this.#seen.values()];
	}
}
