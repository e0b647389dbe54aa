/** Pure: what changed from the certificate of a base to that of a head, cell by cell. */
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { INJECTIONS, type InjectionId } from '../../suites/matrix.ts';
import { MARKS } from '../cells.ts';
import type { Side } from './side.ts';

/** `absent`: the other side was asked for it and this one was not. */
export type Stand = 'held' | 'violated' | 'inconclusive' | 'not run' | 'not applicable' | 'absent';

export interface Change {
	readonly injection: string;
	/** An invariant, or `witness`, `outcome`, `restoration`, `probes`. */
	readonly cell: string;
	readonly from: Stand;
	readonly to: Stand;
	/** Why it stands as it does now; empty where it is held or absent. */
	readonly reason: string;
}

export interface Slower {
	readonly injection: string;
	/** Milliseconds, there and here. */
	readonly base: number;
	readonly head: number;
	/** How many times as long, beyond what every injection takes longer. */
	readonly factor: number;
}

export interface Difference {
	/** Why nothing of the two can be compared; then nothing is. */
	readonly incomparable: readonly string[];
	/** In what else they differ, for whoever reads the changes. */
	readonly notes: readonly string[];
	/** Every cell and mark that stands otherwise, once. */
	readonly changes: readonly Change[];
	/** How many stand as before. */
	readonly same: number;
	readonly slower: readonly Slower[];
	/** How much longer the run took as such: the median over its injections; absent where too few can be compared. */
	readonly pace?: number;
}

/**
 * Between two runs of one and the same product an injection is seldom more than this slower than the others: 1 in 3,300 on a
 * busy machine of two cores, so that one comparison of 150 names one for nothing.
 */
export const FACTOR = 2.5;
/** Short ones vary by a start of a process more or less. */
export const LEAST_MS = 5_000;
/** With fewer there is no pace to tell a slow machine by. */
export const FEWEST = 5;

export function diff(base: Side, head: Side): Difference {
	const incomparable = unlike(base, head);
	if (incomparable.length > 0) return { incomparable, notes: [], changes: [], same: 0, slower: [] };
	const [was, is] = [standsOf(base), standsOf(head)];
	const reasons = reasonsOf(head);
	const keys = [...new Set([...is.keys(), ...was.keys()])].sort((a, b) => placeOf(a) - placeOf(b));
	const changes = keys.flatMap((key): Change[] => {
		const [from, to] = [was.get(key) ?? 'absent', is.get(key) ?? 'absent'];
		if (from === to) return [];
		const [injection = '', cell = ''] = key.split(' ');
		return [{ injection, cell, from, to, reason: reasons.get(key) ?? '' }];
	});
	return {
		incomparable,
		notes: notesOf(base, head),
		changes,
		same: keys.length - changes.length,
		...timesOf(base, head),
	};
}

/** 1 where anything is newly violated, 2 where less is known than before or nothing can be compared, else 0. */
export function worseness({ incomparable, changes }: Difference): 0 | 1 | 2 {
	if (changes.some(({ to }) => to === 'violated')) return 1;
	return incomparable.length > 0 || changes.some(({ to }) => to !== 'held') ? 2 : 0;
}

/** `W3 I4` → how it stands. */
const standsOf = ({ details }: Side): ReadonlyMap<string, Stand> =>
	new Map(
		Object.entries(details.cells).flatMap(([id, cells]) =>
			Object.entries(cells).map(([cell, stand]) => [`${id} ${cell}`, stand as Stand] as const),
		),
	);

const JUDGED: readonly string[] = [...INVARIANTS, ...MARKS];

/** In the order of the matrix, whatever the order in a file. */
function placeOf(key: string): number {
	const [injection, cell = ''] = key.split(' ');
	return INJECTIONS.indexOf(injection as InjectionId) * JUDGED.length + JUDGED.indexOf(cell);
}

const reasonsOf = ({ violations, details }: Side): ReadonlyMap<string, string> =>
	new Map([
		...[...details.not_applicable, ...details.not_run, ...details.inconclusive].map(
			({ injection_id, cell, reason }) => [`${injection_id} ${cell}`, reason] as const,
		),
		...violations.map(
			({ injection_id, invariant, evidence }) => [`${injection_id} ${invariant}`, evidence] as const,
		),
	]);

const listed = (values: readonly string[]): string => [...new Set(values)].sort().join(', ');

/** Cells of another matrix, or of another product, have the same names and mean something else. */
function unlike(base: Side, head: Side): string[] {
	const names = ({ details }: Side): string => listed(details.subject.map(({ name }) => name));
	const [was, is] = [names(base), names(head)];
	return [
		...(base.details.matrix_digest === head.details.matrix_digest
			? []
			: ['the matrix is another: both must be made by versions of Bystander that have the same']),
		// Where nothing was struck, no subject is named.
		...(was === is || was === '' || is === ''
			? []
			: [`the subject is another: “${was}” there, “${is}” here`]),
	];
}

function notesOf(base: Side, head: Side): string[] {
	const of = (what: string, tell: (side: Side) => string): string[] => {
		const [was, is] = [tell(base), tell(head)];
		return was === is ? [] : [`${what}: ${was || 'none'} there, ${is || 'none'} here`];
	};
	return [
		...of('another part of the matrix', ({ failure_matrix }) => failure_matrix),
		...of('another version of the subject', ({ details }) =>
			listed(details.subject.map(({ version, digest }) => `${version} (${digest.slice(0, 19)}…)`)),
		),
		...of('another database', ({ details }) =>
			listed(details.database.map(({ provider, version }) => `${provider}, PostgreSQL ${version}`)),
		),
	];
}

/** Of injections that are held throughout on both sides: what is violated is tried again, what was stopped takes no time. */
function timesOf(base: Side, head: Side): Pick<Difference, 'slower' | 'pace'> {
	const held = ({ details }: Side, id: string): boolean =>
		Object.values(details.cells[id] ?? { none: '' }).every((stand) => stand === 'held');
	const both = Object.entries(head.details.durations).flatMap(([injection, now]) => {
		const then = base.details.durations[injection] ?? 0;
		return then > 0 && now > 0 && held(base, injection) && held(head, injection)
			? [{ injection, base: then, head: now, ratio: now / then }]
			: [];
	});
	if (both.length < FEWEST) return { slower: [] };
	const ratios = both.map(({ ratio }) => ratio).sort((a, b) => a - b);
	const middle = (ratios.length - 1) / 2;
	const pace = ((ratios[Math.floor(middle)] as number) + (ratios[Math.ceil(middle)] as number)) / 2;
	const slower = both
		.map(({ ratio, ...each }) => ({ ...each, factor: ratio / pace }))
		.filter((each) => each.factor > FACTOR && each.head - each.base * pace > LEAST_MS)
		.sort((a, b) => b.factor - a.factor);
	return { slower, pace };
}
