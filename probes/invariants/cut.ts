/**
 * Runs that the suite itself cut off, by a stop or by a crash of the database (spec §3): unacknowledged, they are
 * recovered, absent, or in the port's declared interrupted state, as the same cut leaves them without telemetry.
 */
import type { Execution, Found, Observation } from '../observe/observation.ts';
import { acknowledged, at, count, examples, type Finding, gap, sum, violation, wasCut } from './findings.ts';

/** Cut off and never acknowledged, by scenario key. */
export function cutRuns(observation: Observation): ReadonlyMap<string, Execution> {
	const done = acknowledged(observation);
	const cut = observation.executions.filter((run) => wasCut(run) && !done.has(run.key));
	return new Map(cut.map((run) => [run.key, run]));
}

/**
 * Keys of runs that were never acknowledged: cut in the control, or not answered under the failure, which is I4's to
 * judge. The suite knows no id of such a run: it could neither be read nor replayed.
 */
export function unknownKeys(control: Observation, observed: Observation): ReadonlySet<string> {
	const done = acknowledged(observed);
	const open = observed.executions.flatMap(({ key }) => (done.has(key) ? [] : [key]));
	return new Set([...cutRuns(control).keys(), ...open]);
}

/** Reads and replays but those of `keys`. */
export const leavingOut = (observation: Observation, keys: ReadonlySet<string>): Observation => ({
	...observation,
	reads: observation.reads.filter(({ key }) => key === undefined || !keys.has(key)),
	replays: observation.replays.filter(({ key }) => !keys.has(key)),
});

/** Runs that were never acknowledged and whose rows are not the control's: a list that tells of one differs as well. */
const unlikeControl = (control: Observation, observed: Observation): readonly string[] =>
	[...unknownKeys(control, observed)].filter((key) => !sameRows(control, observed, key));

/** Lists tell of every run: where one of these is among them, they cannot equal the control's. */
export const listsDiffer = (control: Observation, observed: Observation): boolean =>
	unlikeControl(control, observed).length > 0;

/** Lists cannot be compared though the suite cut none of these runs: nothing shows what the lists should say. */
export function* listsUnshown(control: Observation, observed: Observation): Generator<Finding> {
	const cut = new Set([...cutRuns(control).keys(), ...cutRuns(observed).keys()]);
	const uncut = unlikeControl(control, observed).filter((key) => !cut.has(key));
	if (uncut.length > 0)
		yield gap(
			`lists cannot be compared: they tell of ${count(uncut.length, 'run')} that nothing cut and nobody acknowledged`,
		);
}

/** Said wherever lists are not compared. */
export const LISTS_ALONE =
	'lists by their answer alone, since they tell of runs that were never acknowledged';

/** The tables in which the rows of this key are not the control's, and how many rows too many each has. */
export const differing = (
	control: Observation,
	observed: Observation,
	key: string,
): readonly { readonly table: string; readonly surplus: number }[] =>
	observed.truth.flatMap(({ table, byKey }) => {
		const expected = control.truth.find((other) => other.table === table);
		if (expected === undefined) return [];
		const [was, is] = [at(expected.byKey, key), at(byKey, key)];
		return was === is ? [] : [{ table, surplus: rowsIn(is) - rowsIn(was) }];
	});

/** `rows:digest` → rows. */
export const rowsIn = (value: string | undefined): number => Number.parseInt(value ?? '0', 10) || 0;

/** The rows of this key are the control's, in every table; where neither has any, they are. */
export const sameRows = (control: Observation, observed: Observation, key: string): boolean =>
	differing(control, observed, key).length === 0;

/** What is found of a cut run. What the rows alone tell goes before what was recorded; `undefined` is not known. */
export function foundOf(control: Observation, observed: Observation, run: Execution): Found | undefined {
	const { key, found } = run;
	if (!observed.truth.some((table) => Object.hasOwn(table.byKey, key))) return 'absent';
	if (acknowledged(control).has(key) && sameRows(control, observed, key)) return 'finished';
	return found === 'interrupted' || found === 'half-written' ? found : undefined;
}

/** A database that cannot be crashed is taken away in another manner: the method of the phase says which. */
const CUT_BY = { crash: 'outage', stop: 'stop' } as const;

/** `2 runs cut by the outage: 1 finished, 1 absent`; nothing when none was. */
export function cutLooked(control: Observation, observed: Observation): readonly string[] {
	const runs = [...cutRuns(observed).values()];
	const found = tally(runs.map((run) => foundOf(control, observed, run) ?? 'not known'));
	const by = [...new Set(runs.flatMap(({ cut }) => (cut === undefined ? [] : [`the ${CUT_BY[cut]}`])))].join(
		' and ',
	);
	const [expected, now] = [cutRuns(control), acknowledged(observed)];
	const alone = [...expected.keys()].filter((key) => now.has(key)).length;
	return [
		...(runs.length > 0 ? [`${count(runs.length, 'run')} cut by ${by}: ${found}`] : []),
		...(alone > 0 ? [`${count(alone, 'run')} not compared, since the control's were cut`] : []),
	];
}

