/** I6: with telemetry emptied, then dropped, truth goes on as in the control; once restored, the plane works again. */
import type { Observation, Stage } from '../observe/observation.ts';
import { LISTS_ALONE, leavingOut, listsDiffer, listsUnshown, unknownKeys } from './cut.ts';
import {
	accepted,
	acknowledged,
	answer,
	conclude,
	count,
	examples,
	type Finding,
	gap,
	premises,
	said,
	sum,
	violation,
} from './findings.ts';
import { compareRows } from './I1-truth-persists.ts';
import { compareReplays } from './I2-replay-is-hash-stable.ts';
import { refusedRuns } from './I4-execution-is-not-blocked.ts';
import { compareReads, everyEndpoint } from './I5-o1-unaffected.ts';
import type { Invariant } from './verdict.ts';

const DELETED = ['emptied', 'dropped'] as const;

export const telemetryIsDeletable: Invariant = (control, observed) =>
	conclude(
		looked(control, observed),
		premises(control, observed),
		deletion(observed),
		listsUnshown(control, observed),
		...DELETED.map((stage) => said(`with telemetry ${stage}`, without(control, observed, stage))),
		restored(control, observed),
	);

function looked(control: Observation, observed: Observation): string {
	const { deletion } = observed;
	const seen = leavingOut(observed, unknownKeys(control, observed));
	const stages = DELETED.map((stage) => {
		const { executions, replays, reads } = narrowed(seen, stage);
		const done = executions.filter((run) => accepted(run.status)).length;
		const read = sum(reads.map(({ times }) => times));
		return `${stage}: ${count(done, 'run')}, ${count(replays.length, 'replay')}, ${count(read, 'read')}`;
	});
	return [
		`${count(deletion?.removed ?? 0, 'telemetry row')} removed`,
		`${count(deletion?.dropped.length ?? 0, 'relation')} dropped`,
		...stages,
		...(listsDiffer(control, observed) ? [LISTS_ALONE] : []),
		`${count(deletion?.storedAfterRestore ?? 0, 'telemetry row')} stored after restoring`,
	].join('; ');
}

function* deletion({ deletion }: Observation): Generator<Finding> {
	if (!deletion) return yield gap('telemetry was not deleted in this phase');
	const { removed, left, dropped, refused } = deletion;
	if (removed <= 0) yield gap('nothing was there to delete: 0 telemetry rows removed');
	if (left > 0) yield gap(`telemetry was not emptied: ${count(left, 'row')} left of ${removed + left}`);
	if (refused !== undefined)
		yield violation(
			`DROP … RESTRICT of all telemetry tables was refused, truth depends on them (2BP01): ${refused}`,
		);
	else if (dropped.length === 0) yield gap('no telemetry relation was dropped');
}

/** An observation of one stage alone. */
const narrowed = (observation: Observation, stage: Stage): Observation => ({
	...observation,
	executions: observation.executions.filter((run) => run.stage === stage),
	replays: observation.replays.filter((replay) => replay.stage === stage),
	reads: observation.reads.filter((read) => read.stage === stage),
});

function* without(control: Observation, observed: Observation, stage: Stage): Generator<Finding> {
	const unknown = unknownKeys(control, observed);
	const before = narrowed(leavingOut(control, unknown), stage);
	const now = narrowed(leavingOut(observed, unknown), stage);
	const [expected, seen] = [acknowledged(before), acknowledged(now)];
	if (expected.size === 0) yield gap('the control has no acknowledged run');
	if (seen.size === 0) yield gap('no run was acknowledged');
	yield* refusedRuns(before, now);
	yield* compareRows(control, observed, (key) => expected.has(key) && seen.has(key));
	yield* compareReads(before, now, [stage], !listsDiffer(control, observed));
	yield* everyEndpoint(control, now, stage);
	yield* compareReplays(before, now);
}

function* restored(control: Observation, observed: Observation): Generator<Finding> {
	const [before, now] = [narrowed(control, 'restored'), narrowed(observed, 'restored')];
	if (acknowledged(now).size === 0) yield gap('no run was acknowledged on the restored plane');
	yield* said('on the restored plane', refusedRuns(before, now));
	if (control.deletion && control.deletion.storedAfterRestore <= 0)
		yield gap('the control itself is faulty: it stored no telemetry for the run on the restored plane');
	else if (observed.deletion && acknowledged(now).size > 0 && observed.deletion.storedAfterRestore <= 0)
		yield violation(
			'the plane does not work again: 0 telemetry rows stored for ' +
				`${examples([...acknowledged(now).values()].map((run) => `${run.key}, which ${answer(run.status)}`))}. ` +
				'Look first at what restoreTelemetry leaves out: grants, policies, triggers, the migration table',
		);
}
