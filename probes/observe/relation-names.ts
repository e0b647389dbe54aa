/** The declared names of the subject's relations, which stay known when their table has been replaced. */
import type { Names } from './log-waits.ts';
import { RELATIONS, type Relation, type Run } from './session.ts';

/** A row of the catalog that was written since a snapshot is not older than all that was under way then. */
const SINCE = `select pg_snapshot_xmin(pg_current_snapshot())::xid::text as horizon, (
	select coalesce(json_agg(r), '[]') from (
		${RELATIONS} and ($1::text is null or age(part.xmin) <= age($1::text::xid))
	) r
) as relations`;

export class RelationNames implements Names {
	readonly byOid = new Map<string, string>();
	readonly byName = new Map<string, string>();
	#horizon: string | null = null;

	/** Learns of the relations that were made or changed since it was last called; all of them the first time. */
	async learn(run: Run): Promise<void> {
		type Found = { readonly horizon: string; readonly relations: readonly Relation[] };
		for (const { horizon, relations } of await run<Found>(SINCE, [this.#horizon])) {
			for (const { oid, name, declared } of relations) {
				this.byOid.set(oid, declared);
				this.byName.set(name, declared);
			}
			this.#horizon = horizon;
		}
	}
}
