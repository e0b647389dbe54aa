/** Pure: when what happened in a phase, by the clock, relative to the strike. */
import { waitsForTelemetry } from '../../probes/invariants/waits.ts';
import type { Observation, TimelineEntry } from '../../probes/observe/observation.ts';

/** Whose moment it is; the control's are laid over it by the first commit of truth. */
export type Lane = 'control' | 'truth' | 'telemetry' | 'failure';
export const LANES: readonly Lane[] = ['control', 'truth', 'telemetry', 'failure'];

export interface Moment {
	readonly lane: Lane;
	/** Milliseconds after the strike. */
	readonly at: number;
	readonly event: string;
	readonly source: TimelineEntry['source'];
}

/** Something that lasted: a wait for a lock, a sleep. */
export interface Span {
	readonly lane: Lane;
	readonly from: number;
	readonly to: number;
	/** Truth that waited for telemetry. */
	readonly bad: boolean;
}

export interface Course {
	/** In order; the control's last. */
	readonly moments: readonly Moment[];
	readonly spans: readonly Span[];
	/** What the clock is set by. */
	readonly zero: string;
}

const laneOf = (event: string): Lane =>
	event.startsWith('telemetry') ? 'telemetry' : event.startsWith('truth') ? 'truth' : 'failure';

const FIRST = 'truth first committed';
/** What the failure took effect by, the most exact first. */
const STRUCK = ['failure committed', 'struck', 'strike begins'];

/** `undefined` where no moment was recorded. */
export function courseOf(control: Observation | undefined, observed: Observation): Course | undefined {
	const told = observed.timeline.filter(({ at }) => Number.isFinite(Date.parse(at)));
	const zero =
		STRUCK.map((how) => told.find(({ event }) => event.startsWith(how))).find((entry) => entry) ?? told[0];
	if (zero === undefined) return undefined;
	const start = Date.parse(zero.at);
	const own = told.map(
		({ at, event, source }): Moment => ({ lane: laneOf(event), at: Date.parse(at) - start, event, source }),
	);
	return {
		moments: [...own, ...controlled(control, own)],
		spans: spansOf(observed, start),
		zero: zero.event.replace(/:.*/s, ''),
	};
}

/** The control ran at another time: its first commit of truth is put where the phase has its own. */
function controlled(control: Observation | undefined, own: readonly Moment[]): Moment[] {
	const told = control?.timeline ?? [];
	const first = Date.parse(told.find(({ event }) => event === FIRST)?.at ?? '');
	const over = own.find(({ event }) => event === FIRST)?.at ?? 0;
	return told
		.map(({ at, event, source }) => ({
			lane: 'control' as const,
			at: Date.parse(at) - first + over,
			event,
			source,
		}))
		.filter(({ at }) => Number.isFinite(at));
}

function spansOf({ locks, sleeps }: Observation, start: number): Span[] {
	const waits = locks.waits.map((wait) => {
		const { at, ms, waiter } = wait;
		const lane: Lane = waiter.plane === 'telemetry' ? 'telemetry' : 'truth';
		return { at, ms, lane, bad: waitsForTelemetry(wait) };
	});
	const asleep = sleeps.map(({ at, ms }) => ({ at, ms, lane: 'telemetry' as const, bad: false }));
	return [...waits, ...asleep]
		.map(({ at, ms, lane, bad }) => {
			const from = Date.parse(at) - start;
			return { lane, from, to: from + ms, bad };
		})
		.filter(({ from, to }) => Number.isFinite(from) && Number.isFinite(to));
}

/** Round steps between the two ends, a handful of them. */
export function ticks(from: number, to: number): readonly number[] {
	const rough = Math.max(1, (to - from) / 4);
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power;
	const first = Math.ceil(from / step);
	return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => (first + i) * step);
}
