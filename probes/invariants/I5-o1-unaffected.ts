/** I5: every truth endpoint (O1) answers 200 with the control's body, under load too, and touches no telemetry. */
import type { Observation, Read, Stage } from '../observe/observation.ts';
import { LISTS_ALONE, leavingOut, listsDiffer, listsUnshown, unanswered, unknownKeys } from './cut.ts';
import {
	answer,
	brief,
	conclude,
	count,
	examples,
	type Finding,
	gap,
	premises,
	sampleDifferences,
	sum,
	violation,
	wasCut,
} from './findings.ts';
import type { Invariant } from './verdict.ts';
import { untouched, wallsLooked } from './walls.ts';

const UNDER_LOAD = ['load', 'frozen'] as const;

export const o1Unaffected: Invariant = (control, observed) => {
	const unknown = unknownKeys(control, observed);
	const [expected, seen] = [leavingOut(control, unknown), answerable(leavingOut(observed, unknown))];
	const lists = !listsDiffer(control, observed);
	return conclude(
		[looked(seen), ...leftOut(observed, seen, lists)].join(', '),
		premises(control, observed),
		underLoad(seen),
		compareReads(expected, seen, ['quiet', ...UNDER_LOAD], lists),
		listsUnshown(control, observed),
		everyEndpoint(control, seen, 'quiet'),
		untouched(control, observed, 'o1'),
	);
};

/** Without the reads that failed while the suite had the database crashed. */
const answerable = (observed: Observation): Observation => ({
	...observed,
	reads: observed.reads.filter((read) => !wasCut(read)),
});

/** What was not compared, and why. */
function leftOut(observed: Observation, seen: Observation, lists: boolean): readonly string[] {
	const unanswered = times(observed.reads.filter(wasCut));
	const others = times(observed.reads) - times(seen.reads) - unanswered;
	return [
		...(unanswered > 0 ? [`${count(unanswered, 'read')} unanswered while the database was away`] : []),
		...(others > 0 ? [`${count(others, 'read')} of runs that were never acknowledged, not compared`] : []),
		...(lists ? [] : [LISTS_ALONE]),
	];
}

const times = (reads: readonly Read[]): number => sum(reads.map((read) => read.times));
const atStages = ({ reads }: Observation, stages: readonly Stage[]): readonly Read[] =>
	reads.filter((read) => stages.includes(read.stage));

function looked(observed: Observation): string {
	const quiet = atStages(observed, ['quiet']);
	return [
		`${count(times(quiet), 'read')} in quiet of ${count(new Set(quiet.map((read) => read.endpoint)).size, 'endpoint')}`,
		`${count(sum(quiet.map((read) => read.values)), 'value')}`,
		`${count(times(atStages(observed, UNDER_LOAD)), 'read')} under load`,
		wallsLooked(observed, 'o1'),
	].join(', ');
}

function* underLoad(observed: Observation): Generator<Finding> {
	if (times(atStages(observed, UNDER_LOAD)) <= 0) yield gap('no truth endpoint was read under load');
}

const place = ({ endpoint, key, stage }: Read): string => `${endpoint}${key ? ` of ${key}` : ''} (${stage})`;

const identity = ({ endpoint, key }: Read, stage: Stage): string => `${stage}\0${endpoint}\0${key ?? ''}`;

/** What a read without fault looks like; anything else in the control is a fault of the control. */
const sound = (read: Read): boolean => read.status === 200 && read.values > 0 && read.sha256 !== '';

function fault(read: Read): string {
	if (read.status !== 200) return `${place(read)} ${answer(read.status)}`;
	return `${place(read)} ${read.sha256 === '' ? 'gave a body that is not JSON' : 'had 0 values in its body'}`;
}

/**
 * Reads of these stages against the control's of the same endpoint, key and stage, or of `quiet` where the control
 * has none. Where the control itself gives several bodies under load, as a list does while runs are made, the body
 * is compared in quiet and the status alone under load. Without `lists` they are judged by their answer alone.
 */
