/**
 * I4: no truth-plane backend waits for telemetry; with every telemetry writer frozen a load wider and longer
 * than any pool completes; starting and stopping succeed, no process dies, latency stays within its bound.
 */
import type { Frozen, Lifecycle, Load, Observation } from '../observe/observation.ts';
import { diedIn, unanswered } from './cut.ts';
import {
	acknowledged,
	answer,
	asked,
	conclude,
	count,
	duration,
	examples,
	type Finding,
	gap,
	logged,
	premises,
	sum,
	violation,
	wasCut,
} from './findings.ts';
import { withinBound } from './latency.ts';
import type { Invariant } from './verdict.ts';
import { truthWaits } from './waits.ts';

export const executionIsNotBlocked: Invariant = (control, observed) =>
	conclude(
		looked(observed),
		truthWaits(observed),
		sharedWithTruth(observed),
		unfinishedLoads(control, observed),
		refusedRuns(control, observed),
		lifecycle(control, observed),
		deaths(control, observed),
		withinBound(control, observed),
		premises(control, observed),
		enough(observed),
		...(observed.phase === 'live' ? [frozenWriters(observed)] : []),
		...(observed.phase === 'stop' ? [stopped(control, observed)] : []),
	);

const looked = (observed: Observation): string =>
	[
		count(acknowledged(observed).size, 'acknowledged run'),
		`${count(observed.locks.samples, 'sample')} of the locks`,
		`${count(observed.locks.logged, 'lock wait')} in the log`,
		`${count(sum(observed.frozen.map((gate) => gate.backends)), 'backend')} frozen`,
		...observed.loads.map(
			(load) =>
				`${load.stage} load: ${load.completed} of ${load.asked} requests, ${load.width} at once, ` +
				`${load.reads} of them reads, ${count(load.peakBackends, 'backend')} at most`,
		),
		`slowest run ${observed.attempts.map((attempt) => duration(attempt.slowestMs)).join(', ') || 'not measured'}`,
	].join('; ');

function* sharedWithTruth(observed: Observation): Generator<Finding> {
	for (const { gate, holding, backends } of observed.frozen)
		if (holding.length > 0)
			yield violation(
				`frozen at the ${gate} gate, a telemetry writer holds write locks on ${examples(holding)} in the same ` +
					`transaction (${count(backends, 'backend')} frozen): while telemetry waits, so does truth. ` +
					'Look first at what that transaction writes before telemetry',
			);
}

function* unfinishedLoads(control: Observation, observed: Observation): Generator<Finding> {
	for (const { stage, asked, completed } of unfinished(control))
		yield gap(`the control itself is faulty: its ${stage} load completed ${completed} of ${asked} requests`);
	for (const load of unfinished(observed)) {
		yield unanswered(
			control,
			observed,
			`${WHILE[load.stage] ?? `in the stage ${load.stage}`} ${load.completed} of ${load.asked} requests completed (${load.width} at once, ` +
				`${count(load.peakBackends, 'backend')} at most). The backends meanwhile: ` +
				(examples(load.stuck) || 'not recorded'),
		);
	}
}

const WHILE: Partial<Record<Load['stage'], string>> = {
	gates: 'at the gates',
	load: 'under load',
	frozen: 'with every telemetry writer frozen',
};

/** A request that a stop left without an answer is excused; one that was told 503 has completed. */
const unfinished = ({ loads, executions }: Observation): readonly Load[] =>
	loads.filter(({ stage, asked, completed }) => {
		const cut = executions.filter((run) => run.stage === stage && run.status === 0 && wasCut(run));
		return completed + cut.length < asked;
	});

/** Runs that the control acknowledged, had cut or never asked for, and that got no acknowledgement now. */
export function* refusedRuns(control: Observation, observed: Observation): Generator<Finding> {
	const [before, known, now] = [acknowledged(control), asked(control), acknowledged(observed)];
	const refused = observed.executions.filter((run) => {
		if (now.has(run.key) || wasCut(run)) return false;
		const expected = known.get(run.key);
		if (expected === undefined) return run.status <= 0 || run.status >= 500;
		return before.has(run.key) || wasCut(expected);
	});
	if (refused.length === 0) return;
	const how = refused.map(
		(run) =>
			`${run.key} ${answer(run.status)} after ${run.ms === undefined ? 'an unknown time' : duration(run.ms)}`,
	);
	yield unanswered(
		control,
		observed,
		`not acknowledged: ${refused.length} of ${count(observed.executions.length, 'run')} (the control ` +
			`acknowledged ${before.size} of ${control.executions.length}): ${examples(how)}`,
	);
}

