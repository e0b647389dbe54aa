/** Pure: one phase of an injection: what went wrong, when what happened, who waited, control beside observation, marks. */
import { type ComponentChild, h, type VNode } from 'preact';
import type { InjectionId } from '../../suites/matrix.ts';
import { MARKS, type Status } from '../cells.ts';
import type { PhaseRecord, ProbeRun, Shown } from '../record.ts';
import { differences } from './differences.ts';
import { type Figure, figures } from './figures.ts';
import { timeline } from './timeline.ts';
import type { PhaseView } from './view.ts';
import { waits } from './waits.ts';
import { badge, CLASS, clip, type Detail, items, sign, took } from './words.ts';

export function phase(view: PhaseView, detail: Detail): VNode {
	const { anchor, name, record, status, judged } = view;
	const { injection, observed, durationMs } = record;
	const whole = detail.phases === 'all' || status !== 'held';
	const restored = judged.every(({ name, status }) => name !== 'restoration' || status === 'held');
	return h(
		'details',
		{ class: `phase ${CLASS[status]}`, open: status === 'violated' },
		h(
			'summary',
			null,
			h('h4', null, name),
			badge(status),
			h(
				'span',
				{ class: 'quiet' },
				judged
					.filter((each) => each.status !== 'held')
					.map((each) => each.name)
					.join(', '),
			),
			h('time', null, took(durationMs)),
		),
		h(
			'div',
			{ id: anchor },
			...failures(view, detail),
			h('p', { class: 'method' }, h('code', null, clip(record.method, detail.text, injection))),
			whole && timeline(record, restored, detail),
			observed && whole && waits(observed, injection, detail),
			whole && compared(record, detail),
			h('dl', { class: 'marks' }, marks(view, detail)),
		),
	);
}

/** Each reason in full, or as much of it as is shown; sentences of one reason stand one below the other. */
function failures({ judged, record }: PhaseView, detail: Detail): ComponentChild[] {
	const open = judged.filter(({ status, reason }) => status !== 'held' && reason !== '');
	return [...Map.groupBy(open, ({ status, reason }) => `${status} ${reason}`).values()].map((same) => {
		const [{ status, reason, looked } = { status: 'inconclusive' as Status, reason: '', looked: '' }] = same;
		const sentences = clip(reason, detail.text, record.injection).split(/\.?\n/);
		return h(
			'div',
			{ class: `why ${CLASS[status]}` },
			h('h5', null, badge(status, `${same.map(({ name }) => name).join(', ')} ${status}`)),
			sentences.map((sentence) => h('p', null, sentence)),
			looked !== '' &&
				h('p', { class: 'quiet' }, `Looked at: ${clip(looked, detail.text / 2, record.injection)}`),
		);
	});
}

function compared({ control, observed, injection }: PhaseRecord, detail: Detail): VNode | null {
	if (control === undefined || observed === undefined) return null;
	const all = figures(control, observed);
	const same = all.filter((one) => one.control === one.observed);
	const single = differences(control, observed);
	const more = single.length - detail.list;
	return h(
		'div',
		{ class: 'scroll' },
		h(
			'table',
			{ class: 'compared' },
			h('caption', null, 'Control and observation, where they differ'),
			h(
				'thead',
				null,
				h(
					'tr',
					null,
					['What', 'Control', 'Observed'].map((head) => h('th', { scope: 'col' }, head)),
				),
			),
			h(
				'tbody',
				null,
				all.filter((one) => one.control !== one.observed).map((one) => line(one, injection)),
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
				`The same in both: ${same.map(({ name, control }) => `${name} ${control}`).join(' · ')}.`,
			),
	);
}

const line = ({ name, control, observed }: Figure, id: InjectionId, kind?: string): VNode =>
	h(
		'tr',
		kind === undefined ? null : { class: kind },
		h('th', { scope: 'row' }, name),
		h('td', null, clip(control, 200, id)),
		h('td', null, clip(observed, 200, id)),
	);

const TITLE = {
	witness: 'Witness',
	outcome: 'Outcome',
	restoration: 'Restored',
	probes: 'Probes',
} as const;

function marks({ judged, record }: PhaseView, detail: Detail): VNode[] {
	const { injection, probes } = record;
	return MARKS.flatMap((mark) => {
		const status = judged.find(({ name }) => name === mark)?.status ?? 'not run';
		const facts = mark === 'probes' ? probes.flatMap(probed) : record[mark].map(told);
		return [
			h('dt', { class: CLASS[status] }, sign(status), ' ', TITLE[mark]),
			h(
				'dd',
				null,
				h(
					'ul',
					null,
					items(facts, 2 * detail.list, injection, (text) => clip(text, detail.text / 2, injection)),
				),
			),
		];
	});
}

const told = ({ name, shown, facts }: Shown): string => `${shown ? '' : 'not shown: '}${name}: ${facts}`;

/** How many passed, and whatever did not. */
function probed({ when, results }: ProbeRun): string[] {
	const passed = results.filter(({ verdict }) => verdict === 'passed').length;
	return [
		`${passed} of ${results.length} passed ${when === 'before' ? 'before the strike' : 'after restoring'}`,
		...results
			.filter(({ verdict }) => verdict !== 'passed')
			.map(({ name, verdict, detail, declared }) => `${name} ${verdict}: ${declared ?? detail}`),
	];
}
