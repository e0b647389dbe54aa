/** Pure: Markdown as GitHub renders it, in which what a subject says stays text: no markup, no link, no mention. */

/** Control characters, and those that turn the direction of a text around. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** What breaks a word for GitHub and for nobody who reads it. */
const BREAK = '<!-- -->';

/** In one line, in which no character moves a cursor or hides. */
export const inOneLine = (text: string): string =>
	text.toWellFormed().replace(/\s+/g, ' ').replace(UNSEEN, '');

/** {@link inOneLine}, as it is to be read. */
export const escaped = (text: string): string =>
	inOneLine(text)
		.replace(/[\\`*~[\]|]/g, '\\$&')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		// Inside a word it emphasises nothing, and names of tables are full of it.
		.replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
		.replace(/@(?=\w)/g, `@${BREAK}`)
		.replace(/#(?=\d)/g, `#${BREAK}`)
		.replace(/:(?=\/\/|[a-z+-][\w+-]*:)/g, `:${BREAK}`)
		.replace(/\b(www)(?=\.)/gi, `$1${BREAK}`)
		// GitHub sets what stands between two of them as a formula.
		.replaceAll('$', '&#36;');

/** Cells are Markdown already. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** So many characters of it, and a sign where that is not all. */
export const cut = (text: string, characters: number): string =>
	text.length <= characters ? text : `${text.slice(0, characters).trimEnd()} …`;

export const bytesOf = (text: string): number => Buffer.byteLength(text);

/** A list of at most so many bytes; what does not fit is counted in its last line, never left out in silence. */
export function bullets(lines: readonly string[], bytes: number, rest: string): string {
	const items = lines.map((line) => `- ${line}`);
	if (bytesOf(items.join('\n')) <= bytes) return items.join('\n');
	const more = (count: number): string => `- … and ${count} more: ${rest}`;
	let left = bytes - bytesOf(more(items.length)) - 1;
	const kept = items.findIndex((item) => {
		left -= bytesOf(item) + 1;
		return left < 0;
	});
	return [...items.slice(0, kept), more(items.length - kept)].join('\n');
}
