/** Pure: the first sentences of a reason, for whoever reads a line and not a page. */
import { cut } from './markdown.ts';

/** A reason has one sentence a line; the first says what is wrong. */
export const sentencesOf = (reason: string): readonly string[] => reason.split(/\.?\n/);

/** Where what one phase, or some phases alike, say of a cell is followed by what others say. */
const NEXT_PHASES = / · (?=(?:(?:live|stop|boot \(\w+\))(?:, )?)+: )/;

/** Of a sentence, in characters: who waited for whom, on what, and in which statement. */
const SENTENCE = 700;

export interface Gist {
	/** In their order. */
	readonly told: readonly string[];
	/** How many sentences there are besides. */
	readonly more: number;
}

/** What is wrong, what it comes of, what is wrong in other phases, the rest. */
const rankOf = (phases: number, at: number): number => (phases === 0 && at < 2 ? at : at === 0 ? 2 : 3);

/** At most so many sentences, the more telling ones, in the order in which they are said. */
export function gist(reason: string, most: number): Gist {
	const all = reason
		.split(NEXT_PHASES)
		.flatMap((said, phases) => sentencesOf(said).map((text, at) => ({ text, rank: rankOf(phases, at) })));
	const chosen = new Set(all.toSorted((a, b) => a.rank - b.rank).slice(0, most));
	return {
		told: all.filter((one) => chosen.has(one)).map(({ text }) => cut(text, SENTENCE)),
		more: all.length - chosen.size,
	};
}
