/** I2: a replay gives the control's SHA-256, whenever its run was recorded, and touches no telemetry relation. */
import type { Observation, Replay } from '../observe/observation.ts';
import { leavingOut, unanswered, unknownKeys } from './cut.ts';
import { conclude, count, examples, type Finding, gap, premises, violation } from './findings.ts';
import type { Invariant } from './verdict.ts';
import { untouched, wallsLooked } from './walls.ts';

export const replayIsHashStable: Invariant = (control, observed) => {
	const unknown = unknownKeys(control, observed);
	const [expected, seen] = [leavingOut(control, unknown), leavingOut(observed, unknown)];
	return conclude(
		looked(seen, observed.replays.length - seen.replays.length),
		premises(control, observed),
		compareReplays(expected, seen),
		everyKind(control, seen),
		untouched(control, observed, 'replay'),
	);
};

const KINDS = ['before', 'during', 'after'] as const;

function looked(observed: Observation, left: number): string {
	const kinds = KINDS.map(
		(kind) => `${observed.replays.filter((replay) => replay.recorded === kind).length} ${kind}`,
	);
	const cut = left > 0 ? `, ${left} more of runs that were never acknowledged, not compared` : '';
	return `${count(observed.replays.length, 'replay')} (of runs recorded ${kinds.join(', ')} the failure)${cut}, ${wallsLooked(observed, 'replay')}`;
}

const fault = (replay: Replay): string | undefined => {
	if (replay.error !== undefined) return replay.error;
	return replay.bytes > 0 && replay.sha256 !== '' ? undefined : 'no bytes';
};

const place = (replay: Replay): string => `${replay.key} (recorded ${replay.recorded}, ${replay.stage})`;

/** The one hash of every key that the control could replay, and what is wrong with the control. */
function hashes(control: Observation): { expected: ReadonlyMap<string, string>; faults: readonly string[] } {
	const expected = new Map<string, string>();
	const faults: string[] = [];
	for (const replay of control.replays) {
		const known = expected.get(replay.key) ?? replay.sha256;
		if (fault(replay)) faults.push(`${place(replay)}: ${fault(replay)}`);
		else if (known !== replay.sha256) faults.push(`${place(replay)}: more than one hash`);
		else expected.set(replay.key, replay.sha256);
	}
	return { expected, faults };
}

export function* compareReplays(control: Observation, observed: Observation): Generator<Finding> {
	if (control.replays.length === 0) yield gap('the control replayed nothing');
	if (observed.replays.length === 0) yield gap('nothing was replayed under the failure');
	const { expected, faults } = hashes(control);
	if (faults.length > 0) yield gap(`the control itself is faulty: ${examples(faults)}`);
	const known = observed.replays.filter((replay) => expected.has(replay.key));
	const unknown = observed.replays.filter((replay) => !expected.has(replay.key));
	if (unknown.length > 0)
		yield gap(
			`${count(unknown.length, 'replay')} cannot be compared, the control has none: ${examples(unknown.map(place))}`,
		);
	const failed = known.filter((replay) => fault(replay));
	if (failed.length > 0)
		yield unanswered(
			control,
			observed,
			`${failed.length} of ${count(observed.replays.length, 'replay')} gave nothing: ` +
				examples(failed.map((replay) => `${place(replay)}: ${fault(replay)}`)),
		);
	const changed = known.filter((replay) => !fault(replay) && replay.sha256 !== expected.get(replay.key));
	if (changed.length > 0)
		yield violation(
			`${changed.length} of ${count(observed.replays.length, 'replay')} gave another hash than the control: ` +
				`${examples(changed.map((replay) => `${place(replay)} ${replay.sha256.slice(0, 12)}, expected ${expected.get(replay.key)?.slice(0, 12)}`))}. ` +
				'Look first at what replay reads besides its recorded inputs',
		);
}

function* everyKind(control: Observation, observed: Observation): Generator<Finding> {
	const has = ({ replays }: Observation, kind: string) => replays.some((replay) => replay.recorded === kind);
	for (const kind of KINDS)
		if (has(control, kind) && !has(observed, kind))
			yield gap(`no run recorded ${kind} the failure was replayed, the control has such replays`);
}
