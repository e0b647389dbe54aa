/** Waits as `pg_locks` and `pg_blocking_pids` show them at one moment, and over many such moments. */
import { gateOf, type Planes, planeOf, wantedOf } from './locks.ts';
import type { Backend, Wait } from './observation.ts';
import type { RelationNames } from './relation-names.ts';
import type { Run } from './session.ts';
import { ASLEEP, type Asleep } from './sleeps.ts';

interface Lock {
	readonly granted: boolean;
	readonly type: string;
	readonly mode: string;
	readonly relation: string | null;
	readonly transaction: string | null;
	readonly advisory: readonly [number, number, number] | null;
	readonly ms: number;
	readonly since: string | null;
}

interface Involved {
	readonly pid: number;
	readonly role: string;
	readonly suite: boolean;
	readonly statement: string;
	readonly blockers: readonly number[];
	readonly locks: readonly Lock[];
}

export interface Sample {
	/** Backends of the subject. */
	readonly backends: number;
	readonly involved: readonly Involved[];
	readonly asleep: readonly Asleep[];
}

/** While nobody waits this costs one look at `pg_stat_activity`, which takes no lock of anyone's. */
const SAMPLE = `with waiting as materialized (
	select a.pid, pg_blocking_pids(a.pid) as blockers from pg_stat_activity a
	where a.wait_event_type = 'Lock' and a.datname = current_database()
), involved as materialized (
	select pid from waiting union select unnest(blockers) from waiting
), locks as materialized (
	select l.pid, l.granted, l.locktype as type, l.mode, l.transactionid::text as transaction,
		coalesce(array_agg(l.relation::text) filter (where l.relation is not null), '{}') as relations,
		case l.locktype when 'advisory' then json_build_array(l.classid::bigint, l.objid::bigint, l.objsubid) end as advisory,
		coalesce(max(round(extract(epoch from clock_timestamp() - l.waitstart) * 1000)), 0) as ms, min(l.waitstart) as since
	from pg_locks l where exists (select from waiting) and l.pid in (select pid from involved)
	group by l.pid, l.granted, l.locktype, l.mode, l.transactionid, l.classid, l.objid, l.objsubid
)
select (
	select count(*)::int from pg_stat_activity a where a.datname = current_database()
		and a.usename::text = any($1::text[]) and a.backend_type = 'client backend' and a.application_name <> 'bystander'
) as backends, (
	select coalesce(json_agg(json_build_object('pid', a.pid, 'role', coalesce(a.usename, ''),
		'suite', a.application_name = 'bystander', 'statement', a.query, 'blockers', coalesce(w.blockers, '{}'),
		'locks', (select coalesce(json_agg(to_json(l)), '[]') from locks l where l.pid = a.pid))), '[]')
	from involved join pg_stat_activity a using (pid) left join waiting w using (pid)
	where a.datname = current_database() and a.pid <> pg_backend_pid()
) as involved, ${ASLEEP} as asleep`;

/** A lock that an instant of `pg_locks` shows, of a table with hundreds of partitions and indexes once for them all. */
interface Locks extends Omit<Lock, 'relation'> {
	/** OIDs; none of a lock that is not on a relation. */
	readonly relations: readonly string[];
}

interface Rows extends Omit<Sample, 'involved'> {
	readonly involved: readonly (Omit<Involved, 'locks'> & { readonly locks: readonly Locks[] })[];
}

/** `names` learns of what is new meanwhile, since OIDs in the log must still be known when their table has been replaced. */
export async function takeSample(run: Run, roles: readonly string[], names: RelationNames): Promise<Sample> {
	const [rows] = await run<Rows>(SAMPLE, [roles]);
	if (rows === undefined) return { backends: 0, involved: [], asleep: [] };
	if (rows.involved.length > 0) await names.learn(run);
	const involved = rows.involved.map((one) => ({
		...one,
		locks: one.locks.flatMap((locks) => named(locks, names)),
	}));
	return { ...rows, involved };
}

/** One for each table by its declared name; none where all are the catalog's or the suite's. */
function named({ relations, ...lock }: Locks, { byOid }: RelationNames): readonly Lock[] {
	if (relations.length === 0) return [{ ...lock, relation: null }];
	const declared = new Set(relations.flatMap((oid) => byOid.get(oid) ?? []));
	return [...declared].map((relation) => ({ ...lock, relation }));
}

/** A wait that goes on being seen is one wait; those for the same thing by the same statement add up. */
export class Waits {
	readonly #roles: ReadonlySet<string>;
	readonly #planes: Planes;
	readonly #seen = new Map<string, { wait: Wait; spans: Map<string, number> }>();

