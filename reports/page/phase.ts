/** Pure: one phase of an injection: what went wrong, when what happened, who waited, control beside observation, marks. */
import { type ComponentChild, Fragment, h } from 'preact';
import type { InjectionId } from '../../suites/matrix.ts';
import { MARKS, type Status } from '../cells.ts';
import { sentencesOf } from '../gist.ts';
import type { PhaseRecord, ProbeRun, Shown } from '../record.ts';
import { SIGN } from '../summary.ts';
import { differences } from './differences.ts';
import { alike, type Figure, figures } from './figures.ts';
import { timeline } from './timeline.ts';
import { isTold, type PhaseView, reasonId } from './view.ts';
import { waits } from './waits.ts';
import { badge, CLASS, clip, type Detail, items, sign, took } from './words.ts';

export const method = (text: string, id: InjectionId, detail: Detail): ComponentChild =>
	h('p', { class: 'method' }, h('code', null, clip(text, detail.text, id)));

/** `own`: what was done is not the same in all phases. */
export function phase(view: PhaseView, own: boolean, detail: Detail): ComponentChild {
	const { anchor, name, record, status, judged } = view;
	const { injection, observed, durationMs } = record;
	const open = judged.filter((each) => each.status !== 'held');
	const whole = detail.phases === 'all' || (detail.phases !== 'none' && status !== 'held');
	const drawn = whole || detail.phases === 'courses';
	const restored = judged.every(({ name, status }) => name !== 'restoration' || status === 'held');
	return h(
		'details',
		{ class: `phase ${CLASS[status]}`, open: status === 'violated' },
		h(
			'summary',
			null,
			h('h4', null, name),
			badge(status),
			status !== 'held' && h('span', { class: 'quiet' }, open.map((each) => each.name).join(', ')),
			h('time', null, took(durationMs)),
		),
		h(
			'div',
			{ id: anchor },
			...failures(view, detail),
			own && method(record.method, injection, detail),
			drawn && timeline(record, restored, detail),
			observed && drawn && waits(observed, injection, detail),
			whole && compared(record, detail),
			h('dl', { class: 'marks' }, marks(view, detail)),
		),
	);
}

/** Each reason in full, or as much of it as is shown; sentences of one reason stand one below the other. */
function failures(view: PhaseView, detail: Detail): ComponentChild[] {
	const { judged, record } = view;
	const open = judged
		.filter(isTold)
		.sort((a, b) => Number(b.status === 'violated') - Number(a.status === 'violated'));
	return [...Map.groupBy(open, ({ status, reason }) => `${status} ${reason}`).values()].map((same) => {
		const [{ status, reason, looked } = { status: 'inconclusive' as Status, reason: '', looked: '' }] = same;
		return h(
			'div',
			{ class: `why ${CLASS[status]}` },
			h(
				'h5',
				{ class: `badge ${CLASS[status]}` },
				`${SIGN[status]} `,
				same.map(({ name }, at) => [at > 0 && ', ', h('span', { id: reasonId(view, name) }, name)]),
				` ${status}`,
			),
			sentencesOf(clip(reason, detail.text, record.injection)).map((sentence) => h('p', null, sentence)),
			looked !== '' &&
				h('p', { class: 'quiet' }, `Looked at: ${clip(looked, detail.text / 2, record.injection)}`),
		);
	});
}

function compared({ control, observed, injection }: PhaseRecord, detail: Detail): ComponentChild {
	if (control === undefined || observed === undefined) return null;
	const all = figures(control, observed);
	const same = all.filter(alike);
	const single = differences(control, observed);
	const more = single.length - detail.list;
	return h(
		Fragment,
		null,
		h(
			'table',
			{ class: 'compared' },
			h('caption', null, 'Control and observation'),
			h(
				'thead',
				null,
				h(
					'tr',
					null,
					['What', 'Control', 'Observed'].map((head) => h('th', null, head)),
				),
			),
			h(
				'tbody',
				null,
				all.filter((one) => !alike(one)).map((one) => line(one, injection)),
				single.slice(0, detail.list).map((one) => line(one, injection, 'single')),
				more > 0 &&
					line(
						{ name: `and ${more} more`, control: '', observed: `controls/, evidence/${injection}.json` },
						injection,
					),
			),
		),
		same.length > 0 &&
			h(
				'p',
				{ class: 'quiet' },
				`As in the control: ${same.map(({ name, observed }) => `${name} ${observed}`).join(' · ')}.`,
			),
	);
}

/** What a heading is of follows from where it stands. */
const line = ({ name, control, observed }: Figure, id: InjectionId, kind?: string): ComponentChild =>
	h(
		'tr',
		kind === undefined ? null : { class: kind },
		h('th', null, name),
		h('td', null, clip(control, 200, id)),
		h('td', null, clip(observed, 200, id)),
	);

const TITLE = {
	witness: 'Witness',
	outcome: 'Outcome',
	restoration: 'Restored',
	probes: 'Probes',
} as const;

function marks({ judged, record }: PhaseView, detail: Detail): ComponentChild[] {
	const { injection, probes } = record;
	return MARKS.flatMap((mark) => {
		const status = judged.find(({ name }) => name === mark)?.status ?? 'not run';
		const facts = (mark === 'probes' ? probed(probes) : record[mark].filter(isNew).map(told)).map((fact) =>
			clip(fact, detail.text / 2, injection),
		);
		return [
			h(
				'dt',
				status === 'held' ? null : { class: CLASS[status] },
				status !== 'held' && [sign(status), ' '],
				TITLE[mark],
			),
			h(
				'dd',
				null,
				facts.length === 1
					? facts[0]
					: h(
							'ul',
							null,
							items(facts, 2 * detail.list, injection, (fact) => fact),
						),
			),
		];
	});
}

/** When it was struck is what the timeline shows. */
const isNew = ({ name, shown }: Shown): boolean => !(shown && name.startsWith('struck '));

const told = ({ name, shown, facts }: Shown): string =>
	`${shown ? '' : 'not shown: '}${name}: ${atTimes(facts)}`;

/** Times of the day of the run alone. */
const atTimes = (facts: string): string => facts.replace(/\d{4}-\d\d-\d\dT([\d:]{8}\.\d{3})\d*Z/g, '$1');

/** How many passed, and whatever did not. */
function probed(runs: readonly ProbeRun[]): string[] {
	const passed = runs.map(({ when, results }) => {
		const own = results.filter(({ verdict }) => verdict === 'passed').length;
		return `${own} of ${results.length} ${when === 'before' ? 'before the strike' : 'after restoring'}`;
	});
	return [
		...(passed.length > 0 ? [`passed: ${passed.join(', ')}`] : []),
		...runs.flatMap(({ results }) =>
			results
				.filter(({ verdict }) => verdict !== 'passed')
				.map(({ name, verdict, detail, declared }) => `${name} ${verdict}: ${declared ?? detail}`),
		),
	];
}
