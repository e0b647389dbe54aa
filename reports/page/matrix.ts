/** Pure: the matrix as a table: a row for each injection, a cell for each verdict, each leading to what it rests on. */
import { type ComponentChild, h } from 'preact';
import { INVARIANTS, type InvariantId } from '../../probes/invariants/verdict.ts';
import { row } from '../../suites/matrix.ts';
import { type Mark, type Status, worstStatus } from '../cells.ts';
import { SIGN } from '../summary.ts';
import { filtered } from './filters.ts';
import { anchorOf, cellsOf, type InjectionView } from './view.ts';
import { CLASS, PROMISE, sign, took } from './words.ts';

export function matrix(injections: readonly InjectionView[]): ComponentChild {
	const slowest = Math.max(1, ...injections.map(({ ms }) => ms));
	const groups = Map.groupBy(injections, ({ id }) => row(id).scope);
	return h(
		'div',
		{ class: 'scroll', role: 'region', 'aria-labelledby': 'matrix', tabIndex: 0 },
		h(
			'table',
			{ class: 'matrix' },
			h(
				'caption',
				null,
				h(
					'span',
					null,
					'Each row is a failure, each column an invariant. A sign leads to what it rests on; an empty cell is not asked of that injection.',
				),
			),
			h('thead', null, head()),
			h('tbody', { class: 'all' }, together(injections)),
			[...groups.values()].map((all) =>
				h(
					'tbody',
					null,
					all.map((view) => line(view, slowest)),
				),
			),
		),
	);
}

const head = (): ComponentChild =>
	h(
		'tr',
		null,
		h('th', { scope: 'col' }, 'Injection'),
		INVARIANTS.map((id) => h('th', { scope: 'col', class: 'c' }, id, h('small', null, PROMISE[id]))),
		['Expected outcome', 'Witness'].map((title) => h('th', { scope: 'col' }, title)),
		h('th', { scope: 'col', class: 'time' }, 'Time'),
	);

function line(view: InjectionView, slowest: number): ComponentChild {
	const { id, ms, phases } = view;
	const cells = cellsOf(view);
	const { title, scope, timing, failure, outcome, witness } = row(id);
	return h(
		'tr',
		filtered(view),
		h(
			'th',
			{ scope: 'row' },
			h('a', { href: `#${id}` }, h('b', null, id), ' ', title),
			h('small', null, `${scope} · ${timing} · ${failure}`),
		),
		INVARIANTS.map((name, at) => cell(view, cells[at], name)),
		mark(view, 'outcome', outcome),
		mark(view, 'witness', witness),
		h('td', { class: 'time' }, phases.length > 0 && [took(ms), bar(ms / slowest)]),
	);
}

/** How many are held of those that there are, as a report of coverage begins. */
function together(injections: readonly InjectionView[]): ComponentChild {
	const of = (kind: string, all: readonly (Status | undefined)[]): ComponentChild => {
		const asked = all.filter((status) => status !== undefined);
		const status = worstStatus(asked);
		return h(
			'td',
			{ class: `${kind} ${CLASS[status]}` },
			`${asked.filter((one) => one === 'held').length}/${asked.length}`,
		);
	};
	const marked = (mark: Mark) => injections.map(({ result }) => result?.marks[mark].status ?? 'not run');
	return h(
		'tr',
		null,
		h('th', { scope: 'row' }, 'Held'),
		INVARIANTS.map((_, at) =>
			of(
				'sum',
				injections.map((view) => cellsOf(view)[at]),
			),
		),
		of('', marked('outcome')),
		of('', marked('witness')),
		h('td', null),
	);
}

/** What is held leads where its row leads: whoever goes from link to link need not stop there. */
const cell = (view: InjectionView, status: Status | undefined, name: InvariantId): ComponentChild =>
	status === undefined
		? h('td', null)
		: h(
				'td',
				{ class: `c ${CLASS[status]}` },
				h(
					'a',
					{
						href: `#${anchorOf(view, status, name)}`,
						'aria-label': `${view.id} ${name} ${status}`,
						...(status === 'violated' || status === 'inconclusive' ? {} : { tabIndex: -1 }),
					},
					SIGN[status],
				),
			);

function mark(view: InjectionView, which: Mark, text: string): ComponentChild {
	const status = view.result?.marks[which].status ?? 'not run';
	return h('td', { class: `mark ${CLASS[status]}` }, sign(status), ' ', text);
}

const bar = (share: number): ComponentChild =>
	h(
		'svg',
		{ width: '100%', height: 4, 'aria-hidden': 'true' },
		h('rect', { width: `${Math.round(share * 100)}%`, height: 4, rx: 2 }),
	);
