/** Pure: the filters by verdict and by axis; without the script they are not there, and everything is shown. */
import { type ComponentChild, h } from 'preact';
import { INJECTIONS, row } from '../../suites/matrix.ts';
import { SIGN } from '../summary.ts';
import { type InjectionView, statusesOf } from './view.ts';
import { CLASS, STATUSES } from './words.ts';

const AXES = [...new Set(INJECTIONS.map((id) => row(id).scope))];

/** As it stands in an address: `not-run`. */
const slug = (word: string): string => word.replaceAll(' ', '-');

/** What an injection is found by. */
export const filtered = (view: InjectionView) => ({
	'data-status': statusesOf(view).map(slug).join(' '),
	'data-axis': row(view.id).scope,
});

export function filters(injections: readonly InjectionView[]): ComponentChild {
	const there = new Set(injections.flatMap(statusesOf));
	return h(
		'form',
		{ id: 'filters', hidden: true, 'aria-label': 'Filters' },
		group(
			'status',
			'Verdict',
			STATUSES.filter((status) => there.has(status)).map((status) => [
				status,
				CLASS[status],
				`${SIGN[status]} `,
				injections.filter((view) => statusesOf(view).includes(status)).length,
			]),
		),
		group(
			'axis',
			'Axis',
			AXES.map((axis) => [axis, '', '', INJECTIONS.filter((id) => row(id).scope === axis).length]),
		),
		h('p', { role: 'status', id: 'shown' }),
	);
}

const group = (
	name: string,
	title: string,
	all: readonly (readonly [word: string, kind: string, before: string, injections: number])[],
): ComponentChild =>
	h(
		'fieldset',
		null,
		h('legend', null, title),
		all.map(([word, kind, before, injections]) =>
			h(
				'button',
				{ type: 'button', name, value: slug(word), 'aria-pressed': 'false', class: kind },
				before !== '' && h('span', { 'aria-hidden': 'true' }, before),
				word,
				h('span', { class: 'count' }, ` ${injections}`),
			),
		),
	);
