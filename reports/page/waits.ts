/** Pure: who waited for whom and on what, as a tree of backends. */
import { type ComponentChild, h } from 'preact';
import { waitsForTelemetry } from '../../probes/invariants/waits.ts';
import type { Backend, Observation, Plane, Wait } from '../../probes/observe/observation.ts';
import type { InjectionId } from '../../suites/matrix.ts';
import { plural } from '../amounts.ts';
import { clip, type Detail, items, took } from './words.ts';

const PLANE: Readonly<Record<Plane, string>> = {
	truth: 'truth',
	telemetry: 'telemetry',
	both: 'truth and telemetry',
	suite: 'the suite',
	other: 'neither plane',
};

/** The suite freezes telemetry on purpose: that its writers wait there is what was to be seen. */
const isOnPurpose = (wait: Wait): boolean =>
	!waitsForTelemetry(wait) &&
	wait.blockers.length > 0 &&
	wait.blockers.every(({ plane }) => plane === 'suite');

export function waits({ locks }: Observation, id: InjectionId, detail: Detail): ComponentChild {
	const told = [
		...Map.groupBy(
			locks.waits.filter((wait) => !isOnPurpose(wait)),
			asOne,
		).values(),
	]
		.map((same) => same.toSorted(worstFirst))
		.toSorted(([a], [b]) => (a && b ? worstFirst(a, b) : 0));
	const frozen = locks.waits.filter(isOnPurpose);
	if (locks.waits.length === 0) return null;
	return h(
		'section',
		{ class: 'locks' },
		h('h5', null, 'Who waited for whom'),
		told.length > 0 &&
			h(
				'ul',
				{ class: 'graph' },
				items(told, detail.list, id, (same) => tree(same, id, detail)),
			),
		frozen.length > 0 &&
			h(
				'p',
				{ class: 'quiet' },
				`${plural(frozen.length, 'wait')} of telemetry at the suite’s own gates, ` +
					`${took(Math.max(...frozen.map(({ ms }) => ms)))} at most: ${[...new Set(frozen.map(({ wanted }) => wanted))].join(', ')}.`,
			),
	);
}

const worstFirst = (a: Wait, b: Wait): number =>
	Number(waitsForTelemetry(b)) - Number(waitsForTelemetry(a)) || b.ms - a.ms;

/** Waits that differ in who and how long alone are told by the longest of them. */
const asOne = ({ waiter, wanted, blockers }: Wait): string =>
	[waiter, ...blockers].flatMap(({ plane, role, statement }) => [plane, role, statement]).join('\n') + wanted;

const tree = ([wait, ...others]: readonly Wait[], id: InjectionId, detail: Detail): ComponentChild =>
	wait &&
	h(
		'div',
		{ class: waitsForTelemetry(wait) ? 'bad' : '' },
		backend(wait.waiter, id, detail),
		h(
			'p',
			{ class: 'wanted' },
			'waited ',
			h('strong', null, took(wait.ms)),
			` for ${wait.wanted}${others.length > 0 ? `, as ${others.length} more did` : ''}, held by`,
		),
		h(
			'ul',
			null,
			wait.blockers.length === 0
				? h('li', null, 'a backend that had gone')
				: items(wait.blockers, detail.list, id, (one) => backend(one, id, detail)),
		),
	);

const backend = (
	{ pid, role, plane, holds, statement }: Backend,
	id: InjectionId,
	detail: Detail,
): ComponentChild =>
	h(
		'div',
		{ class: 'backend' },
		h('strong', null, `backend ${pid}`),
		h('span', { class: `plane ${plane}` }, PLANE[plane]),
		h('span', { class: 'quiet' }, role),
		holds.length > 0 &&
			h(
				'span',
				null,
				` holds ${holds.slice(0, 6).join(', ')}${holds.length > 6 ? ` and ${holds.length - 6} more` : ''}`,
			),
		statement !== '' && h('code', null, clip(statement.replace(/\s+/g, ' '), Math.min(240, detail.text), id)),
	);