/** It failed, and the suite's own crash had met it. */
const endedByCut = ({ cut, outcome }: Lifecycle): boolean => cut !== undefined && outcome === 'failed';

function* lifecycle(control: Observation, observed: Observation): Generator<Finding> {
	const how = { done: 'succeeded', deadline: 'passed its deadline', failed: 'failed' } as const;
	const failures = ({ lifecycle }: Observation) =>
		lifecycle
			.filter((step) => step.outcome !== 'done' && !endedByCut(step))
			.map(
				({ action, outcome, ms, detail }) =>
					`${action} ${how[outcome]} after ${duration(ms)}${detail ? `: ${detail}` : ''}`,
			);
	for (const text of failures(control)) yield gap(`the control itself is faulty: ${text}`);
	for (const text of failures(observed)) yield violation(text);
	// The suite then starts it again, as any supervisor would: no start may hang, and the next one may not fail.
	if (!control.lifecycle.some(endedByCut))
		for (const { action, ms, detail } of observed.lifecycle.filter(endedByCut))
			yield gap(
				`the ${action} that the crash has met failed after ${duration(ms)}${detail ? `: ${detail}` : ''}. With no ` +
					'telemetry at all the same crash let it come up, once: nothing shows whether telemetry is the cause',
			);
}

function* deaths(control: Observation, observed: Observation): Generator<Finding> {
	const died = (of: Observation) => diedIn(of).map(({ name, pid }) => `${name} (pid ${pid})`);
	const alone =
		control.deaths === undefined || control.deaths.flat().length > 0
			? ''
			: `. With no telemetry at all the same crash ended none, in ${count(control.deaths.length, 'attempt')}`;
	if (died(control).length > 0)
		yield gap(`the control itself is faulty: processes died: ${examples(died(control))}`);
	if (died(observed).length > 0)
		yield unanswered(
			control,
			observed,
			`processes of the subject died, by no hand of the suite: ${examples(died(observed))}${alone}`,
		);
}

/** A start or a stop is what those phases are about; the locks must have been looked at in all of them. */
function* enough(observed: Observation): Generator<Finding> {
	yield* logged(observed, 'waits between two samples of the locks would be seen there alone');
	if (observed.locks.samples <= 0) yield gap('the locks were never sampled');
	const action = ({ live: undefined, boot: 'start', stop: 'stop' } as const)[observed.phase];
	const steps = observed.lifecycle.filter((step) => step.action === action);
	if (action && steps.length === 0)
		yield gap(`the phase is ${observed.phase}, and no ${action} was recorded`);
	if (steps.slice(-1).some(endedByCut))
		yield gap(`the ${action} was cut off by the crash, and no other was recorded`);
}

/** Stop: nothing is shown by stopping a subject that is idle. */
function* stopped(control: Observation, observed: Observation): Generator<Finding> {
	for (const [where, { lifecycle }] of Object.entries({ '': observed, ' in the control': control })) {
		const first = lifecycle.find((step) => step.action === 'stop');
		if (first === undefined) {
			if (where !== '') yield gap(`the phase is stop, and no stop was recorded${where}`);
		} else if (!((first.inFlight ?? 0) > 0))
			yield gap(`the subject was asked to stop with no run in flight${where}`);
	}
}

/** What the subject's author does about a load that is too small for it. */
const UNDECLARED = ', more than the subject declares as `connections`';
const GATES: readonly Frozen['gate'][] = ['row', 'commit', 'relation'];

/** Live: every gate must have frozen a writer, none for another, under a load wider and longer than the pool. */
function* frozenWriters({ frozen, loads }: Observation): Generator<Finding> {
	const load = loads.filter(({ stage }) => stage === 'frozen');
	const unreachable = frozen.filter((one) => one.unreachable !== undefined).map(({ gate }) => gate);
	// The load runs at the relation gate.
	if (load.length === 0 && !unreachable.includes('relation'))
		yield gap('no load ran with every telemetry writer frozen');
	for (const gate of GATES)
		if (!unreachable.includes(gate) && !frozen.some((one) => one.gate === gate && one.backends > 0))
			yield gap(`no telemetry writer froze at the ${gate} gate`);
	for (const { width, peakBackends, asked, reads } of load) {
		if (peakBackends <= 0) yield gap('no backend of the subject was seen during the frozen load');
		if (width <= peakBackends)
			yield gap(
				`the load was not wider than the pool: ${width} at once, ${count(peakBackends, 'backend')} seen${UNDECLARED}`,
			);
		if (asked <= 2 * peakBackends)
			yield gap(
				`the load was not longer than the pool: ${asked} asked, ${count(peakBackends, 'backend')} seen${UNDECLARED}`,
			);
		if (reads <= 0) yield gap('no truth read was among the frozen load');
	}
}
