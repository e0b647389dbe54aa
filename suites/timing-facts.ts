/** What the timeline says of the order of things, each with the words for the evidence. */
import { accepted } from '../probes/invariants/findings.ts';
import type { Observation } from '../probes/observe/observation.ts';
import type { Fact } from './facts.ts';
import type { Row } from './matrix.ts';

/** Whether two entries of the timeline and a later moment follow each other by the clock of Postgres. */
export function inOrder(
	{ timeline }: Observation,
	first: string,
	second: string,
	last: Readonly<Record<string, string>>,
): Fact {
	const find = (event: string) => timeline.find((entry) => entry.event.startsWith(event));
	const [name = '', at = ''] = Object.entries(last)[0] ?? [];
	const [one, two] = [find(first), find(second)];
	if (one === undefined || two === undefined || at === '')
		return {
			shown: false,
			facts: `the timeline lacks ${[one ? [] : first, two ? [] : second, at ? [] : name].flat().join(', ')}`,
		};
	// The log has milliseconds, commit timestamps have microseconds: compared at the coarser.
	const [a, b, c] = [one.at, two.at, at].map((time) => Date.parse(time)) as [number, number, number];
	return {
		shown: a <= b && b <= c,
		facts: `${one.event} at ${one.at}, ${two.event} at ${two.at}, first ${name} at ${at}`,
	};
}

/** Whether the strike came when its row says, by commits as Postgres dates them. A boot is struck before it starts. */
export function struckInTime({ timeline, phase, executions }: Observation, timing: Row['timing']): Fact {
	const at = (event: string): number => {
		const found = timeline.find((entry) => entry.event.startsWith(event));
		return found === undefined ? Number.NaN : Date.parse(found.at);
	};
	const struck = timeline.findLast(({ event }) => event.startsWith('strike begins'));
	const [begins, first, last] = [Date.parse(struck?.at ?? ''), at('truth first'), at('truth last')];
	// A crash meets the stop, while the load is under way.
	const [latest, part] =
		struck?.event.includes('cut off') && phase === 'stop'
			? [at('truth of the load'), 'load-']
			: [last, 'strike-'];
	// Those that a subject was asked for when it was struck, and never answered, would have come last.
	const unanswered = executions.some(
		({ key, status, cut }) =>
			!accepted(status) && (key.startsWith(part) || (cut === 'crash' && key.startsWith('midway-'))),
	);
	const inOrder = {
		before: begins <= first,
		during: first <= begins && (begins <= latest || unanswered),
		after: last <= begins,
		replay: last <= begins,
		any: begins > 0,
		deploy: begins > 0,
	};
	const entries = timeline.filter(({ event }) => /^(strike|struck|truth (first|last))/.test(event));
	return {
		shown: phase === 'boot' ? begins > 0 : inOrder[timing],
		facts: entries.map(({ at, event }) => `${at} ${event}`).join('; ') || 'no strike was noted',
	};
}
