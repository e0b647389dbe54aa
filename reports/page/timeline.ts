/** Pure: the course of a phase as a drawing that keeps its letters' size on every screen, and as a list for whoever reads. */
import { type ComponentChild, h } from 'preact';
import type { PhaseRecord } from '../record.ts';
import { type Course, courseOf, LANES, type Lane, type Moment, type Span, ticks } from './moments.ts';
import { type Detail, items, took } from './words.ts';

/** Height of a lane; the stylesheet knows it too, so that no drawing says it again. */
const LANE_PX = 30;
/** Percent of the width that the clock takes; right of it stands what came later. */
const WIDTH = 80;
/** Of whatever stands in a lane. */
const CLASS: Readonly<Record<Lane, string>> = { control: 'lc', truth: 'lt', telemetry: 'le', failure: 'lf' };

/** Steps of a phase that are told, those that took longest. */
const LONGEST = 4;

/** Where the time of a phase goes; the bound of latency may repeat it. */
const STEPS: Readonly<Record<string, string>> = {
	'spin-up': 'spin-up',
	start: 'start',
	probes: 'probes',
	gates: 'gates',
	strike: 'strike',
	load: 'load',
	quiet: 'quiet window',
	metrics: 'metrics',
	mend: 'restoring',
	truth: 'truth read back',
};

const yOf = (lane: Lane): number => LANES.indexOf(lane) * LANE_PX + 25;
const percent = (value: number): string => `${Number(value.toFixed(1))}%`;

/** `+0.305 s`, to the millisecond. */
const clock = (ms: number): string => `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1000).toFixed(3)}`;

/** What was struck is said above, in full. */
const said = (event: string): string => (event.startsWith('struck: ') ? 'struck' : event.slice(0, 160));

export function timeline(record: PhaseRecord, restored: boolean, detail: Detail): ComponentChild {
	const { control, observed, timings, injection } = record;
	const course = observed && courseOf(control, observed);
	if (course === undefined) return null;
	// What the clock is set by is said above.
	const own = course.moments.filter(
		({ lane, at }) => lane !== 'control' && !(lane === 'failure' && at === 0),
	);
	const steps = Object.entries(STEPS)
		.flatMap(([step, name]) => ({ name, ms: timings[step] ?? 0 }))
		.sort((a, b) => b.ms - a.ms)
		.slice(0, LONGEST)
		.map(({ name, ms }) => `${name} ${took(ms)}`);
	return h(
		'figure',
		null,
		h('figcaption', null, `Timeline, in seconds from “${course.zero}”`),
		drawing(course, restored),
		h(
			'ol',
			{ class: 'moments' },
			items(own, 3 * detail.list, injection, ({ lane, at, event }) => [
				h('b', { class: CLASS[lane] }, clock(at)),
				` ${said(event)}`,
			]),
			h(
				'li',
				null,
				h('b', restored ? null : { class: CLASS.failure }, 'end'),
				` ${restored ? '' : 'not '}restored; most time: ${steps.join(', ')}`,
			),
		),
	);
}

/** Lanes, labels and the end are the same in many drawings: they refer to these. */
export const lanes = (): ComponentChild =>
	h('svg', { width: 0, height: 0, 'aria-hidden': 'true', class: 'defs' }, [
		h(
			'g',
			{ id: 'lanes' },
			LANES.map((lane) => [
				h('text', { y: yOf(lane) - 10 }, lane),
				h('line', { x2: percent(WIDTH + 1), y1: yOf(lane), y2: yOf(lane) }),
			]),
		),
		h(
			'g',
			{ id: 'restored' },
			h('use', { href: '#lanes' }),
			h('line', {
				class: 'later',
				x1: percent(WIDTH + 1),
				x2: '100%',
				y1: yOf('failure'),
				y2: yOf('failure'),
			}),
			h('text', { class: 'end', x: '100%' }, '✓ restored'),
		),
	]);

function drawing({ moments, spans }: Course, restored: boolean): ComponentChild {
	const times = [...moments.map(({ at }) => at), ...spans.flatMap(({ from, to }) => [from, to])];
	const [from, to] = [Math.min(...times, 0), Math.max(...times, 1)];
	const at = (ms: number): number => 1 + ((ms - from) / (to - from)) * WIDTH;
	return h(
		'svg',
		{ class: 'course', 'aria-hidden': 'true' },
		h('rect', { class: 'struck', x: percent(at(0)), width: percent(WIDTH + 1 - at(0)) }),
		h('use', { href: restored ? '#restored' : '#lanes' }),
		h(
			'g',
			{ class: 'ticks' },
			ticks(from, to).map((ms) => h('text', { x: percent(at(ms)) }, `${ms / 1000} s`.replace('-', '−'))),
		),
		h('rect', { class: 'strike', x: percent(at(0)) }),
		LANES.map((lane) => {
			const [own, lasted] = [moments, spans].map((all) => all.filter((one) => one.lane === lane)) as [
				Moment[],
				Span[],
			];
			return own.length + lasted.length === 0
				? null
				: h(
						'g',
						{ class: CLASS[lane] },
						lasted.map((span) =>
							h('rect', {
								class: span.bad ? 'bad' : null,
								x: percent(at(span.from)),
								width: percent(Math.max(0.3, at(span.to) - at(span.from))),
							}),
						),
						[...new Set(own.map((moment) => percent(at(moment.at))))].map((cx) => h('circle', { cx })),
					);
		}),
		restored ? null : h('text', { class: 'end bad', x: '100%' }, '✗ not restored'),
	);
}
