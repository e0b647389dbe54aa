/** Figures of an observation that several injections assert, each with the words for the evidence. */
import { accepted } from '../probes/invariants/findings.ts';
import type { Observation, Stage } from '../probes/observe/observation.ts';
import type { Seen } from './judge.ts';

interface Fact {
	readonly shown: boolean;
	readonly facts: string;
}

/** Statements of the subject that Postgres refused with this SQLSTATE. */
export function refused(
	{ refusals }: Pick<Observation, 'refusals'>,
	sqlstate: string,
): { times: number; first: string; facts: string } {
	const found = refusals.filter((refusal) => refusal.sqlstate === sqlstate);
	const times = found.reduce((sum, refusal) => sum + refusal.times, 0);
	const first = found.map((refusal) => refusal.first).sort()[0] ?? '';
	const facts =
		times === 0
			? `no ${sqlstate} in the log`
			: `${sqlstate} ×${times}, first at ${first}: ${found[0]?.message}`;
	return { times, first, facts };
}

/** Inserts into telemetry that Postgres refused: the word of the log on a writer that met the failure. */
export function refusedInserts(seen: Seen, sqlstate: string): ReturnType<typeof refused> {
	const names = new RegExp(`\\b(${seen.tables.map((name) => name.split('.').at(-1)).join('|')})\\b`);
	const refusals = seen.refusals.filter(
		({ statement, message }) => /^\s*(insert|copy|merge|with)\b/i.test(statement) && names.test(message),
	);
	return refused({ refusals }, sqlstate);
}

/** Runs of a stage that were acknowledged. */
export function acknowledged({ executions }: Observation, stage: Stage): { all: boolean; facts: string } {
	// A run that the stop itself has cut owes no acknowledgement.
	const asked = executions.filter((run) => run.stage === stage && run.cut !== true);
	const done = asked.filter(({ status }) => accepted(status));
	return {
		all: asked.length > 0 && done.length === asked.length,
		facts: `${done.length} of ${asked.length} runs acknowledged`,
	};
}

/** What the telemetry process left, against what the control shows that the same runs emit. */
export const storedOfEmitted = (seen: Seen, stage: Stage): { stored: number; emitted: number } => ({
	stored: seen.telemetry.byStage[stage] ?? 0,
	emitted: seen.control.telemetry.byStage[stage] ?? 0,
});

/** The deaths that the suite brought about: the process by the operating system, its backend by the log. */
export function deaths(seen: Observation): { process: Fact; backend: Fact } {
	const killed = seen.processes.filter(({ ended }) => ended === 'killed');
	// An orphan that reaches its own lock timeout first finds its client gone (08006).
	const terminated = [refused(seen, '57P01'), refused(seen, '08006')].filter(({ times }) => times > 0);
	return {
		process: {
			shown: killed.length > 0,
			facts: killed.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ') || 'none killed',
		},
		backend: {
			shown: terminated.length > 0,
			facts: terminated.map(({ facts }) => facts).join('; ') || 'no 57P01 or 08006 in the log',
		},
	};
}

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

/** The replays behind the lock wall under the failure, against the control's. */
export function walledReplays(seen: Seen): {
	proven: boolean;
	untouched: boolean;
	equal: boolean;
	replayed: number;
	facts: string;
} {
	const walls = seen.walls.filter(({ during, stage }) => during === 'replay' && stage === 'quiet');
	const touches = walls.flatMap(({ touches }) => touches);
	const replays = seen.replays.filter(({ stage }) => stage === 'quiet');
	const expected = new Map(seen.control.replays.map(({ key, sha256 }) => [key, sha256]));
	const equal = replays.filter(({ key, sha256 }) => sha256 !== '' && expected.get(key) === sha256);
	return {
		proven: walls.length > 0 && walls.every(({ proven }) => proven),
		untouched: walls.length > 0 && touches.length === 0,
		equal: replays.length > 0 && equal.length === replays.length,
		replayed: replays.length,
		facts: `${equal.length} of ${replays.length} replays equal the control's, ${touches.length} touches of ${walls[0]?.relations.join(', ') || 'a plane that is gone'}`,
	};
}
