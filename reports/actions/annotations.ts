/** Pure: what is not held as annotations of GitHub Actions, one for each injection. */
import { type InjectionId, row } from '../../suites/matrix.ts';
import { type InjectionResult, judgedOf, type Status } from '../cells.ts';
import { cut, inOneLine } from '../markdown.ts';

/** Where an annotation stands. */
export interface Place {
	/** Below the root of the repository, with `/` between. */
	readonly file: string;
	/** From 1. */
	readonly line: number;
	/** Why it is not the suite's file. */
	readonly instead?: string;
}

/** GitHub shows so many of each kind in a step, the first ones. */
const SHOWN = 10;

/** Of a message, in characters: a sentence that is read beside code. */
const MESSAGE = 600;

/** As `@actions/core` escapes them. */
const inData = (text: string): string =>
	text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const inProperty = (text: string): string => inData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** `::error file=…,line=…,title=…::message`: one line, whatever is in it. */
export function workflowCommand(
	name: 'error' | 'warning' | 'notice',
	properties: Readonly<Record<string, string | number>>,
	message: string,
): string {
	const given = Object.entries(properties).map(([key, value]) => `${key}=${inProperty(String(value))}`);
	return `::${name}${given.length === 0 ? '' : ` ${given.join(',')}`}::${inData(message)}`;
}

/** What people read first: the first thing that is wrong, and what else is. */
function annotation(
	result: InjectionResult,
	status: Extract<Status, 'violated' | 'inconclusive'>,
	place: Place | undefined,
): string {
	const wrong = judgedOf(result).filter((each) => each.status === status);
	// Without a witness nothing is held, and every cell says so.
	const first = (status === 'inconclusive' && wrong.find(({ name }) => name === 'witness')) || wrong[0];
	const others = wrong.filter((each) => each !== first).map(({ name }) => name);
	const message = [
		`${first?.name ?? ''} ${status}: ${cut(inOneLine(first?.reason ?? ''), MESSAGE)}`,
		...(others.length > 0 ? [`Also ${status}: ${others.join(', ')}.`] : []),
		...(place?.instead === undefined ? [] : [place.instead]),
	].join('\n');
	const title = `${result.id} ${row(result.id).title}: ${first?.name ?? ''} ${status}`;
	const at = place === undefined ? {} : { file: place.file, line: place.line };
	return workflowCommand(status === 'violated' ? 'error' : 'warning', { ...at, title }, message);
}

/** An error for each injection that is violated, a warning for each that is inconclusive. */
export function annotations(
	results: readonly InjectionResult[],
	placeOf: (id: InjectionId) => Place | undefined,
): readonly string[] {
	return (['violated', 'inconclusive'] as const).flatMap((status) => {
		const all = results.filter((result) => result.status === status);
		const hidden = all.slice(SHOWN).map(({ id }) => id);
		return [
			...all.map((result) => annotation(result, status, placeOf(result.id))),
			...(hidden.length === 0
				? []
				: [
						workflowCommand(
							'notice',
							{ title: `${hidden.length} more injections are ${status}` },
							`GitHub shows ${SHOWN} annotations of a kind in a step. The log and the job summary have the others: ${hidden.join(', ')}.`,
						),
					]),
		];
	});
}
