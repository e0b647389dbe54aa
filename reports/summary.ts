/** Pure: the certificate for people, as Markdown (`summary.md`) and as lines of a terminal. */
import pc from 'picocolors';
import { INVARIANTS } from '../probes/invariants/verdict.ts';
import { type InjectionId, row } from '../suites/matrix.ts';
import { type InjectionResult, type Status, worstStatus } from './cells.ts';
import type { Certificate } from './certificate.ts';

export const SIGN: Readonly<Record<Status, string>> = {
	held: '✓',
	violated: '✗',
	inconclusive: '?',
	'not run': '–',
	'not applicable': '○',
};
const LEGEND =
	'✓ held · ✗ violated · ? inconclusive · – not run · ○ not applicable · blank: not asked of this injection';

/** I1 … I6 of one injection; `undefined` where its row does not ask for the invariant. */
const statuses = (result: InjectionResult): (Status | undefined)[] =>
	INVARIANTS.map((invariant) => result.cells.find((cell) => cell.invariant === invariant)?.status);

const sign = (status: Status | undefined): string => (status ? SIGN[status] : ' ');

type Open = Certificate['details']['not_run'][number];

/** `W3` when every cell of it is meant, else `W3 I1, I4`. */
function named(id: InjectionId, open: readonly Open[]): string {
	const cells = open.map((each) => each.cell);
	return row(id).invariants.every((invariant) => cells.includes(invariant))
		? id
		: `${id} ${cells.join(', ')}`;
}

/** `W1; W3 I1, I4: the reason`: many cells are open for one and the same reason. */
const byReason = (open: readonly Open[]): string[] =>
	[...Map.groupBy(open, (each) => each.reason)].map(([reason, all]) => {
		const ids = [...Map.groupBy(all, (each) => each.injection_id)];
		return `${ids.map(([id, cells]) => named(id, cells)).join('; ')}: ${reason}`;
	});

const undeclaredOf = ({ details }: Certificate): readonly string[] => [
	...new Set(details.subject.flatMap(({ undeclared = [] }) => undeclared)),
];

const inCell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(inCell).join(' | ')} |`).join('\n');

function facts({ details, ...certificate }: Certificate): string {
	return table(
		['', ''],
		[
			['matrix', certificate.failure_matrix],
			['executed', `${certificate.total_injections}: ${certificate.executed_injections.join(', ')}`],
			...details.subject.map(({ name, version, digest }) => ['subject', `${name} ${version} (${digest})`]),
			...details.database.map(({ provider, version, lacks = {} }) => [
				'database',
				[
					`${provider}, PostgreSQL ${version}`,
					...Object.entries(lacks).map(([what, why]) => `no ${what}: ${why}`),
				].join('; '),
			]),
			...(details.seed === undefined ? [] : [['seed', String(details.seed)]]),
			...Object.entries(details.versions),
			['took', `${(details.duration_ms / 1000).toFixed(1)} s`],
			['finished', certificate.timestamp_utc],
			['evidence', certificate.evidence_hash],
			['matrix digest', details.matrix_digest],
			...details.probe_digest.map((digest) => ['probe digest', digest]),
		],
	);
}

/** `summary.md`: the verdict, the seed's execution checklist, the matrix, and every cell that is not held. */
export function summary(certificate: Certificate, results: readonly InjectionResult[]): string {
	const { details } = certificate;
	const list = (title: string, lines: readonly string[]): string[] =>
		lines.length === 0 ? [] : [`## ${title}`, lines.map((line) => `- ${inCell(line)}`).join('\n')];
	return `${[
		'# Telemetry as a bystander: failure injections',
		`**${details.verdict}**`,
		facts(certificate),
		...list('Why this is no certificate', details.obstacles),
		'## Checklist',
		table(
			['ID', 'Injection', 'Applied', 'Probes run', 'Invariants', 'Restored'],
			results.map(({ id, cells, marks }) => [
				id,
				row(id).title,
				sign(marks.witness.status),
				sign(marks.probes.status),
				sign(worstStatus([...cells.map((cell) => cell.status), marks.outcome.status])),
				sign(worstStatus([marks.restoration.status, marks.probes.status])),
			]),
		),
		'"Applied" is the witness: Postgres or the operating system showed that the failure bit. ' +
			'"Invariants" includes the expected outcome.',
		'## Matrix',
		table(
			['ID', ...INVARIANTS],
			results.map((result) => [result.id, ...statuses(result).map(sign)]),
		),
		LEGEND,
		...list(
			'Violated',
			certificate.violations.map((each) => `${each.injection_id} ${each.invariant}: ${each.evidence}`),
		),
		...list('Inconclusive', byReason(details.inconclusive)),
		...list('Not run', byReason(details.not_run)),
		...list('Not applicable', byReason(details.not_applicable)),
		...list(
			'Departs from the data law',
			Object.entries(details.departures ?? {}).map(([probe, why]) => `${probe}: ${why}`),
		),
		...list('Not declared by the subject', undeclaredOf(certificate)),
	].join('\n\n')}\n`;
}

const COLOUR: Readonly<Record<Status, (text: string) => string>> = {
	held: pc.green,
	violated: pc.red,
	inconclusive: pc.yellow,
	'not run': pc.dim,
	'not applicable': pc.cyan,
};

/** In the colour of its status, where the terminal has colours (NO_COLOR is respected). */
export const coloured = (status: Status, text: string): string => COLOUR[status](text);

/** What the terminal says at the end, line by line. */
export function closing(
	certificate: Certificate,
	results: readonly InjectionResult[],
	out: string,
): string[] {
	const { details, violations } = certificate;
	const name = (result: InjectionResult): string => `${result.id} ${row(result.id).title}`;
	const width = Math.max(0, ...results.map((result) => name(result).length));
	const verdict: Status =
		violations.length > 0 ? 'violated' : details.obstacles.length > 0 ? 'inconclusive' : 'held';
	const notRun = details.not_run.filter((open) => details.asked.includes(open.injection_id));
	return [
		...(results.length === 0 ? [] : ['', `${' '.repeat(width)}  ${INVARIANTS.join(' ')}`]),
		...results.map(
			(result) =>
				`${name(result).padEnd(width)}  ${statuses(result)
					.map((status) => (status ? `${coloured(status, SIGN[status])} ` : '  '))
					.join(' ')
					.trimEnd()}`,
		),
		...(results.length === 0 ? [] : [pc.dim(LEGEND)]),
		'',
		...violations.map((each) =>
			coloured(
				'violated',
				`${SIGN.violated} ${each.injection_id} ${each.invariant} violated: ${each.evidence}`,
			),
		),
		...byReason(details.inconclusive).map((line) => coloured('inconclusive', `${SIGN.inconclusive} ${line}`)),
		...byReason(notRun).map((line) => coloured('not run', `${SIGN['not run']} not run: ${line}`)),
		...byReason(details.not_applicable).map((line) =>
			coloured('not applicable', `${SIGN['not applicable']} not applicable: ${line}`),
		),
		...(details.obstacles.length > 0 && violations.length === 0
			? details.obstacles.map((obstacle) => `  because ${obstacle}`)
			: []),
		...undeclaredOf(certificate).map((line) => pc.dim(`  the subject declares ${line}`)),
		'',
		pc.bold(coloured(verdict, details.verdict)),
		`Certificate, evidence and checksums: ${out}`,
	];
}
