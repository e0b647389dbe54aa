/** Words and signs that all parts of the page share, and how much of a text or a list it shows. */
import { type ComponentChild, Fragment, h } from 'preact';
import type { InvariantId } from '../../probes/invariants/verdict.ts';
import type { InjectionId } from '../../suites/matrix.ts';
import { seconds } from '../amounts.ts';
import type { PhaseLabel, Status } from '../cells.ts';
import { evidencePath } from '../paths.ts';
import { SIGN } from '../summary.ts';

/** How much of what was recorded is shown; the rest is in the evidence. */
export interface Detail {
	/** Characters of a text. */
	readonly text: number;
	/** Things of a list. */
	readonly list: number;
	/** Timeline and comparison of every phase; the timeline alone of those that are held; neither of those; of none. */
	readonly phases: 'all' | 'courses' | 'open' | 'none';
}

/** Class names, short since they are written hundreds of times. */
export const CLASS: Readonly<Record<Status, string>> = {
	held: 'h',
	violated: 'v',
	inconclusive: 'i',
	'not run': 'n',
	'not applicable': 'o',
};

export const STATUSES = Object.keys(SIGN) as readonly Status[];

/** What an invariant says, in the two words that fit a column. */
export const PROMISE: Readonly<Record<InvariantId, string>> = {
	I1: 'truth persists',
	I2: 'replay is stable',
	I3: 'no incidents',
	I4: 'nothing blocked',
	I5: 'O1 unaffected',
	I6: 'telemetry deletable',
};

/** `✓` for the eye, `held` for whoever listens. */
export const sign = (status: Status): ComponentChild =>
	h(Fragment, null, h('b', { 'aria-hidden': 'true' }, SIGN[status]), h('i', null, status));

export const badge = (status: Status, text: string = status): ComponentChild =>
	h('span', { class: `badge ${CLASS[status]}` }, `${SIGN[status]} ${text}`);

/** `W3-boot-sticky` */
export const phaseId = (id: InjectionId, { phase, mode }: PhaseLabel): string =>
	[id, phase, ...(mode ? [mode] : [])].join('-');

export function took(ms: number): string {
	if (!Number.isFinite(ms)) return '–';
	if (ms < 1000) return `${Math.round(ms)} ms`;
	if (ms < 100_000) return seconds(ms);
	const whole = Math.round(ms / 1000);
	return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The beginning of a long text, and how much is not shown and where that is. */
export function clip(text: string, most: number, id: InjectionId): string {
	const line = text.trim();
	if (line.length <= most) return line;
	return `${line.slice(0, most)} … (${line.length - most} more characters in ${evidencePath(id)})`;
}

/** The first things of a list as items, and where the others are. */
export function items<T>(
	all: readonly T[],
	most: number,
	id: InjectionId,
	item: (one: T) => ComponentChild,
): ComponentChild[] {
	const more = all.length - most;
	return [
		...all.slice(0, most).map((one) => h('li', null, item(one))),
		...(more > 0 ? [h('li', { class: 'quiet' }, `and ${more} more in ${evidencePath(id)}`)] : []),
	];
}
