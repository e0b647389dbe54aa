/** Pure: text as a terminal shows it, in cells: a Latin letter takes one, a Chinese sign two, an accent none. */
import { stripVTControlCharacters } from 'node:util';

/** Controls, and what turns the direction of writing: a text of somebody else's must not steer the terminal. */
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const NO_CELL = /^[\p{Mn}\p{Me}\u200b-\u200d\u2060\ufeff]$/u;
/** East Asian wide and fullwidth signs, and emoji; a variation selector makes an emoji of a plain sign. */
const TWO_CELLS =
	/^[\p{Emoji_Presentation}\u{1100}-\u{115f}\u{231a}-\u{231b}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe10}-\u{fe19}\u{fe30}-\u{fe6f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;
const EMOJI = '\ufe0f';

/** One line, with nothing in it that a terminal obeys. */
export const plain = (text: string): string =>
	stripVTControlCharacters(text.toWellFormed()).replaceAll(STEERING, ' ');

/** Cells of a {@link plain} text; of signs that terminals disagree about, the most. */
export function cells(text: string): number {
	let sum = 0;
	for (const sign of text) sum += sign === EMOJI ? 1 : NO_CELL.test(sign) ? 0 : TWO_CELLS.test(sign) ? 2 : 1;
	return sum;
}

/** The longest beginning that fits, whole signs with what belongs to them. */
function beginning(text: string, columns: number): string {
	let taken = '';
	let room = columns;
	for (const { segment } of new Intl.Segmenter().segment(text)) {
		room -= cells(segment);
		if (room < 0) break;
		taken += segment;
	}
	return taken;
}

/** The text, or its beginning and `…`: {@link cells} of it are never more than `columns`. */
export function fit(text: string, columns: number): string {
	if (cells(text) <= columns) return text;
	return columns < 1 ? '' : `${beginning(text, columns - 1)}…`;
}

/** {@link fit}, and filled up with spaces. */
export function pad(text: string, columns: number): string {
	const fitted = fit(text, columns);
	return fitted + ' '.repeat(columns - cells(fitted));
}

/** How much the lines after the first stand in, where there is room for it. */
const HANGING = 2;

/** Broken at spaces, and within a word only where it is longer than a line; all of it is there. */
export function wrap(text: string, columns: number): string[] {
	if (cells(text) <= columns) return [text];
	const indent = ' '.repeat(columns > 8 * HANGING ? HANGING : 0);
	const lines: string[] = [];
	let line = '';
	const room = (): number => columns - (lines.length === 0 ? 0 : indent.length);
	const end = (): void => {
		lines.push(lines.length === 0 ? line : indent + line);
		line = '';
	};
	for (const word of text.split(/(?<=\S) +(?=\S)/)) {
		if (line !== '' && cells(`${line} ${word}`) > room()) end();
		let rest = line === '' ? word : `${line} ${word}`;
		while (cells(rest) > room()) {
			// What belongs together and is wider than a whole line is taken apart.
			line = beginning(rest, room()) || String.fromCodePoint(rest.codePointAt(0) ?? 0);
			rest = rest.slice(line.length);
			end();
		}
		line = rest;
	}
	if (line !== '') end();
	return lines;
}
