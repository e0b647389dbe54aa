/** What a matcher writes down of an observation: pure, so that it can be written down again from an archive. */
import { outOfReach } from '../probes/invariants/findings.ts';
import type { Observation } from '../probes/observe/observation.ts';
import type { Shown } from '../reports/record.ts';
import type { Seen } from './judge.ts';
import { type InjectionId, row } from './matrix.ts';
import { struckInTime } from './timing-facts.ts';

/** Where the log is out of reach, what was not shown may be in it. */
export const witnessIn = (
	{ unlogged }: Pick<Observation, 'unlogged'>,
	name: string,
	shown: boolean,
	facts: string,
): Shown => ({
	name,
	shown,
	facts: shown || unlogged === undefined ? facts : `${facts}; ${outOfReach(unlogged)}`,
});

/** It struck when its row says. */
export function timeliness(seen: Seen, id: InjectionId): Shown {
	const { timing } = row(id);
	const name = `struck ${timing === 'any' ? 'at any time' : timing} (relative to the truth commit)`;
	return { name, ...struckInTime(seen, timing) };
}
