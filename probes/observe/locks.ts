/** What a lock says about who holds it or asks for it: planes, and the words in which waits are told. */
import type { Backend, Plane } from './observation.ts';

/** First half of the suite's advisory keys, and what the second half names (fixtures/failures/plane.ts). */
const ADVISORY_CLASS = 0x62797374;
const GATES: Readonly<Record<number, string>> = { 1: 'row', 2: 'commit' };

export interface Planes {
	/** Declared names of the tables of each plane. */
	readonly truth: ReadonlySet<string>;
	readonly telemetry: ReadonlySet<string>;
}

/** The plane of a transaction that has locked or asks for `relations`. */
export function planeOf(relations: readonly string[], { truth, telemetry }: Planes): Plane {
	const facts = relations.some((name) => truth.has(name));
	const watching = relations.some((name) => telemetry.has(name));
	if (facts) return watching ? 'both' : 'truth';
	return watching ? 'telemetry' : 'other';
}

/** `row gate` or `commit gate` for an advisory lock of the suite. */
export function gateOf(classid: number, objid: number, objsubid: number): string | undefined {
	const gate = classid === ADVISORY_CLASS && objsubid === 2 ? GATES[objid] : undefined;
	return gate === undefined ? undefined : `${gate} gate`;
}

/** A wait for a row is one for the transaction that wrote it; in which table is not always known. */
const ROW = ', for a row of ';

/** Whether both tell of the same thing, one perhaps more exactly. */
export const sameWanted = (a: string, b: string): boolean => a.split(ROW)[0] === b.split(ROW)[0];

/** What is asked for, in words that are equal whether `pg_locks` or the log showed it. */
export function wantedOf(lock: {
	readonly type: string;
	readonly mode: string;
	readonly relation?: string | undefined;
	readonly transaction?: string | undefined;
	readonly gate?: string | undefined;
}): string {
	if (lock.gate !== undefined) return `advisory lock of the ${lock.gate}`;
	if (lock.type === 'relation') return `${lock.mode} on ${lock.relation ?? 'an unknown relation'}`;
	if (lock.type === 'transactionid') {
		const row = lock.relation === undefined ? '' : `${ROW}${lock.relation}`;
		return `${lock.mode} on transaction ${lock.transaction ?? ''}${row}`;
	}
	if (lock.relation !== undefined) return `${lock.mode} on ${lock.type} of ${lock.relation}`;
	return `${lock.mode} on ${lock.type}`;
}

const RELEVANT: readonly Plane[] = ['telemetry', 'both', 'suite'];
const TRUTH: readonly Plane[] = ['truth', 'both'];

interface Ranked {
	readonly telemetry: boolean;
	readonly waiter: Pick<Backend, 'plane'>;
	readonly blockers: readonly Pick<Backend, 'plane'>[];
}

/** 0 for truth that waits for telemetry, 1 for other waits in which telemetry has a part, 2 for the rest. */
export function rank(wait: Ranked): 0 | 1 | 2 {
	const related = wait.telemetry || wait.blockers.some(({ plane }) => RELEVANT.includes(plane));
	if (related && TRUTH.includes(wait.waiter.plane)) return 0;
	return related || wait.waiter.plane === 'telemetry' ? 1 : 2;
}
