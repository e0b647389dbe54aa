/**
 * Observations as the archive keeps them. The control of a phase is a file of its own, named by its digest; an observation under
 * the failure is kept as what differs from it, which is little where nothing is wrong. Lossless.
 */
import { create, type Delta } from 'jsondiffpatch';
import type { Observation } from '../probes/observe/observation.ts';
import { digestOf } from './canonical.ts';
import type { PhaseRecord } from './record.ts';

/** One control, as a file holds it: what each phase adds to it is kept with that phase. */
export type KeptControl = Omit<Observation, Own>;

/** What a phase may add to the control that it shares. */
const OWN = ['samples', 'bare', 'halves', 'deaths', 'attempts'] as const satisfies (keyof Observation)[];
type Own = (typeof OWN)[number];

/** How a phase that ran is kept. */
export interface KeptPhase extends Omit<PhaseRecord, 'control' | 'observed'> {
	readonly control?: Pick<Observation, Own> & { readonly digest: string };
	/** From the control to the observation, in the format of jsondiffpatch: `[0, new]`, `[new]`, `[0, 0, 0]`. */
	readonly observed?: Delta;
}

/** Things of a list are the same when they say the same in words; figures and lists may differ. */
const inWords = (one: object): string =>
	JSON.stringify(
		Object.entries(one)
			.filter(([, value]) => typeof value === 'string')
			.sort(([a], [b]) => (a < b ? -1 : 1)),
	);

const differ = create({
	objectHash: inWords,
	arrays: { detectMove: false },
	omitRemovedValues: true,
	cloneDiffValues: true,
});

const isOwn = (key: string): boolean => OWN.some((own) => own === key);
const partOf = (control: Observation, which: (key: string) => boolean): object =>
	Object.fromEntries(Object.entries(control).filter(([key]) => which(key)));
const sharedPart = (control: Observation) => partOf(control, (key) => !isOwn(key)) as KeptControl;
const ownPart = (control: Observation) => partOf(control, isOwn) as Pick<Observation, Own>;

/** What a difference is taken from: the same whether the control comes from a run or from its file. */
const baseOf = (shared: KeptControl): Observation => ({ ...shared, samples: {}, attempts: [] });

const digests = new WeakMap<Observation, string>();

/** Of the part that phases share; taken once, for the file and for each phase that names it. */
function digestOfControl(control: Observation): string {
	const digest = digests.get(control) ?? digestOf(sharedPart(control));
	digests.set(control, digest);
	return digest;
}

/** Every control of these records, by its digest. */
export const controlsOf = (records: readonly PhaseRecord[]): ReadonlyMap<string, KeptControl> =>
	new Map(
		records.flatMap(({ control }) =>
			control === undefined ? [] : [[digestOfControl(control), sharedPart(control)] as const],
		),
	);

export function keep({ control, observed, ...rest }: PhaseRecord): KeptPhase {
	if (control === undefined || observed === undefined) return rest;
	return {
		...rest,
		control: { digest: digestOfControl(control), ...ownPart(control) },
		observed: differ.diff(baseOf(sharedPart(control)), observed),
	};
}

/** The control that an observation is kept by is not there. */
export class NoControl extends Error {
	override readonly name = 'NoControl';
}

/** The record that was kept; throws {@link NoControl}, or an Error where the difference does not fit. */
export function unfold(
	{ control, observed, ...rest }: KeptPhase,
	controls: ReadonlyMap<string, KeptControl>,
): PhaseRecord {
	if (control === undefined) return rest;
	const { digest, ...own } = control;
	const shared = controls.get(digest);
	if (shared === undefined) throw new NoControl(`the control ${digest} is not in the archive`);
	return {
		...rest,
		control: { ...shared, ...own },
		observed: differ.patch(copied(baseOf(shared), Object.keys(observed ?? {})), observed) as Observation,
	};
}

/** With copies of the parts that are about to change; the rest is shared, since nothing does change it. */
const copied = (base: Observation, keys: readonly string[]): object =>
	Object.fromEntries(
		Object.entries(base).map(([key, part]) => [key, keys.includes(key) ? structuredClone(part) : part]),
	);
