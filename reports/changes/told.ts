/** Pure: a difference for people, as Markdown (`changes.md`, a comment on a pull request) and as lines of a terminal. */
import { plural, seconds } from '../amounts.ts';
import { gist } from '../gist.ts';
import { bullets, cut, escaped, inOneLine } from '../markdown.ts';
import { cellsNamed } from '../summary.ts';
import { bold, coloured, dim } from '../terminal/colours.ts';
import { type Change, type Difference, FACTOR, FEWEST, LEAST_MS, type Stand, worseness } from './diff.ts';

/** In the order in which they matter. */
const TITLES: Readonly<Record<Stand, string>> = {
	violated: 'Newly violated',
	inconclusive: 'Newly inconclusive',
	'not run': 'Newly not run',
	'not applicable': 'Newly not applicable',
	absent: 'Gone: not asked for any more',
	held: 'Newly held',
};
const STANDS = Object.keys(TITLES) as Stand[];

interface Section {
	readonly title: string;
	readonly lines: readonly string[];
}

/** Of a line, in characters. */
const LINE = 1_000;

/** `W1; W3 I1, I4 (held before): the reason`: many change for one and the same reason. */
function linesOf(changes: readonly Change[]): string[] {
	const alike = Map.groupBy(changes, ({ from, reason }) => `${from}\n${reason}`);
	return [...alike.values()].map((group) => {
		const [{ from, reason }] = group as [Change];
		const { told, more } = gist(reason, 1);
		const rest = more === 0 ? '' : ` … and ${plural(more, 'more sentence')}`;
		return `${cellsNamed(group)} (${from} before)${reason === '' ? '' : `: ${told}${rest}`}`;
	});
}

function sections({ changes, slower, pace = 1, notes }: Difference): readonly Section[] {
	const changed = STANDS.map((stand) => ({
		title: TITLES[stand],
		lines: linesOf(changes.filter(({ to }) => to === stand)),
	}));
	const times = {
		title: 'Slower',
		lines: slower.map(
			({ injection, base, head, factor }) =>
				`${injection}: ${seconds(head)}, before ${seconds(base)}: ${factor.toFixed(1)} times as long, beside the ${pace.toFixed(2)} of the whole run`,
		),
	};
	return [...changed, times, { title: 'Beside that', lines: notes }].filter(({ lines }) => lines.length > 0);
}

const counted = (changes: readonly Change[]): string =>
	STANDS.flatMap((stand) => {
		const count = changes.filter(({ to }) => to === stand).length;
		return count === 0 ? [] : [`${count} ${stand === 'absent' ? 'gone' : `newly ${stand}`}`];
	}).join(', ');

/** What the two come to, in a sentence. */
export function sentence(difference: Difference): string {
	const { incomparable, changes, same, slower } = difference;
	if (incomparable.length > 0) return `NOT COMPARABLE: ${incomparable.join('; ')}.`;
	const what = [
		...(changes.length > 0 ? [counted(changes)] : []),
		...(slower.length > 0 ? [`${slower.length} slower`] : []),
		`${same} as before`,
	].join(', ');
	const word = ['NOT WORSE', 'WORSE', 'LESS IS KNOWN'][worseness(difference)];
	return `${word} than the base: ${what}.`;
}

/** What "slower" means, and what it does not. */
const SLOWER = `Slower: held on both sides, ${FACTOR} times as long as before and ${LEAST_MS / 1000} s more, after the median of at least ${FEWEST} injections is taken out. It is no verdict.`;

/** So much of a comment (65,536) that a summary fits beside it; in bytes. */
const ROOM: Readonly<Record<string, number>> = { [TITLES.violated]: 6_000 };
const OTHER_ROOM = 1_500;

export function changesMarkdown(difference: Difference): string {
	return `${[
		'## What changed against the base',
		`**${escaped(cut(sentence(difference), LINE))}**`,
		...sections(difference).flatMap(({ title, lines }) => [
			`### ${title}`,
			bullets(
				lines.map((line) => escaped(cut(line, LINE))),
				ROOM[title] ?? OTHER_ROOM,
				'`bystander diff` has them all',
			),
		]),
		...(difference.slower.length > 0 ? [SLOWER] : []),
	].join('\n\n')}\n`;
}

/** By {@link worseness}. */
const COLOURED_AS = ['held', 'violated', 'inconclusive'] as const;

export const changesLines = (difference: Difference): readonly string[] => [
	...sections(difference).flatMap(({ title, lines }) => [
		bold(title),
		...lines.map((line) => `  ${inOneLine(line)}`),
		'',
	]),
	...(difference.slower.length > 0 ? [dim(SLOWER)] : []),
	bold(coloured(COLOURED_AS[worseness(difference)], inOneLine(sentence(difference)))),
];
