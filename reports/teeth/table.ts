/** Pure: which saboteur was caught by which cell. What no saboteur ever turned red is unproven, by name. */
import type { InvariantId } from '../../probes/invariants/verdict.ts';
import { INJECTIONS, type InjectionId, row } from '../../suites/matrix.ts';

/** A cell of the matrix, or the expected outcome of an injection beside its cells. */
export type Catcher = InvariantId | 'outcome';

/** A cell that is red in one phase, and why. */
export interface Red {
	readonly injection: InjectionId;
	/** Title of the phase, e.g. `boot, sticky`. */
	readonly phase: string;
	readonly cell: Catcher;
	readonly said: string;
	/** Milliseconds from the start of this saboteur's first phase, its baseline and control included, to the verdict. */
	readonly ms: number;
}

/** What came of a cell that must catch a saboteur. */
export interface Proof {
	readonly injection: InjectionId;
	readonly phase: string;
	readonly cell: Catcher;
	/** `wrong reason`: the cell is red, and does not say what it should; `not shown`: nothing is known. */
	readonly came: 'caught' | 'missed' | 'wrong reason' | 'not shown';
	/** What the cell said. */
	readonly said: string;
	/** Milliseconds that the phase took. */
	readonly ms: number;
}

export interface Tried {
	readonly saboteur: string;
	/** What is wrong, as its author would have defended it. */
	readonly about: string;
	/** Of the subject, `sha256:…`; empty where nothing was run. */
	readonly digest: string;
	readonly proofs: readonly Proof[];
	readonly red: readonly Red[];
	/** Phases that were run. */
	readonly phases: number;
}

export interface KillTable {
	/** Each saboteur was struck with the whole matrix. */
	readonly full: boolean;
	/** How many were to be tried: fewer are there while it is made, and where it was cut short. */
	readonly asked: number;
	readonly at: string;
	readonly seconds: number;
	readonly tried: readonly Tried[];
	readonly caught: number;
	/** Of 119: those that a saboteur has turned red. */
	readonly proven: number;
	readonly unproven: readonly { readonly injection: InjectionId; readonly cell: InvariantId }[];
}

/** Caught wherever it must be, for the stated reason. */
export const isCaught = ({ proofs }: Tried): boolean =>
	proofs.length > 0 && proofs.every(({ came }) => came === 'caught');

/** Every saboteur that was asked for was caught. */
export const isWhole = ({ tried, asked }: KillTable): boolean =>
	asked > 0 && tried.length === asked && tried.every(isCaught);

export const firstCatch = ({ red }: Tried): Red | undefined => red.toSorted((a, b) => a.ms - b.ms)[0];

export function killTable(
	tried: readonly Tried[],
	{ full, asked, at, seconds }: Pick<KillTable, 'full' | 'asked' | 'at' | 'seconds'>,
): KillTable {
	const red = new Set(tried.flatMap(({ red }) => red.map(({ injection, cell }) => `${injection} ${cell}`)));
	const cells = INJECTIONS.flatMap((injection) =>
		row(injection).invariants.map((cell) => ({ injection, cell })),
	);
	const unproven = cells.filter(({ injection, cell }) => !red.has(`${injection} ${cell}`));
	return {
		full,
		asked,
		at,
		seconds,
		tried,
		caught: tried.filter(isCaught).length,
		proven: cells.length - unproven.length,
		unproven,
	};
}
