/** Pure: the course of a phase as a drawing that keeps its letters' size on every screen, and as a list for whoever reads. */
import { h, type VNode } from 'preact';
import type { PhaseRecord } from '../record.ts';
import { type Course, courseOf, LANES, type Lane, ticks } from './moments.ts';
import { type Detail, items, took } from './words.ts';

const LANE_PX = 30;
const TOP_PX = 4;
const AXIS_PX = TOP_PX + LANES.length * LANE_PX;
/** Percent of the width that the clock takes; right of it stands what came later. */
const WIDTH = 84;

/** Where the time of a phase goes, in the order of its script; the bound of latency may repeat it. */
const STEPS = ['spin-up', 'start', 'probes', 'gates', 'strike', 'load', 'quiet', 'metrics', 'mend', 'truth'];

const yOf = (lane: Lane): number => TOP_PX + LANES.indexOf(lane) * LANE_PX + 21;
const percent = (value: number): string => `${Number(value.toFixed(2))}%`;

/** `+0.305 s`, to the millisecond. */
const clock = (ms: number): string => `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1000).toFixed(3)}`;

export function timeline(record: PhaseRecord, restored: boolean, detail: Detail): VNode | null {
	const { control, observed, timings, injection } = record;
	const course = observed && courseOf(control, observed);
	if (course === undefined) return null;
	const own = course.moments.filter(({ lane }) => lane !== 'control');
	const steps = STEPS.flatMap((step) => {
		const ms = timings[step];
		return ms === undefined ? [] : [`${step} ${took(ms)}`];
	});
	return h(
		'figure',
		null,
		h('figcaption', null, `Timeline, in seconds from “${course.zero}”`),
		drawing(course, restored),
		h(
			'ol',
			{ class: 'moments' },
			items(own, 3 * detail.list, injection, ({ lane, at, event }) => [
				h('b', { class: lane }, clock(at)),
				` ${event.length > 160 ? `${event.slice(0, 160)} …` : event}`,
			]),
			h('li', null, h('b', { class: 'restored' }, 'end'), ` ${restored ? '' : 'not '}restored`),
		),
		h('p', { class: 'quiet' }, `Where the time went: ${steps.join(' · ')}`),
	);
}

function drawing({ moments, spans }: Course, restored: boolean): VNode {
	const times = [...moments.map(({ at }) => at), ...spans.flatMap(({ from, to }) => [from, to])];
	const [from, to] = [Math.min(...times, 0), Math.max(...times, 1)];
	const x = (at: number): string => percent(1 + ((at - from) / (to - from)) * WIDTH);
	const after = percent(WIDTH + 2);
	return h(
		'svg',
		{ width: '100%', height: AXIS_PX + 20, 'aria-hidden': 'true', class: 'course' },
		h('rect', {
			class: 'struck',
			x: x(0),
			y: 0,
			width: percent(WIDTH + 1 - Number.parseFloat(x(0))),
			height: AXIS_PX,
		}),
		LANES.map((lane) => [
			h('text', { y: yOf(lane) - 10 }, lane),
			h('line', { x2: percent(WIDTH + 1), y1: yOf(lane), y2: yOf(lane) }),
		]),
		ticks(from, to).map((at) => h('text', { class: 'tick', x: x(at), y: AXIS_PX + 14 }, `${at / 1000} s`)),
		spans.map((span) =>
			h('rect', {
				class: span.bad ? 'wait bad' : 'wait',
				x: x(span.from),
				y: yOf(span.lane) - 4,
				width: percent(Math.max(0.3, ((span.to - span.from) / (to - from)) * WIDTH)),
				height: 8,
			}),
		),
		h('line', { class: 'strike', x1: x(0), x2: x(0), y1: 0, y2: AXIS_PX }),
		moments.map(({ lane, at }) => h('circle', { class: lane, cx: x(at), cy: yOf(lane), r: 4 })),
		h(
			'text',
			{ class: restored ? 'end' : 'end bad', x: after, y: yOf('failure') + 4 },
			restored ? '✓ restored' : '✗ restored',
		),
	);
}
