import type { Observation } from '../observe/observation.ts';

export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6'] as const;
export type InvariantId = (typeof INVARIANTS)[number];

export type Verdict = 'held' | 'violated' | 'inconclusive';

/** One cell of one phase: what was looked at, and what came of it. */
export interface Judgement {
	readonly verdict: Verdict;
	/** What was looked at and how much, e.g. `96 acknowledged runs, 1042 rows in 6 tables`. */
	readonly looked: string;
	/** For what is not held: expected, seen, who waited for whom, where to look first. Empty when held. */
	readonly reason: string;
}

/** Pure: the same two observations give the same judgement, for ever. */
export type Invariant = (control: Observation, observed: Observation) => Judgement;
