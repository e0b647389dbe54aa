/** Every invariant by its id, and the judgement of several at once. */
import type { Observation } from '../observe/observation.ts';
import { truthPersists } from './I1-truth-persists.ts';
import { replayIsHashStable } from './I2-replay-is-hash-stable.ts';
import { noTelemetryCausedIncidents } from './I3-no-telemetry-caused-incidents.ts';
import { executionIsNotBlocked } from './I4-execution-is-not-blocked.ts';
import { o1Unaffected } from './I5-o1-unaffected.ts';
import { telemetryIsDeletable } from './I6-telemetry-is-deletable.ts';
import type { Invariant, InvariantId, Judgement } from './verdict.ts';

export const invariants: Readonly<Record<InvariantId, Invariant>> = {
	I1: truthPersists,
	I2: replayIsHashStable,
	I3: noTelemetryCausedIncidents,
	I4: executionIsNotBlocked,
	I5: o1Unaffected,
	I6: telemetryIsDeletable,
};

/** One judgement for each id asked for. A check that cannot read its input knows nothing: it is inconclusive. */
export function judge<Id extends InvariantId>(
	ids: readonly Id[],
	control: Observation,
	observed: Observation,
): Record<Id, Judgement> {
	const judged = ids.map((id) => [id, judgeOne(invariants[id], control, observed)]);
	return Object.fromEntries(judged) as Record<Id, Judgement>;
}

function judgeOne(invariant: Invariant, control: Observation, observed: Observation): Judgement {
	try {
		return invariant(control, observed);
	} catch (error) {
		const reason = `the check itself failed, so nothing is known: ${error instanceof Error ? error.message : error}`;
		return { verdict: 'inconclusive', looked: 'nothing', reason };
	}
}

/** `I4 violated: …`, `I4 inconclusive: …`, or `I4 held: …` with what was looked at. */
export const sentence = (id: InvariantId, { verdict, looked, reason }: Judgement): string =>
	`${id} ${verdict}: ${verdict === 'held' ? looked : reason}`;
