/** Pure: the drill-down of one injection: what was struck, what must come of it, and its phases. */
import { type ComponentChild, h } from 'preact';
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { row } from '../../suites/matrix.ts';
import { judgedOf, MARKS } from '../cells.ts';
import { evidencePath } from '../paths.ts';
import { filtered } from './filters.ts';
import { method, phase } from './phase.ts';
import { anchorOf, cellsOf, type InjectionView } from './view.ts';
import { badge, CLASS, clip, type Detail, sign, took } from './words.ts';

export function injection(view: InjectionView, detail: Detail): ComponentChild {
	const { id, status, ms, phases } = view;
	const { title, outcome, method: how, witness } = row(id);
	const methods = [...new Set(phases.map(({ record }) => record.method))];
	return h(
		'details',
		{ class: `injection ${CLASS[status]}`, ...filtered(view) },
		h(
			'summary',
			null,
			h('h3', null, h('b', null, id), ` ${title}`),
			strip(view),
			h('time', null, phases.length > 0 ? took(ms) : ''),
		),
		h(
			'div',
			{ id, class: 'inside' },
			h(
				'dl',
				{ class: 'row' },
				methods.length === 0 && pair('Struck by', how),
				pair('Must come of it', outcome),
				pair('Must be witnessed', witness),
			),
			...untold(view, detail),
			methods.length === 1 && method(methods[0] ?? '', id, detail),
			phases.map((each) => phase(each, methods.length > 1, detail)),
			view.result &&
				phases.length > 0 &&
				h('p', { class: 'quiet' }, `All that was observed: ${evidencePath(id)}`),
		),
	);
}

const pair = (name: string, text: string): ComponentChild =>
	h('div', null, h('dt', null, name), h('dd', null, text));

/** The six cells once more, as small as they go. */
const strip = (view: InjectionView): ComponentChild =>
	h(
		'span',
		{ class: 'strip' },
		badge(view.status),
		cellsOf(view).map((status, at) =>
			status === undefined || status === 'held' || view.phases.length === 0
				? null
				: h('span', { class: `chip ${CLASS[status]}` }, INVARIANTS[at], ' ', sign(status)),
		),
		MARKS.map((mark) => {
			const status = view.result?.marks[mark].status ?? 'held';
			return status === 'held' || view.phases.length === 0
				? null
				: h('span', { class: `chip ${CLASS[status]}` }, mark, ' ', sign(status));
		}),
	);

/** What no phase tells: why nothing was struck, a phase that is missing, a test that failed. */
function untold(view: InjectionView, detail: Detail): ComponentChild[] {
	const { id, result, status, untold: why } = view;
	if (why !== '')
		return [h('p', { class: `why ${CLASS[status]}` }, badge(status), ` ${clip(why, detail.text, id)}`)];
	const said = new Set<string>();
	return judgedOf(result as NonNullable<typeof result>)
		.filter((each) => each.status !== 'held' && anchorOf(view, each.status, each.name) === id)
		.filter(({ reason }) => !said.has(reason) && said.add(reason))
		.map((each) =>
			h(
				'p',
				{ class: `why ${CLASS[each.status]}` },
				badge(each.status),
				` ${clip(each.reason, detail.text, id)}`,
			),
		);
}
