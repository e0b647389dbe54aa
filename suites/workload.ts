/** The workload: never one happy run. Keys and their order follow from the seed alone, so control and observation agree. */
import { createHash } from 'node:crypto';
import { type ExecuteRequest, SCENARIOS } from '../fixtures/subjects/port.ts';
import type { Stage } from '../probes/observe/observation.ts';

export interface Work extends ExecuteRequest {
	/** The part of a phase that asks for this run; its key begins with it. */
	readonly part: Part;
}

/** Runs asked for in each part of a phase, in whole rounds of all five scenarios. */
const ROUNDS = {
	baseline: 1,
	row: 1,
	commit: 1,
	strike: 1,
	midway: 3,
	struck: 2,
	load: 4,
	batch: 1,
	frozen: 9,
	after: 1,
	emptied: 1,
	dropped: 1,
	restored: 1,
} as const;

export type Part = keyof typeof ROUNDS;

/** Requests under way at once: wider than the connection pools that products usually have (10 to 20). */
export const WIDTH = { load: 16, frozen: 32, single: 5 } as const;

/**
 * The load behind the relation gate, for a subject that opens so many connections: wider than all its pools together, and more
 * than twice as long, so that a writer frozen in each of them would be felt (I4).
 */
export const frozenLoad = (connections = 0): { readonly width: number; readonly rounds: number } => ({
	width: Math.max(WIDTH.frozen, connections + 1),
	rounds: Math.max(ROUNDS.frozen, Math.ceil((2 * connections + 1) / SCENARIOS.length)),
});

/** The runs of one part, in the order that the seed gives. */
export function workload(part: Part, seed: number, connections?: number): readonly Work[] {
	const rounds = part === 'frozen' ? frozenLoad(connections).rounds : ROUNDS[part];
	const runs = Array.from({ length: rounds }, (_, round) =>
		SCENARIOS.map((scenario) => ({ part, scenario, key: `${part}-${round + 1}-${scenario}` })),
	).flat();
	return runs.sort((a, b) => (order(seed, a.key) < order(seed, b.key) ? -1 : 1));
}

const order = (seed: number, key: string): string =>
	createHash('sha256').update(`${seed} ${key}`).digest('hex');

/** The part of the workload that a scenario key belongs to. */
export const partOf = (key: string): Part | undefined =>
	(Object.keys(ROUNDS) as Part[]).find((part) => key.startsWith(`${part}-`));

/** The stage in which the runs of a part are asked for. */
export const STAGE_OF: Readonly<Record<Part, Stage>> = {
	baseline: 'baseline',
	row: 'gates',
	commit: 'gates',
	strike: 'load',
	midway: 'load',
	struck: 'load',
	load: 'load',
	batch: 'load',
	frozen: 'frozen',
	after: 'restored',
	emptied: 'emptied',
	dropped: 'dropped',
	restored: 'restored',
};

/** The stage in which the run with this scenario key was asked for. */
export const stageOf = (key: string): Stage | undefined => {
	const part = partOf(key);
	return part && STAGE_OF[part];
};
