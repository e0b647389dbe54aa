/** Figures of an observation that several injections assert, each with the words for the evidence. */
import escapeRegExp from 'escape-string-regexp';
import { RENAMED } from '../fixtures/failures/rename.ts';
import { accepted, at, comparable } from '../probes/invariants/findings.ts';
import { overBound } from '../probes/invariants/latency.ts';
import { isRequest } from '../probes/invariants/walls.ts';
import type { Observation, Stage } from '../probes/observe/observation.ts';
import type { Seen } from './judge.ts';
import type { Row } from './matrix.ts';

export interface Fact {
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

// Anywhere in the text: before the verb there may be comments, EXPLAIN or a WITH that reads as well.
const INSERTS = /\b(insert|merge)\s+into\b|\bcopy\s+[\w".]+\s*(\(|from\b)/i;
const CHANGES = /\bdelete\s+from\b|\bupdate\s.*\bset\b|^\s*(create|alter|drop|lock|truncate)\b/is;
const READS = /\b(select|fetch)\b/i;

/** What a statement does, as far as its text tells. */
const kindOf = (statement: string): 'insert' | 'select' | 'other' => {
	if (INSERTS.test(statement)) return 'insert';
	return READS.test(statement) && !CHANGES.test(statement) ? 'select' : 'other';
};

/** Matches a text that names one of these tables. */
function naming(tables: readonly string[]): (text: string) => boolean {
	const names = tables.map((name) => escapeRegExp(name.split('.').at(-1) ?? name));
	const named = new RegExp(`\\b(${names.join('|')})\\b`);
	return (text) => names.length > 0 && named.test(text);
}

/** Refusals of statements of a kind whose message names one of these tables. */
function refusalsOf({ refusals, tables }: Seen, kind: 'insert' | 'select'): Observation['refusals'] {
	const named = naming(tables);
	return refusals.filter(({ statement, message }) => kindOf(statement) === kind && named(message));
}

/** Refusals of statements about telemetry whose message names no table: a column that is gone, a cancellation. */
export function refusedOnTelemetry(
	{ refusals, tables }: Pick<Seen, 'refusals' | 'tables'>,
	sqlstate: string,
	kind?: 'insert' | 'select',
): ReturnType<typeof refused> {
	const named = naming(tables);
	const about = refusals.filter(
		({ statement }) => named(statement) && (kind === undefined || kindOf(statement) === kind),
	);
	return refused({ refusals: about }, sqlstate);
}

/** Inserts into telemetry that Postgres refused: the word of the log on a writer that met the failure. */
export const refusedInserts = (seen: Seen, sqlstate: string): ReturnType<typeof refused> =>
	refused({ refusals: refusalsOf(seen, 'insert') }, sqlstate);

/** A start that would make again what is missing, is kept from it, and fails of that: it has met the gap as well. */
export function refusedToMend({
	refusals,
	lifecycle,
}: Pick<Observation, 'refusals' | 'lifecycle'>): ReturnType<typeof refused> {
	const failed = lifecycle.some(({ action, outcome }) => action === 'start' && outcome !== 'done');
	const kept = refusals.filter(({ message }) => /^bystander: CREATE .* is refused/.test(message));
	return refused({ refusals: failed ? kept : [] }, '42501');
}

/** Statements that met a column under another name: they name the one that is gone, or leave the one that is there empty. */
export function refusedColumn(seen: Seen): ReturnType<typeof refused> {
	const missing = refusedOnTelemetry(seen, '42703');
	const empty = seen.refusals.filter(
		({ message }) => message.startsWith('null value') && message.includes(`${RENAMED}"`),
	);
	return missing.times > 0 ? missing : refusedOnTelemetry({ ...seen, refusals: empty }, '23502');
}

/** Reads of telemetry that Postgres refused. */
export const refusedReads = (seen: Seen, sqlstate: string): ReturnType<typeof refused> =>
	refused({ refusals: refusalsOf(seen, 'select') }, sqlstate);

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

/** Backends of the subject seen asleep in a statement of this kind, or cancelled in it (57014). */
export function asleep(
	seen: Pick<Seen, 'sleeps' | 'refusals' | 'tables'>,
	kind: 'insert' | 'select',
): Fact & { readonly cancelled: boolean } {
	// A sleep that the statement itself asks for is the subject's own.
	const sleeps = seen.sleeps.filter(
		({ statement }) => kindOf(statement) === kind && !/\bpg_sleep/i.test(statement),
	);
	const cancelled = refusedOnTelemetry(seen, '57014', kind);
	const longest = Math.max(0, ...sleeps.map(({ ms }) => ms));
	return {
		shown: sleeps.length > 0,
		cancelled: cancelled.times > 0,
		facts: `${sleeps.length} backends seen asleep, up to ${longest} ms${sleeps[0] === undefined ? '' : ` (${sleeps[0].role})`}; ${cancelled.facts}`,
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
	const slowest = control.attempts[0]?.slowestMs ?? 0;
	const within = attempts.filter(
		(attempt) => attempt.slowestMs > 0 && overBound(control, attempt).length === 0,
	);
	return {
		unaffected: slowest > 0 && within.length > 0,
		facts: `slowest ${attempts.map(({ slowestMs }) => slowestMs).join(', ') || 'of no attempt'} ms, the control ${slowest} ms`,
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
	const latest = struck?.event.includes('cut off') && phase === 'stop' ? at('truth of the load') : last;
	// Those that a subject was asked for when it was struck, and never answered, would have come last.
	const unanswered = executions.some(({ key, status }) => key.startsWith('strike-') && !accepted(status));
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
