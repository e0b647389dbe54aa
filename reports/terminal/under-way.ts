/** Pure: one line per injection that is under way. */
import { type InjectionId, row } from '../../suites/matrix.ts';
import type { Status } from '../cells.ts';
import { SIGN } from '../summary.ts';
import type { Step } from './step.ts';
import { cells, fit, pad } from './text.ts';

export interface Phase {
	/** As its test is called, e.g. `boot, sticky`. */
	readonly name: string;
	/** `undefined` before its test has told any. */
	step?: Step;
	/** Of a phase that has ended. */
	status?: Status;
}

export interface UnderWay {
	readonly id: InjectionId;
	/** Milliseconds since the epoch. */
	readonly since: number;
	readonly phases: ReadonlyMap<string, Phase>;
}

/** `47 s`, `3:07 min`. */
export function elapsed(ms: number): string {
	const whole = Math.floor(Math.max(0, ms) / 1000);
	return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}

/** Those that are under way first: what does not fit is cut off at the end. */
const each = (phases: readonly Phase[]): string =>
	[
		...phases.filter(({ status }) => !status).map(({ name, step }) => [name.replace(',', ''), step]),
		...phases.flatMap(({ name, status }) => (status ? [[SIGN[status], name.replace(',', '')]] : [])),
	]
		.map((words) => words.filter(Boolean).join(' '))
		.join(' · ');

/** `observe ×2 · inject`. */
const together = (phases: readonly Phase[]): string =>
	[...Map.groupBy(phases, ({ status, step }) => status ?? step ?? 'begin')]
		.map(([what, those]) => (those.length === 1 ? what : `${what} ×${those.length}`))
		.join(' · ');

/** As much as fits: with titles and phases by name where there is room, else how many do what. */
export function underWay(all: readonly UnderWay[], now: number, columns: number): string[] {
	const titles = Math.max(0, ...all.map(({ id }) => row(id).title.length));
	const times = all.map(({ since }) => elapsed(now - since));
	const longest = Math.max(0, ...times.map((time) => time.length));
	const lines = all.map(({ id, phases }, index) => {
		const time = times[index]?.padStart(longest) ?? '';
		const list = [...phases.values()];
		return [
			`${id} ${pad(row(id).title, titles)}  ${time}  ${each(list)}`,
			`${id}  ${time}  ${each(list)}`,
			`${id}  ${time}  ${together(list)}`,
		];
	});
	// All in one way, or they would not stand below each other.
	const way = [0, 1].find((index) => lines.every((ways) => cells(ways[index] ?? '') <= columns)) ?? 2;
	return lines.map((ways) => fit(ways[way] ?? '', columns));
}
