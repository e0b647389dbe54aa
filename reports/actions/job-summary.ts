/** What GitHub Actions shows of a run at the top of its page: `$GITHUB_STEP_SUMMARY`. */
import { appendFileSync, statSync } from 'node:fs';
import { type InjectionId, row } from '../../suites/matrix.ts';
import { plural } from '../amounts.ts';
import type { InjectionResult } from '../cells.ts';
import type { Certificate } from '../certificate.ts';
import { bytesOf, escaped } from '../markdown.ts';
import { summary } from '../summary.ts';
import type { Place } from './annotations.ts';

/** What GitHub takes of one step, in bytes; with more it shows nothing of it. */
export const LIMIT = 1024 * 1024;

/** As GitHub Actions sets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Told {
	readonly certificate: Certificate;
	readonly results: readonly InjectionResult[];
	/** What changed against the base, as Markdown. */
	readonly changes?: string;
	/** Folder of the archive. */
	readonly out: string;
	readonly placeOf: (id: InjectionId) => Place | undefined;
}

const link = (text: string, url: string): string => `[${escaped(text)}](<${encodeURI(url)}>)`;

/** Where to read on: the archive, and the suite's file of whatever is not held. */
function files({ certificate, results, out, placeOf }: Told, env: Environment): string {
	const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SHA } = env;
	const repository =
		GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined;
	const suites = results.flatMap(({ id, status }) => {
		const place = placeOf(id);
		if (status !== 'violated' && status !== 'inconclusive') return [];
		if (repository === undefined || GITHUB_SHA === undefined || !place || place.instead) return [];
		const url = `${repository}/blob/${GITHUB_SHA}/${place.file}#L${place.line}`;
		return [`- what ${id} does: ${link(`${id} ${row(id).title}`, url)}`];
	});
	return [
		'## Files',
		[
			`- the archive is in ${escaped(out)}: ${plural(certificate.executed_injections.length, 'file')} of evidence, certificate.json, SHA256SUMS`,
			...(repository === undefined || !GITHUB_RUN_ID
				? []
				: [`- ${link('artifacts of this run', `${repository}/actions/runs/${GITHUB_RUN_ID}#artifacts`)}`]),
			...suites,
		].join('\n'),
	].join('\n\n');
}

/** The summary, as much of it as `room` bytes take; what is left out is said, and an empty text says that nothing fits. */
export function jobSummary(told: Told, env: Environment, room: number): string {
	const { certificate, results, changes } = told;
	const whole = summary(certificate, results, changes === undefined ? [] : [changes.trimEnd()]);
	const short = [
		`**${escaped(certificate.details.verdict)}**`,
		'The rest did not fit: GitHub takes 1 MiB of a step. `summary.md` in the archive has it.',
	].join('\n\n');
	return [`${whole}\n${files(told, env)}\n`, `${short}\n`].find((text) => bytesOf(text) <= room) ?? '';
}

/** Appends it to what the step has said already; gives what the log should know, if anything. */
export function appendJobSummary(told: Told, env: Environment): readonly string[] {
	const { GITHUB_STEP_SUMMARY: path } = env;
	if (!path) return [];
	try {
		const taken = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
		// A line of its own, whatever ends there.
		const text = jobSummary(told, env, LIMIT - taken - 2);
		if (text === '') return ['The job summary of this step is full: nothing was added to it.'];
		appendFileSync(path, taken === 0 ? text : `\n\n${text}`);
		return [];
	} catch (error) {
		// A verdict is not lost for a summary of it.
		return [`The job summary cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`];
	}
}
