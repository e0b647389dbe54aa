/** Pure: the certificate for people, as Markdown (`summary.md`). */
import { INVARIANTS } from '../probes/invariants/verdict.ts';
import { INJECTIONS, row } from '../suites/matrix.ts';
import { plural, seconds } from './amounts.ts';
import { type InjectionResult, type Status, worstStatus } from './cells.ts';
import type { Certificate } from './certificate.ts';
import type { Violation } from './evidence.ts';
import { gist } from './gist.ts';
import { bullets, cut, escaped, table } from './markdown.ts';
import { evidencePath } from './paths.ts';

export const SIGN: Readonly<Record<Status, string>> = {
	held: '✓',
	violated: '✗',
	inconclusive: '?',
	'not run': '–',
	'not applicable': '○',
};
export const LEGEND =
	'✓ held · ✗ violated · ? inconclusive · – not run · ○ not applicable · blank: not asked of this injection';

/** I1 … I6 of one injection; `undefined` where its row does not ask for the invariant. */
export const statuses = (result: InjectionResult): (Status | undefined)[] =>
	INVARIANTS.map((invariant) => result.cells.find((cell) => cell.invariant === invariant)?.status);

const sign = (status: Status | undefined): string => (status ? SIGN[status] : ' ');

type Open = Certificate['details']['not_run'][number];

/** `W1; W3 I1, I4`: where every cell of an injection is meant, its id says so. */
export function cellsNamed(all: readonly { readonly injection: string; readonly cell: string }[]): string {
	return [...Map.groupBy(all, ({ injection }) => injection)]
		.map(([id, own]) => {
			const cells = own.map(({ cell }) => cell);
			const known = INJECTIONS.find((one) => one === id);
			const whole = known === undefined ? INVARIANTS : row(known).invariants;
			return whole.every((invariant) => cells.includes(invariant)) ? id : `${id} ${cells.join(', ')}`;
		})
		.join('; ');
}

/** `W1; W3 I1, I4: the reason`: many cells are open for one and the same reason. */
export const byReason = (open: readonly Open[]): string[] =>
	[...Map.groupBy(open, (each) => each.reason)].map(([reason, all]) => {
		const cells = all.map(({ injection_id: injection, cell }) => ({ injection, cell }));
		return `${cellsNamed(cells)}: ${reason}`;
	});

export const undeclaredOf = ({ details }: Certificate): readonly string[] => [
	...new Set(details.subject.flatMap(({ undeclared = [] }) => undeclared)),
];

/** Of what a row of the table of facts says. */
const FACT = 500;

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
			['took', seconds(details.duration_ms)],
			['finished', certificate.timestamp_utc],
			['evidence', certificate.evidence_hash],
			['matrix digest', details.matrix_digest],
			...details.probe_digest.map((digest) => ['probe digest', digest]),
		].map((cells) => cells.map((text) => escaped(cut(text, FACT)))),
	);
}

/** What a list may take, in bytes: all of them leave the whole fit for a comment (65,536), beside what changed. */
const ROOM = { violated: 20_000, inconclusive: 8_000, other: 3_000 };

/** Of one line, in characters. */
const LINE = 1_200;

/** Sentences of a violation: who waited for whom comes first. */
const SENTENCES = 4;

/**
 * `summary.md`: the verdict, every violation, the matrix, the seed's execution checklist, and every cell that is not held.
 * `after` the violations may stand what is no part of the archive.
 */
export function summary(
	certificate: Certificate,
	results: readonly InjectionResult[],
	after: readonly string[] = [],
): string {
	const { details, violations } = certificate;
	const list = (title: string, lines: readonly string[], room = ROOM.other): string[] =>
		lines.length === 0
			? []
			: [`## ${title}`, bullets(lines, room, 'the evidence and certificate.json have them all')];
	const plain = (lines: readonly string[]): string[] => lines.map((line) => escaped(cut(line, LINE)));
	return `${[
		'# Telemetry as a bystander: failure injections',
		`**${escaped(details.verdict)}**`,
		...list('Violated', violations.map(violationLine), ROOM.violated),
		...after,
		'## Matrix',
		table(
			['Injection', ...INVARIANTS],
			results.map((result) => [`${result.id} ${row(result.id).title}`, ...statuses(result).map(sign)]),
		),
		LEGEND,
		...list('Inconclusive', plain(byReason(details.inconclusive)), ROOM.inconclusive),
		...list('Not run', plain(byReason(details.not_run))),
		...list('Not applicable', plain(byReason(details.not_applicable))),
		...list('Why this is no certificate', plain(details.obstacles)),
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
		...list(
			'Departs from the data law',
			plain(Object.entries(details.departures ?? {}).map(([probe, why]) => `${probe}: ${why}`)),
		),
		...list('Not declared by the subject', plain(undeclaredOf(certificate))),
		'## What was certified, on what',
		facts(certificate),
	].join('\n\n')}\n`;
}

/** `**W3 I4** (table dropped): live: backend 4312 waited 9.8 s for …`, and what else was seen in lines below it. */
export function violationLine({ injection_id: id, invariant, evidence }: Violation): string {
	const { told, more } = gist(evidence, SENTENCES);
	const [first = '', ...others] = told;
	return [
		`**${id} ${invariant}** (${row(id).title}): ${escaped(first)}`,
		...others.map(escaped),
		...(more > 0 ? [`and ${plural(more, 'more sentence')} in ${evidencePath(id)}`] : []),
	].join('\n  - ');
}