	constructor(roles: readonly string[], planes: Planes) {
		this.#roles = new Set(roles);
		this.#planes = planes;
	}

	add({ involved }: Pick<Sample, 'involved'>, now: number): void {
		const byPid = new Map(involved.map((one) => [one.pid, one]));
		for (const one of involved) {
			const asked = one.locks.find(({ granted }) => !granted);
			if (asked === undefined || one.suite || !this.#roles.has(one.role)) continue;
			const wait = this.#describe(one, asked, byPid, new Date(now - asked.ms).toISOString());
			const key = `${one.pid}\n${wait.wanted}\n${one.statement}`;
			const known = this.#seen.get(key);
			const spans = known?.spans ?? new Map<string, number>();
			const since = asked.since ?? '';
			spans.set(since, Math.max(asked.ms, spans.get(since) ?? 0));
			this.#seen.set(key, { wait: known ? merge(known.wait, wait) : wait, spans });
		}
	}

	list(): readonly Wait[] {
		const all = [...this.#seen.values()];
		// A look may show the wait already and the statement not yet: the next one tells both.
		const early = ({ waiter, wanted }: Wait): boolean =>
			waiter.statement === '' &&
			all.some(
				({ wait }) =>
					wait.waiter.pid === waiter.pid && wait.wanted === wanted && wait.waiter.statement !== '',
			);
		return all
			.filter(({ wait }) => !early(wait))
			.map(({ wait, spans }) => ({
				...wait,
				ms: [...spans.values()].reduce((sum, ms) => sum + ms, 0),
			}));
	}

	#describe(one: Involved, asked: Lock, byPid: ReadonlyMap<number, Involved>, at: string): Wait {
		const blockers = chain(one, byPid);
		const gate = asked.advisory === null ? undefined : gateOf(...asked.advisory);
		const relation = asked.relation ?? this.#rowOf(one, blockers[0]);
		const { type, mode } = asked;
		return {
			at,
			waiter: this.#backend(one),
			wanted: wantedOf({ type, mode, gate, relation, transaction: asked.transaction ?? undefined }),
			telemetry: gate !== undefined || (relation !== undefined && this.#planes.telemetry.has(relation)),
			blockers: blockers.map((blocker) => this.#backend(blocker)),
			ms: 0,
		};
	}

	/** The table in which a row is waited for: where it is queued for the row, else where both have written. */
	#rowOf(waiter: Involved, blocker: Involved | undefined): string | undefined {
		const queued = waiter.locks.find(({ type, granted }) => type === 'tuple' && granted);
		if (queued?.relation) return queued.relation;
		const written = writes(waiter).filter((name) => blocker !== undefined && writes(blocker).includes(name));
		return new Set(written).size === 1 ? written[0] : undefined;
	}

	#backend({ pid, role, suite, statement, locks }: Involved): Backend {
		const relations = locks.flatMap(({ relation }) => relation ?? []);
		const held = locks.filter(
			({ granted, type, relation }) => granted && type === 'relation' && relation !== null,
		);
		return {
			pid,
			role,
			plane: suite ? 'suite' : planeOf(relations, this.#planes),
			holds: [...new Set(held.map(({ mode, relation }) => `${mode} on ${relation}`))].sort(),
			statement,
		};
	}
}

const writes = ({ locks }: Involved): readonly string[] =>
	locks.flatMap(({ granted, mode, relation }) =>
		granted && relation !== null && mode === 'RowExclusiveLock' ? relation : [],
	);

/** Those waited for, directly first, then those they wait for. */
function chain(waiter: Involved, byPid: ReadonlyMap<number, Involved>): readonly Involved[] {
	const found = new Set<number>();
	let next = waiter.blockers;
	while (next.length > 0) {
		const fresh = [...new Set(next)].filter((pid) => pid !== waiter.pid && !found.has(pid));
		for (const pid of fresh) found.add(pid);
		next = fresh.flatMap((pid) => byPid.get(pid)?.blockers ?? []);
	}
	return [...found].flatMap((pid) => byPid.get(pid) ?? []);
}

/** Of two looks at one wait, the planes that say more; who blocked at any time did block. */
function merge(before: Wait, now: Wait): Wait {
	const blockers = new Map([...before.blockers, ...now.blockers].map((one) => [one.pid, one]));
	return {
		...before,
		waiter: now.waiter,
		telemetry: before.telemetry || now.telemetry,
		blockers: [...blockers.values()],
	};
}
