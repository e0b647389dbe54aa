/** What the six invariants share: findings, how they become a judgement, and how they are worded. */
import type { Execution, Observation, Stage, Status } from '../observe/observation.ts';
import type { Judgement } from './verdict.ts';

/** Something that speaks against `held`. */
export interface Finding {
	readonly verdict: 'violated' | 'inconclusive';
	readonly text: string;
}

export type Findings = Iterable<Finding>;

/** A fact that breaks the invariant. */
export const violation = (text: string): Finding => ({ verdict: 'violated', text });

/** Work that was not there to judge, or a control that nothing can be compared with. */
export const gap = (text: string): Finding => ({ verdict: 'inconclusive', text });

export const outOfReach = (why: string): string => `the server's log is out of reach: ${why}`;

/** What `blind` says cannot be seen without the server's log. */
export function* logged({ unlogged }: Observation, blind: string): Generator<Finding> {
	if (unlogged !== undefined) yield gap(`${outOfReach(unlogged)}, and ${blind}`);
}

/** `violated` wins over `inconclusive` wins over `held`; every sentence of the winner is kept. */
export function conclude(looked: string, ...checks: readonly Findings[]): Judgement {
	const found = checks.flatMap((check) => [...check]);
	const violated = found.filter((finding) => finding.verdict === 'violated');
	const decisive = violated.length > 0 ? violated : found;
	const reason = [...new Set(decisive.map((finding) => finding.text))].join('.\n');
	return { verdict: decisive[0]?.verdict ?? 'held', looked, reason };
}

/** The same findings, said of a narrower situation. */
export function* said(where: string, findings: Findings): Generator<Finding> {
	for (const { verdict, text } of findings) yield { verdict, text: `${where}: ${text}` };
}

/** `3 runs`, `1 run`. */
export const count = (n: number, noun: string): string => `${n} ${n === 1 ? noun : plural(noun)}`;

function plural(noun: string): string {
	if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
	return /(ch|sh|s|x)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** A few examples, then `and N more`. */
export const examples = (items: readonly string[], shown = 3): string =>
	items.length > shown
		? `${items.slice(0, shown).join(', ')} and ${items.length - shown} more`
		: items.join(', ');

export const duration = (ms: number): string =>
	ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;

export function answer(status: Status): string {
	if (status === 0) return 'got no answer';
	return status === -1 ? 'passed its deadline' : `answered ${status}`;
}

export const accepted = (status: Status): boolean => status >= 200 && status < 300;

const known = new WeakMap<Observation['executions'], ReadonlyMap<string, Execution>>();

/** The acknowledged executions by scenario key; asked for by every invariant, many times over. */
export function acknowledged({ executions }: Observation): ReadonlyMap<string, Execution> {
	const found =
		known.get(executions) ??
		new Map(executions.filter((run) => accepted(run.status)).map((run) => [run.key, run]));
	known.set(executions, found);
	return found;
}

/** Every execution that was asked for, by scenario key. */
export const asked = (observation: Observation): ReadonlyMap<string, Execution> =>
	new Map(observation.executions.map((run) => [run.key, run]));

/**
 * Under way when the suite itself stopped the subject or crashed its database: such a request may go without an
 * answer or be told 503, and after a crash of any failure of the server. None may hang.
 */
export const wasCut = ({ cut, status }: Pick<Execution, 'cut' | 'status'>): boolean =>
	(cut !== undefined && (status === 0 || status === 503)) || (cut === 'crash' && status >= 500);

/** Keys whose facts must equal the control's: acknowledged on both sides, of no run, or of no run that it made. */
export function comparable(control: Observation, observed: Observation): (key: string) => boolean {
	const [known, before, now] = [asked(control), acknowledged(control), acknowledged(observed)];
	return (key) => !known.has(key) || (before.has(key) && now.has(key));
}

/** Asked for once the failure is over. */
const AFTERWARDS: ReadonlySet<Stage> = new Set(['restored', 'emptied', 'dropped']);

/** What every comparison stands on: the same phase, runs acknowledged on both sides, a control without faults. */
export function* premises(control: Observation, observed: Observation): Generator<Finding> {
	if (control.phase !== observed.phase)
		yield gap(`the control is of phase ${control.phase}, the observation of phase ${observed.phase}`);
	const [before, now] = [acknowledged(control), acknowledged(observed)];
	if (before.size === 0) yield gap('the control acknowledged no run: there is nothing to compare with');
	if (![...now.values()].some(({ stage }) => !AFTERWARDS.has(stage)))
		yield gap('no run was acknowledged under the failure');
	if (before.size > 0 && now.size > 0 && ![...now.keys()].some((key) => before.has(key)))
		yield gap('no run was acknowledged both in the control and under the failure');
	const refused = control.executions.filter((run) => !before.has(run.key) && !wasCut(run));
	if (refused.length > 0)
		yield gap(
			`the control itself is faulty: without any failure it did not acknowledge ${refused.length} of its ` +
				`${count(control.executions.length, 'run')}: ` +
				examples(refused.map((run) => `${run.key} ${answer(run.status)}`)),
		);
}

/** A value of a record by a key that may be any text. */
export const at = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
	Object.hasOwn(record, key) ? record[key] : undefined;

/** One place where two JSON values differ. */
export interface Difference {
	/** JSON pointer (RFC 6901). */
	readonly pointer: string;
	readonly expected: unknown;
	readonly seen: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null;

/** Every leaf in which two JSON values differ, in the order of the expected one. */
export function* differences(expected: unknown, seen: unknown, pointer = ''): Generator<Difference> {
	if (isObject(expected) && isObject(seen) && Array.isArray(expected) === Array.isArray(seen)) {
		for (const name of new Set([...Object.keys(expected), ...Object.keys(seen)]))
			yield* differences(
				at(expected, name),
				at(seen, name),
				`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
			);
	} else if (JSON.stringify(expected) !== JSON.stringify(seen)) yield { pointer, expected, seen };
}

/** The differences between the samples kept for two digests; none where either was not kept. */
export function sampleDifferences(
	control: Observation,
	observed: Observation,
	expected: string,
	seen: string,
): readonly Difference[] {
	const kept = (digest: string) => at(observed.samples, digest) ?? at(control.samples, digest);
	const sample = (digest: string) => kept(digest) ?? kept(digest.slice(digest.indexOf(':') + 1));
	const [before, now] = [sample(expected), sample(seen)];
	if (before === undefined || now === undefined) return [];
	return [...differences(parsed(before), parsed(now))];
}

/** A sample that is not JSON is compared as text. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** A JSON value in few characters. */
export function brief(value: unknown): string {
	const text = value === undefined ? 'nothing' : JSON.stringify(value);
	return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
