/** Pure: what a run was asked to show, from its options and from how Vitest was narrowed (spec §7, §8). */
import { INJECTIONS, type InjectionId, row } from '../suites/matrix.ts';
import type { Asked } from './certificate.ts';
import type { Collected } from './collect.ts';

/** Files, names or tags were selected on the command line. */
export interface Narrowed {
	/** As people read it, e.g. `-t W3`. */
	readonly how: string;
	/** Not all test files were run: an injection whose file is not there was not asked for. */
	readonly files: boolean;
}

export interface Wanted {
	readonly matrix: 'full' | 'minimal';
	readonly only?: readonly InjectionId[];
	readonly narrowed?: Narrowed;
}

/** The injection that `-t W3` asks for: its file alone is then collected, which is what makes the inner loop quick. */
export const soleInjection = (argv: readonly string[]): InjectionId | undefined =>
	INJECTIONS.find((id) =>
		argv.some((argument, index) => argument === id && /^(-t|--testNamePattern)$/.test(argv[index - 1] ?? '')),
	);

/**
 * `only` is always PARTIAL; a narrowed run is PARTIAL when the narrowing leaves out any test of the set. What it
 * does not explain, such as a file that is lost, makes the run incomplete, not small.
 */
export function askedFor(
	{ matrix, only, narrowed }: Wanted,
	{ selected, filtered }: Pick<Collected, 'selected' | 'filtered'>,
): Asked {
	const whole = wholeSet(matrix === 'minimal' ? 'MINIMAL' : 'FULL');
	const set = whole.ids;
	if (only) return { matrix: 'PARTIAL', ids: only, others: `not asked for: --only ${only.join(',')}` };
	const leavesOut = set.some((id) => filtered.includes(id) || (narrowed?.files && !selected.includes(id)));
	if (narrowed !== undefined && leavesOut) {
		return { matrix: 'PARTIAL', ids: [...selected], others: `not asked for: ${narrowed.how}` };
	}
	return whole;
}

/** What it means to be asked for a whole set: nobody else says which injections that is. */
export const wholeSet = (matrix: 'MINIMAL' | 'FULL'): Asked =>
	matrix === 'MINIMAL'
		? {
				matrix,
				ids: INJECTIONS.filter((id) => row(id).minimal),
				others: 'not one of the nine of the minimal matrix',
			}
		: { matrix, ids: INJECTIONS, others: '' };
