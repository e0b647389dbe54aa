/** Pure: what the terminal says at the end, line by line. */
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { type InjectionId, row } from '../../suites/matrix.ts';
import { plural, seconds } from '../amounts.ts';
import { scrubText } from '../canonical.ts';
import { type InjectionResult, ran, type Status } from '../cells.ts';
import { type Certificate, statusOf } from '../certificate.ts';
import type { Violation } from '../evidence.ts';
import { gist } from '../gist.ts';
import { cut } from '../markdown.ts';
import { evidencePath } from '../paths.ts';
import { byReason, LEGEND, SIGN, statuses, undeclaredOf } from '../summary.ts';
import { bold, coloured, dim } from './colours.ts';
import { fit, pad, plain, wrap } from './text.ts';

const SLOWEST = 3;
const GAP = 2;
/** Of a shorter one, hardly more than the id would be seen. */
const SHORTEST_NAME = 6;

/** The matrix as a table; titles are cut short where the window is narrow. */
function matrix(results: readonly InjectionResult[], columns: number): string[] {
	if (results.length === 0) return [];
	const names = results.map(({ id }) => `${id} ${row(id).title}`);
	const ids = results.map(({ id }) => id);
	const head = INVARIANTS.join(' ');
	const width = Math.max(
		0,
		Math.min(columns - GAP - head.length, Math.max(...names.map((name) => name.length))),
	);
	const shown = width < SHORTEST_NAME ? ids : names;
	const line = (name: string, signs: string): string =>
		`${pad(name, width)}${' '.repeat(GAP)}${signs.trimEnd()}`.trimEnd();
	return [
		fit(line('', head), columns),
		...results.map((result, index) =>
			line(
				shown[index] ?? '',
				statuses(result)
					.map((status) => (status ? `${coloured(status, SIGN[status])} ` : '  '))
					.join(' '),
			),
		),
	];
}

/** Milliseconds that the phases of an injection worked: what they waited for controls and for a slot says nothing of it. */
export const worked = (result: InjectionResult): number =>
	ran(result)
		.flatMap(({ timings }) => Object.values(timings))
		.reduce((sum, ms) => sum + ms, 0);

function slowest(results: readonly InjectionResult[]): string[] {
	const first = results
		.map((result) => ({ id: result.id, ms: worked(result) }))
		.filter(({ ms }) => ms > 0)
		.sort((a, b) => b.ms - a.ms)
		.slice(0, SLOWEST);
	const told = first.map(({ id, ms }) => `${id} ${row(id).title} ${seconds(ms)}`);
	return told.length < 2 ? [] : [`Slowest: ${told.join(', ')}`];
}

/** What is wrong and what it comes of: the rest of it fills a window. */
const SENTENCES = 2;

/** Of a reason that many cells share, in characters. */
const REASON = 700;

function violation({ injection_id: id, invariant, evidence }: Violation): readonly string[] {
	const { told, more } = gist(scrubText(evidence), SENTENCES);
	const [first = '', ...others] = told;
	return [
		`${SIGN.violated} ${id} ${invariant} violated: ${first}`,
		...others.map((text) => `  · ${text}`),
		...(more > 0 ? [`  · and ${plural(more, 'more sentence')} in ${evidencePath(id)}`] : []),
	];
}

const apart = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);

/** In `columns` cells; `Infinity` where nothing is to be wrapped. `files` are of the archive, by what they are. */
export function closing(
	certificate: Certificate,
	results: readonly InjectionResult[],
	files: Readonly<Record<string, string>>,
	columns = Number.POSITIVE_INFINITY,
): string[] {
	const { details, violations } = certificate;
	const asked = (id: InjectionId): boolean => details.asked.includes(id);
	const notRun = details.not_run.filter((open) => asked(open.injection_id));
	// What is cut into lines has no secrets before, or each line would have a part of one.
	const told = (text: string, look: (line: string) => string = (line) => line): string[] =>
		wrap(plain(scrubText(text)), columns).map(look);
	const as =
		(status: Status) =>
		(text: string): string[] =>
			told(text, (line) => coloured(status, line));
	return [
		...(results.length === 0 ? [] : ['']),
		...matrix(results, columns),
		...(results.length === 0 ? [] : told(LEGEND, dim)),
		...apart([
			...violations.flatMap(violation).flatMap(as('violated')),
			...byReason(details.inconclusive).flatMap((line) =>
				as('inconclusive')(`${SIGN.inconclusive} ${cut(scrubText(line), REASON)}`),
			),
			...byReason(notRun).flatMap((line) => as('not run')(`${SIGN['not run']} not run: ${line}`)),
			...byReason(details.not_applicable).flatMap((line) =>
				as('not applicable')(`${SIGN['not applicable']} not applicable: ${line}`),
			),
			...(violations.length === 0 ? details.obstacles.flatMap((why) => told(`  because ${why}`)) : []),
			...undeclaredOf(certificate).flatMap((line) => told(`  the subject declares ${line}`, dim)),
			...slowest(results).flatMap((line) => told(line, dim)),
		]),
		'',
		...told(details.verdict, (line) => bold(coloured(statusOf(certificate), line))),
		...Object.entries(files).flatMap(([what, path]) => told(`${what}: ${path}`)),
	];
}
