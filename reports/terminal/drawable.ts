/** Whether lines can be drawn in place: on a terminal that can, and on which no other reporter draws. */
import type { WriteStream } from 'node:tty';
import type { Reporter, Vitest } from 'vitest/node';

/** These write files, or lines at the end. Vitest's own `default` draws the foot of the terminal itself. */
const QUIET = new Set(['blob', 'github-actions', 'hanging-process', 'html', 'json', 'junit']);

export function drawable(vitest: Vitest, own: Reporter): WriteStream | undefined {
	const stream = vitest.logger.outputStream as WriteStream;
	const { TERM, CI } = process.env;
	// What CI keeps of a terminal is a log.
	if (!stream.isTTY || TERM === 'dumb' || CI) return undefined;
	const others = vitest.config.reporters.filter((one) => one !== own);
	return others.every((one) => Array.isArray(one) && QUIET.has(one[0])) ? stream : undefined;
}