function tally(items: readonly string[]): string {
	const groups = Object.entries(Object.groupBy(items, (item) => item));
	return groups.map(([item, group = []]) => `${group.length} ${item}`).join(', ');
}

/** In which tables a run has fewer rows than in the control, more, or others: `runs changed, traces fewer`. */
export const unlike = (control: Observation, observed: Observation, key: string): string =>
	differing(control, observed, key)
		.map(({ table, surplus }) => `${table} ${surplus < 0 ? 'fewer' : surplus > 0 ? 'more' : 'changed'}`)
		.join(', ');

/** How many half-written runs are {@link unlike} the finished ones in which way. */
function halvesIn(control: Observation, observed: Observation): Readonly<Record<string, number>> {
	const half = [...cutRuns(observed).values()].filter(({ found }) => found === 'half-written');
	const ways = Object.groupBy(half, ({ key }) => unlike(control, observed, key));
	return Object.fromEntries(Object.entries(ways).map(([way, runs = []]) => [way, runs.length]));
}

type Counts = NonNullable<Observation['bare']>;

/** How many cut runs are in which state, as far as it was recorded. */
export function foundIn(observation: Observation): Counts {
	const counts: Partial<Record<Found, number>> = {};
	for (const { found } of cutRuns(observation).values())
		if (found !== undefined) counts[found] = (counts[found] ?? 0) + 1;
	return counts;
}

/**
 * The control of a crash. For each run it is the control without a crash, where every run was finished; for starts and
 * stops and all that belongs to no run it is the last of `bares`: the same crash with no telemetry at all, as often as it was
 * made; of no crash it is the control as it is. The latency of both is kept: neither what the crash costs nor what telemetry that works does is the failure's.
 */
export function withBare(control: Observation, bares: readonly Observation[]): Observation {
	const bare = bares.at(-1);
	if (bare === undefined) return control;
	const truth = control.truth.map((table) => {
		const same = bare.truth.find((other) => other.table === table.table);
		if (same === undefined) return table;
		const { '': _, ...byKey } = table.byKey;
		const rest = at(same.byKey, '');
		return { ...table, byKey: rest === undefined ? byKey : { ...byKey, '': rest } };
	});
	const facts = [
		...control.facts.filter(({ key }) => key !== ''),
		...bare.facts.filter(({ key }) => key === ''),
	];
	const { lifecycle } = bare;
	const crashed = bares.flatMap(({ attempts }) => attempts);
	// Where nobody answered, what the crash costs is not known, and telemetry that works is no measure of it.
	const measured = crashed.some(({ slowestMs }) => slowestMs > 0);
	return {
		...control,
		truth,
		facts,
		lifecycle,
		attempts: measured ? [...control.attempts, ...crashed] : crashed,
		bare: added(bares.map(foundIn)),
		halves: added(bares.map((one) => halvesIn(control, one))),
		deaths: bares.map((one) => diedIn(one).map(({ name }) => name)),
	};
}

/** Processes that ended by no hand of the suite. */
export const diedIn = ({ processes }: Observation): Observation['processes'] =>
	processes.filter(({ ended }) => ended === 'died');

/** Each key's counts, summed. */
function added<Key extends string>(
	all: readonly Readonly<Partial<Record<Key, number>>>[],
): Record<Key, number> {
	const total = {} as Record<Key, number>;
	for (const counts of all)
		for (const key of Object.keys(counts) as Key[]) total[key] = (total[key] ?? 0) + (counts[key] ?? 0);
	return total;
}

/**
 * Nobody answers. Where a process has ended that is telemetry's only if the end is: nothing shows that where the same crash
 * ends those that died with no telemetry at all, be it now and then.
 */
export function unanswered(control: Observation, observed: Observation, text: string): Finding {
	const all = control.deaths ?? [];
	const alone = new Set(all.flat());
	const died = diedIn(observed);
	if (died.length === 0 || !died.every(({ name }) => alone.has(name))) return violation(text);
	const times = all.filter((names) => names.length > 0).length;
	return gap(
		`${text}. The subject dies by itself: with no telemetry at all the same crash ended ${examples([...alone])} in ` +
			`${times} of ${count(all.length, 'attempt')}`,
	);
}

/**
 * A fault of cut runs. It is telemetry's only if the same cut leaves none where nothing fails; of those that are
 * {@link unlike} the finished ones in one `way`, none that is so in the same.
 */
export function charged(control: Observation, text: string, way?: string): Finding {
	const counts = control.bare ?? foundIn(control);
	const where = control.bare === undefined ? 'in the control' : 'with no telemetry at all';
	const cut = sum(Object.values(counts));
	const same = way === undefined ? undefined : control.halves && (at(control.halves, way) ?? 0);
	const half = same ?? counts['half-written'] ?? 0;
	const runs = `the ${count(cut, 'run')} that were cut ${where}`;
	if (cut === 0)
		return gap(`${text}. No run was cut ${where}, so nothing shows whether telemetry is the cause`);
	if (half > 0)
		return gap(
			`${text}. The subject does so by itself: ${half} of ${runs} were left half-written${same === undefined ? '' : ' in the same way'}`,
		);
	return violation(`${text}. None of ${runs} was left so`);
}
