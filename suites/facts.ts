/** Figures of an observation that several injections assert, each with the words for the evidence. */
import { accepted, at, comparable } from '../probes/invariants/findings.ts';
import { overBound } from '../probes/invariants/latency.ts';
import { isRequest } from '../probes/invariants/walls.ts';
import type { Observation, Stage } from '../probes/observe/observation.ts';
import type { Seen } from './judge.ts';

export interface Fact {
	readonly shown: boolean;
	readonly facts: string;
}

/** Runs of a stage that were acknowledged. */
export function acknowledged(
	{ executions }: Observation,
	stage: Stage,
): { all: boolean; some: boolean; facts: string } {
	// A run that the stop itself has cut owes no acknowledgement.
	const asked = executions.filter((run) => run.stage === stage && run.cut === undefined);
	const done = asked.filter(({ status }) => accepted(status));
	return {
		all: asked.length > 0 && done.length === asked.length,
		some: done.length > 0,
		facts: `${done.length} of ${asked.length} runs acknowledged`,
	};
}

/**
 * Whether telemetry is there in part: what is stored, against what the control shows that the same runs emit. Of some subjects no
 * two equal runs leave equally many rows: `lost` is what is below the least that any run of its scenario has there.
 */
export function storedOfEmitted(
	{ telemetry, control }: Seen,
	stage: Stage,
): Fact & { readonly lost: boolean } {
	const { byStage, byKey } = control.telemetry;
	const [stored, emitted] = [telemetry.byStage[stage] ?? 0, byStage[stage] ?? 0];
	const runs = control.executions
		.filter((run) => run.stage === stage)
		.map((run) => ({ ...run, rows: at(byKey, run.key) ?? 0 }));
	const whole = Map.groupBy(
		runs.filter(({ status }) => accepted(status)),
		({ scenario }) => scenario,
	);
	const least = runs
		.map(({ scenario, rows }) => Math.min(rows, ...(whole.get(scenario) ?? []).map((run) => run.rows)))
		.reduce((sum, rows) => sum + rows, 0);
	const atLeast = least === emitted ? '' : `, ${least} at least`;
	return {
		lost: stored < least,
		shown: 0 < stored && stored < least,
		facts: `${stored} rows stored of ${emitted} emitted${atLeast}`,
	};
}

/** The replays behind the lock wall under the failure, against the control's. */
export function walledReplays(seen: Seen): {
	proven: boolean;
	untouched: boolean;
	equal: boolean;
	replayed: number;
	facts: string;
} {
	const walls = seen.walls.filter(({ during, stage }) => during === 'replay' && stage === 'quiet');
	const touches = walls.flatMap(({ touches }) => touches).filter(isRequest);
	const replays = seen.replays.filter(({ stage }) => stage === 'quiet');
	const expected = new Map(seen.control.replays.map(({ key, sha256 }) => [key, sha256]));
	const equal = replays.filter(({ key, sha256 }) => sha256 !== '' && expected.get(key) === sha256);
	const proven = walls.length > 0 && walls.every(({ proven, watched }) => proven && watched > 0);
	return {
		proven,
		untouched: proven && touches.length === 0,
		equal: replays.length > 0 && equal.length === replays.length,
		replayed: replays.length,
		facts: `${equal.length} of ${replays.length} replays equal the control's, ${touches.length} touches of ${walls[0]?.relations.join(', ') || 'a plane that is gone'}`,
	};
}

/** A figure that the strike has counted, 0 where it has not. */
export const counted = ({ counts }: Observation, name: string): number => counts[name] ?? 0;

/** The counted figures as one line. */
export const figures = ({ counts }: Observation): string =>
	Object.entries(counts)
		.map(([name, count]) => `${name}: ${count}`)
		.join(', ') || 'nothing was counted';

/** Every acknowledged run has rows of truth, and in each table those of the control where that acknowledged it too. */
export function truthEquals(seen: Seen): boolean {
	const { control, executions, truth } = seen;
	const keys = executions.filter(({ status }) => accepted(status)).map(({ key }) => key);
	const compared = keys.filter(comparable(control, seen));
	const there = keys.every((key) => truth.some(({ byKey }) => at(byKey, key) !== undefined));
	const equal = control.truth.every(({ table, byKey }) => {
		const own = truth.find((other) => other.table === table);
		return own !== undefined && compared.every((key) => at(own.byKey, key) === at(byKey, key));
	});
	return compared.length > 0 && control.truth.length > 0 && there && equal;
}

/** The slowest execution against the bound of I4; of several attempts the best counts, and I4 judges the mixture. */
export function latency({ control, attempts }: Seen): { unaffected: boolean; facts: string } {
	const within = attempts.filter(
		(attempt) => attempt.slowestMs > 0 && overBound(control, attempt).length === 0,
	);
	return {
		unaffected: (control.attempts[0]?.slowestMs ?? 0) > 0 && within.length > 0,
		facts: `slowest ${slowestOf(attempts)} ms, the control ${slowestOf(control.attempts)} ms`,
	};
}

const slowestOf = (attempts: Seen['attempts']): string =>
	attempts.map(({ slowestMs }) => slowestMs).join(', ') || 'of no attempt';

/** Runs that a crash or a stop cut, by what is found of them, beside the acknowledged ones that must all be there. */
export function cutRuns(seen: Seen): { times: number; clean: boolean; facts: string } {
	const cut = seen.executions.filter((run) => run.cut !== undefined && !accepted(run.status));
	const found = Object.entries(Object.groupBy(cut, (run) => run.found ?? 'not known'));
	const unclean = cut.filter(({ found }) => found === undefined || found === 'half-written');
	const done = acknowledged(seen, 'load');
	return {
		times: seen.executions.filter((run) => run.cut !== undefined).length,
		clean: unclean.length === 0 && done.all && truthEquals(seen),
		facts: `${done.facts}; ${cut.length} cut: ${found.map(([what, runs = []]) => `${runs.length} ${what}`).join(', ') || 'none'}`,
	};
}

/** Signals of the runs of the load: those above the limit are not there, and all others of the same runs are. */
export function neighbours(seen: Seen): { absent: boolean; stored: boolean; facts: string } {
	// Those of the load are cut short by a stop, here and in the control.
	const part = seen.phase === 'stop' ? 'struck-' : 'load-';
	const runs = seen.executions
		.filter(({ key, status, cut }) => key.startsWith(part) && accepted(status) && cut === undefined)
		.map(({ key }) => ({
			emitted: seen.control.telemetry.byKey[key] ?? 0,
			stored: seen.telemetry.byKey[key] ?? 0,
			oversize: counted(seen, `oversize in ${key}`),
		}));
	const sum = (which: 'emitted' | 'stored' | 'oversize') => runs.reduce((all, run) => all + run[which], 0);
	const stored = sum('oversize') > 0 && runs.every((run) => run.stored + run.oversize === run.emitted);
	return {
		absent: counted(seen, 'signals oversize') > 0 && seen.counts['signals stored oversize'] === 0,
		stored,
		facts: `${sum('emitted')} signals of ${runs.length} runs, ${sum('oversize')} of them oversize, ${sum('stored')} stored; oversize and stored: ${counted(seen, 'signals stored oversize')}`,
	};
}
