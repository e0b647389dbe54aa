/** Pure: what is seen first: the verdict in one sentence, the cells counted, and what it is of. */
import { type ComponentChild, h } from 'preact';
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { type Certificate, statusOf } from '../certificate.ts';
import { SIGN, undeclaredOf } from '../summary.ts';
import { counted, type View } from './view.ts';
import { CLASS, STATUSES, took } from './words.ts';

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
