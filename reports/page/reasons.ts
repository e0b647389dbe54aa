/** Pure: what is wrong, before the matrix: each thing in a sentence, one click away from its whole story. */
import { type ComponentChild, h } from 'preact';
import { type InjectionId, row } from '../../suites/matrix.ts';
import type { Judged, Status } from '../cells.ts';
import type { Certificate } from '../certificate.ts';
import { gist } from '../gist.ts';
import { anchorOf, type View } from './view.ts';
import { CLASS } from './words.ts';

/** So many are told before the matrix; the others a click further. */
const FIRST = 5;
/** Of what is not known, where something is known to be wrong. */
const FEW = 2;

/** Of those others; the rest is a sign in the matrix. */
const FOLDED = 40;

interface Wrong {
	readonly id: InjectionId;
	readonly status: Status;
	/** Cells and marks that it is said of. */
	readonly names: readonly Judged[];
	readonly reason: string;
}

/** Inconclusive cells of an injection have one reason most of the time. */
const inconclusive = ({ details }: Certificate): readonly Wrong[] =>
	[
		...Map.groupBy(details.inconclusive, ({ injection_id, reason }) => `${injection_id} ${reason}`).values(),
	].map((same) => {
		const [{ injection_id, reason }] = same as [(typeof same)[number]];
		const names = same.map(({ cell }) => cell as Judged);
		return { id: injection_id, status: 'inconclusive', names, reason };
	});

/** What is violated, what is not known, each one click away from its whole story, then why nothing is certified. */
export function reasons(view: View): ComponentChild {
	const { certificate } = view;
	const { obstacles } = certificate.details;
	const violated = certificate.violations.map(
		({ injection_id, invariant, evidence }): Wrong => ({
			id: injection_id,
			status: 'violated',
			names: [invariant],
			reason: evidence,
		}),
	);
	const parts: readonly (readonly [title: string, content: ComponentChild])[] = [
		['What was violated', listed(violated, FIRST, view)],
		['What is inconclusive', listed(inconclusive(certificate), violated.length > 0 ? FEW : FIRST, view)],
		['Why this is no certificate', obstacles.length > 0 && h('ul', null, obstacles.map(obstacle))],
	];
	const told = parts.filter(([, content]) => content);
	if (told.length === 0) return null;
	return h(
		'section',
		{ class: 'reasons', 'aria-labelledby': 'reasons' },
		told.map(([title, content], at) => [
			at === 0 ? h('h2', { id: 'reasons' }, title) : h('h3', null, title),
			content,
		]),
	);
}

const obstacle = (text: string): ComponentChild =>
	h('li', null, text.length > 1200 ? `${text.slice(0, 1200)} … (the rest is in certificate.json)` : text);

function listed(all: readonly Wrong[], first: number, view: View): ComponentChild {
	const rest = all.slice(first);
	const shown = rest.slice(0, FOLDED);
	return all.length === 0
		? null
		: [
				h(
					'ol',
					null,
					all.slice(0, first).map((each) => wrong(each, view)),
				),
				rest.length > 0 &&
					h(
						'details',
						null,
						h('summary', null, `${rest.length} more`),
						h(
							'ol',
							{ start: first + 1 },
							shown.map((each) => wrong(each, view)),
						),
						rest.length > shown.length &&
							h('p', { class: 'quiet' }, `and ${rest.length - shown.length} more in the matrix`),
					),
			];
}

function wrong({ id, status, names, reason }: Wrong, view: View): ComponentChild {
	const own = view.injections.find((one) => one.id === id);
	const [first] = names;
	return h(
		'li',
		{ class: CLASS[status] },
		h(
			'a',
			{ href: `#${own && first ? anchorOf(own, status, first) : id}` },
			h('b', null, `${id} ${names.join(', ')}`),
			` ${row(id).title}`,
		),
		h('p', null, gist(reason, 1).told),
	);
}
