/** What the server's log says of statements of the subject: refused, cancelled, cut off; each with the words for the evidence. */
import escapeRegExp from 'escape-string-regexp';
import { RENAMED } from '../fixtures/failures/rename.ts';
import type { Observation } from '../probes/observe/observation.ts';
import type { Fact } from './facts.ts';
import type { Seen } from './judge.ts';

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
