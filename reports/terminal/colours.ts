/** The colours of verdicts, where a person looks: a log gets none, nor does who says NO_COLOR. */
import pc from 'picocolors';
import type { Status } from '../cells.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** FORCE_COLOR is for what only looks like no terminal. */
export const hasColours = (
	{ NO_COLOR, FORCE_COLOR, TERM }: Environment,
	{ isTTY }: { readonly isTTY?: boolean },
): boolean => !NO_COLOR && (Boolean(FORCE_COLOR) || (isTTY === true && TERM !== 'dumb'));

const colours = pc.createColors(hasColours(process.env, process.stdout));

const OF: Readonly<Record<Status, (text: string) => string>> = {
	held: colours.green,
	violated: colours.red,
	inconclusive: colours.yellow,
	'not run': colours.dim,
	'not applicable': colours.cyan,
};

export const coloured = (status: Status, text: string): string => OF[status](text);
export const { bold, dim } = colours;