export function* compareReads(
	control: Observation,
	observed: Observation,
	stages: readonly Stage[],
	lists = true,
): Generator<Finding> {
	const expected = Map.groupBy(atStages(control, [...stages, 'quiet']), (read) => identity(read, read.stage));
	const reads = atStages(observed, stages).filter((read) => read.times > 0);
	yield* controlReads(atStages(control, stages));
	if (reads.length === 0) yield gap(`no truth endpoint was read under the failure (${stages.join(', ')})`);
	const counterparts = (read: Read) =>
		expected.get(identity(read, read.stage)) ?? expected.get(identity(read, 'quiet')) ?? [];
	const unknown = reads.filter((read) => counterparts(read).length === 0);
	if (unknown.length > 0)
		yield gap(`the control never read ${examples(unknown.map(place))}: nothing to compare with`);
	const compared = reads
		.map((read) => ({ read, bodies: counterparts(read).filter(sound) }))
		.filter(({ bodies }) => bodies.length > 0);
	yield* refused(
		control,
		observed,
		compared.map(({ read }) => read),
	);
	yield* changed(control, observed, compared, lists);
}

function* controlReads(reads: readonly Read[]): Generator<Finding> {
	const faults = reads.filter((read) => !sound(read)).map(fault);
	if (faults.length > 0) yield gap(`the control itself is faulty: ${examples(faults)}`);
	const calm = reads.filter((read) => sound(read) && !fluctuates(read.stage));
	for (const [first, ...others] of Map.groupBy(calm, (read) => identity(read, read.stage)).values())
		if (first && others.some((other) => other.sha256 !== first.sha256))
			yield gap(
				`the control itself gave several bodies for ${place(first)}: something volatile is not declared`,
			);
}

const fluctuates = (stage: Stage): boolean => stage === 'load' || stage === 'frozen';

function* refused(control: Observation, observed: Observation, reads: readonly Read[]): Generator<Finding> {
	const failed = reads.filter((read) => read.status !== 200);
	if (failed.length === 0) return;
	const how = failed.map(
		(read) =>
			`${place(read)} ${answer(read.status)} ${count(read.times, 'time')}${read.slowestMs === undefined ? '' : `, slowest ${Math.round(read.slowestMs)} ms`}`,
	);
	yield unanswered(
		control,
		observed,
		`${times(failed)} of ${count(times(reads), 'read')} not answered 200: ${examples(how)}`,
	);
}

interface Compared {
	readonly read: Read;
	/** The control's. */
	readonly bodies: readonly Read[];
}

function* changed(
	control: Observation,
	observed: Observation,
	compared: readonly Compared[],
	lists: boolean,
): Generator<Finding> {
	const answered = compared.filter(({ read }) => read.status === 200);
	const empty = answered.filter(({ read }) => read.values <= 0).map(({ read }) => place(read));
	if (empty.length > 0) yield gap(`a body of 0 values says nothing: ${examples(empty)}`);
	const differing = answered.filter(({ read, bodies }) => {
		if (read.sha256 === '') return true;
		if (read.key === undefined && !lists) return false;
		const steady = new Set(bodies.map((body) => body.sha256)).size === 1 || !fluctuates(read.stage);
		return steady && !bodies.some((body) => body.sha256 === read.sha256);
	});
	if (differing.length > 0)
		yield violation(
			`other than the control's: ${differing.length} of ${count(answered.length, 'body')}: ` +
				examples(differing.map((pair) => `${place(pair.read)}${firstDifference(control, observed, pair)}`)),
		);
}

function firstDifference(control: Observation, observed: Observation, { read, bodies }: Compared): string {
	if (read.sha256 === '') return ' gave a body that is not JSON';
	const [first, ...others] = sampleDifferences(control, observed, bodies[0]?.sha256 ?? '', read.sha256);
	if (!first) return '';
	const more = others.length > 0 ? `, ${others.length} more` : '';
	return ` at ${first.pointer || 'the root'}: ${brief(first.seen)}, expected ${brief(first.expected)}${more}`;
}

/** Every endpoint that the control read in this stage was read in the observation too. */
export function* everyEndpoint(
	control: Observation,
	observed: Observation,
	stage: Stage,
): Generator<Finding> {
	const endpoints = (of: Observation) =>
		new Set(
			atStages(of, [stage])
				.filter((read) => read.times > 0)
				.map((read) => read.endpoint),
		);
	const unread = [...endpoints(control).difference(endpoints(observed))];
	if (unread.length > 0) yield gap(`${examples(unread)} was not read under the failure (${stage})`);
	if (endpoints(control).size === 0) yield gap(`the control read no truth endpoint (${stage})`);
}
