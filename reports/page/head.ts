/** Pure: what is seen first: the verdict in one sentence, the cells counted, why, and what it is of. */
import { type ComponentChild, h } from 'preact';
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { row } from '../../suites/matrix.ts';
import { plural } from '../amounts.ts';
import { type Certificate, statusOf } from '../certificate.ts';
import type { Violation } from '../evidence.ts';
import { gist } from '../gist.ts';
import { SIGN, undeclaredOf } from '../summary.ts';
import { anchorOf, counted, type View } from './view.ts';
import { CLASS, STATUSES, took } from './words.ts';

/** Violations that are told before the matrix; the others a click further. */
const FIRST = 5;

/** Injections that are named in the head: the nine of the minimal matrix fit a line. */
const FEW = 9;

export function head(view: View): ComponentChild {
	const { certificate } = view;
	const { details } = certificate;
	const [subject] = details.subject;
	const status = statusOf(certificate);
	const [word = '', ...rest] = details.verdict.split(/(?<=^[A-Z ]+): /);
	return h(
		'header',
		{ class: `verdict ${CLASS[status]}` },
		h('p', { class: 'of' }, 'Bystander · ', subject ? `${subject.name} ${subject.version}` : 'no subject'),
		h('h1', null, h('span', { 'aria-hidden': 'true' }, SIGN[status], ' '), word),
		h('p', { class: 'sentence' }, rest.join(': ')),
		tiles(view),
		h('dl', { class: 'facts' }, facts(view)),
	);
}

function tiles({ injections }: View): ComponentChild {
	const cells = counted(injections);
	const all = STATUSES.reduce((total, status) => total + cells[status], 0);
	let x = 0;
	return h(
		'section',
		{ 'aria-label': `${all} cells` },
		h(
			'ul',
			{ class: 'tiles' },
			STATUSES.map((status) =>
				h(
					'li',
					{ class: cells[status] > 0 ? CLASS[status] : 'none' },
					h('b', null, String(cells[status])),
					' ',
					h('span', null, h('span', { 'aria-hidden': 'true' }, SIGN[status], ' '), status),
				),
			),
		),
		h(
			'svg',
			{ class: 'share', width: '100%', height: 8, 'aria-hidden': 'true' },
			STATUSES.map((status) => {
				const width = (cells[status] / all) * 100;
				x += width;
				return width === 0
					? null
					: h('rect', {
							class: CLASS[status],
							x: `${(x - width).toFixed(2)}%`,
							width: `${width.toFixed(2)}%`,
							height: 8,
						});
			}),
		),
	);
}

function facts({ certificate }: View): ComponentChild[] {
	const { details } = certificate;
	const fact = (name: string, ...lines: readonly ComponentChild[]): ComponentChild =>
		h(
			'div',
			null,
			h('dt', null, name),
			lines.map((line) => h('dd', null, line)),
		);
	return [
		fact('Matrix', executed(certificate)),
		fact(
			'Database',
			...details.database.map(({ provider, version }) => `${provider}, PostgreSQL ${version}`),
		),
		fact('Took', took(details.duration_ms)),
		fact('Seed', details.seed === undefined ? 'none given' : String(details.seed)),
		fact('Finished', certificate.timestamp_utc.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')),
		h(
			'div',
			{ class: 'wide' },
			h('dt', null, 'Evidence'),
			h('dd', null, h('code', null, certificate.evidence_hash)),
		),
	];
}

/** Which they were, where they are a few of the rows below. */
function executed({ failure_matrix, executed_injections: ids }: Certificate): ComponentChild {
	const count = `${failure_matrix}, ${ids.length} executed`;
	if (ids.length === 0 || ids.length > FEW) return count;
	return [`${count}: `, ids.map((id, at) => [at > 0 && ', ', h('a', { href: `#${id}` }, id)])];
}

/** The violations, each one click away from its whole story, then every other reason why nothing is certified. */
export function reasons(view: View): ComponentChild {
	const { violations, details } = view.certificate;
	if (violations.length === 0 && details.obstacles.length === 0) return null;
	const rest = violations.slice(FIRST);
	return h(
		'section',
		{ class: 'reasons', 'aria-labelledby': 'reasons' },
		h('h2', { id: 'reasons' }, violations.length > 0 ? 'What was violated' : 'Why this is no certificate'),
		h(
			'ol',
			null,
			violations.slice(0, FIRST).map((each) => violated(each, view)),
		),
		rest.length > 0 &&
			h(
				'details',
				null,
				h('summary', null, plural(rest.length, 'more violation')),
				h(
					'ol',
					{ start: FIRST + 1 },
					rest.map((each) => violated(each, view)),
				),
			),
		violations.length > 0 && details.obstacles.length > 0 && h('h3', null, 'Why this is no certificate'),
		h(
			'ul',
			null,
			details.obstacles.map((obstacle) =>
				h(
					'li',
					null,
					obstacle.length > 1200
						? `${obstacle.slice(0, 1200)} … (the rest is in certificate.json)`
						: obstacle,
				),
			),
		),
	);
}

function violated({ injection_id: id, invariant, evidence }: Violation, view: View): ComponentChild {
	const own = view.injections.find((one) => one.id === id);
	return h(
		'li',
		null,
		h(
			'a',
			{ href: `#${own ? anchorOf(own, 'violated', invariant) : id}` },
			h('b', null, `${id} ${invariant}`),
			` ${row(id).title}`,
		),
		h('p', null, gist(evidence, 1).told),
	);
}

/** Everything else that the certificate says of the run. */
export function about({ certificate }: View): ComponentChild {
	const { details } = certificate;
	const entries: readonly (readonly [string, readonly string[]])[] = [
		['Subject', details.subject.map(({ name, version, digest }) => `${name} ${version}, ${digest}`)],
		[
			'Built from',
			details.subject.flatMap(({ git }) =>
				git ? [`commit ${git.commit}${git.dirty ? ', changed since' : ''}`] : [],
			),
		],
		[
			'The server lacks',
			details.database.flatMap(({ lacks = {} }) =>
				Object.entries(lacks).map(([what, why]) => `${what}: ${why}`),
			),
		],
		['Not declared', undeclaredOf(certificate)],
		[
			'Departs from the data law',
			Object.entries(details.departures ?? {}).map(([probe, why]) => `${probe}: ${why}`),
		],
		['Versions', Object.entries(details.versions).map(([name, version]) => `${name} ${version}`)],
		['Matrix digest', [details.matrix_digest]],
		['Probe digest', details.probe_digest],
	];
	return h(
		'section',
		{ class: 'about', 'aria-labelledby': 'about' },
		h('h2', { id: 'about' }, 'About this run'),
		h(
			'dl',
			null,
			entries
				.filter(([, lines]) => lines.length > 0)
				.map(([name, lines]) =>
					h(
						'div',
						null,
						h('dt', null, name),
						lines.map((line) => h('dd', null, line)),
					),
				),
		),
		h(
			'p',
			{ class: 'quiet' },
			'Everything on this page follows from evidence/ and controls/ beside it; ',
			h('code', null, 'npx bystander verify'),
			' derives it again. Invariants: ',
			INVARIANTS.join(', '),
			'.',
		),
	);
}
