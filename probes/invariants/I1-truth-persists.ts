/**
 * I1: every acknowledged fact is there afterwards, rows from before are byte-identical, new rows equal the
 * control's, and telemetry was written in no transaction of truth and never before the truth it describes.
 */
import type { Execution, Observation, TruthFacts } from '../observe/observation.ts';
import { charged, cutLooked, cutRuns, differing, foundOf, rowsIn, unlike } from './cut.ts';
import {
	acknowledged,
	answer,
	asked,
	at,
	brief,
	comparable,
	conclude,
	count,
	examples,
	type Finding,
	gap,
	logged,
	premises,
	sampleDifferences,
	sum,
	violation,
} from './findings.ts';
import type { Invariant } from './verdict.ts';

export const truthPersists: Invariant = (control, observed) => {
	const [judged, lost] = [comparable(control, observed), lostKeys(observed)];
	return conclude(
		looked(control, observed),
		premises(control, observed),
		tablesRead(control, observed),
		tablesGone(control, observed),
		lostRuns(control, observed),
		compareRows(control, observed, (key) => judged(key) && !lost.has(key)),
		halfWritten(control, observed),
		cutOff(control, observed),
		rowsFromBefore(control, observed),
		sharedTransactions(control, observed),
		writeOrder(observed),
		...(observed.phase === 'live'
			? [telemetryCompared(observed), logged(observed, 'what frozen writers write is told there')]
			: []),
	);
};

const looked = (control: Observation, observed: Observation): string =>
	[
		count(acknowledged(observed).size, 'acknowledged run'),
		...cutLooked(control, observed),
		`${count(sum(observed.truth.map((table) => table.rows)), 'row')} in ${count(observed.truth.length, 'table')}`,
		`${count(sum(observed.truth.map((table) => table.before.rows)), 'row')} from before`,
		observed.transactions.undescribed
			? 'no telemetry that describes truth, so that in which order and transaction both are written was not compared'
			: `${count(observed.transactions.compared, 'telemetry row')} compared by xmin`,
		...observed.truth.flatMap(({ table, moving = [] }) =>
			moving.length > 0 ? [`\`${table}\` without ${moving.join(', ')}, which move in rows from before`] : [],
		),
		`${count(sum(observed.frozen.map((gate) => gate.described)), 'telemetry row')} looked at while frozen`,
	].join(', ');

function* tablesRead(control: Observation, observed: Observation): Generator<Finding> {
	for (const [name, { truth }] of Object.entries({ control, observation: observed })) {
		if (sum(truth.map((table) => table.rows)) === 0) yield gap(`the ${name} read 0 rows of truth`);
		if (!truth.some((table) => table.holds === 'runs')) yield gap(`the ${name} read no table of runs`);
	}
	const names = (of: Observation) => new Set(of.truth.map((table) => table.table));
	const unpaired = [...names(control).symmetricDifference(names(observed))];
	if (unpaired.length > 0) yield gap(`${examples(unpaired)} was read in only one of control and observation`);
	for (const { table, rows } of control.truth.filter((facts) => facts.holds !== 'other' && !isGone(facts)))
		if (!(rows > 0)) yield gap(`the control has 0 rows in \`${table}\`: nothing was compared with nothing`);
	const askedNow = asked(observed);
	const notAsked = [...asked(control).keys()].filter((key) => !askedNow.has(key));
	if (notAsked.length > 0 && observed.phase !== 'stop')
		yield gap(`${count(notAsked.length, 'run')} of the control was never asked for: ${examples(notAsked)}`);
}

/** The table did not exist when it was to be read back: then there is no digest, not even that of no rows. */
const isGone = ({ before }: TruthFacts): boolean => before.now === '';

function* tablesGone(control: Observation, observed: Observation): Generator<Finding> {
	const goneIn = ({ truth }: Observation) => truth.filter(isGone).map(({ table }) => table);
	const missing = goneIn(control);
	if (missing.length > 0)
		yield gap(
			`the control itself is faulty: ${examples(missing.map((table) => `\`${table}\``))} does not exist, so ` +
				'nothing was compared with it',
		);
	for (const table of goneIn(observed).filter((name) => !missing.includes(name)))
		yield violation(`\`${table}\` does not exist any more, and the control has it`);
}

/** Acknowledged keys without a row of `runs`. */
function lostKeys(observation: Observation): ReadonlySet<string> {
	const runs = observation.truth.find((table) => table.holds === 'runs');
	if (!runs) return new Set();
	return new Set([...acknowledged(observation).keys()].filter((key) => !Object.hasOwn(runs.byKey, key)));
}

function* lostRuns(control: Observation, observed: Observation): Generator<Finding> {
	const inControl = lostKeys(control);
	if (inControl.size > 0)
		yield gap(`the control itself is faulty: acknowledged, but without a row: ${examples([...inControl])}`);
	const lost = lostKeys(observed);
	if (lost.size === 0) return;
	const runs = observed.truth.find((table) => table.holds === 'runs');
	const answers = acknowledged(observed);
	const said = [...lost].map((key) => `${key} ${answer(answers.get(key)?.status ?? 0)}`);
	yield violation(
		`${examples(said)}, but no row of \`${runs?.table}\` has ${lost.size === 1 ? 'the key' : 'these keys'}: ` +
			`${lost.size} of ${count(answers.size, 'acknowledged run')} lost. Look first for a telemetry write ` +
			'inside the business transaction whose error is caught: its commit is a rollback',
	);
}

const keysOfRows = (truth: readonly TruthFacts[]): ReadonlySet<string> =>
	new Set(truth.flatMap((table) => Object.keys(table.byKey)));

const named = (key: string): string => key || 'rows of no scenario';

/** Rows that are missing, rows too many and rows with another content, in that order, table by table. */
export function* compareRows(
	control: Observation,
	observed: Observation,
	judged: (key: string) => boolean,
): Generator<Finding> {
	for (const expected of control.truth) {
		const seen = observed.truth.find((table) => table.table === expected.table);
		if (!seen || isGone(expected)) continue;
		const before = (key: string) => at(expected.byKey, key);
		const now = (key: string) => at(seen.byKey, key);
		const keys = [...keysOfRows([expected, seen])].filter((key) => judged(key) && before(key) !== now(key));
		const surplus = (key: string) => rowsIn(now(key)) - rowsIn(before(key));
		const figures = (key: string) =>
			`${named(key)} (${rowsIn(now(key))}, the control ${rowsIn(before(key))})`;
		const missing = keys.filter((key) => surplus(key) < 0);
		const extra = keys.filter((key) => surplus(key) > 0);
		const changed = keys.filter((key) => surplus(key) === 0);
		const table = `\`${expected.table}\``;
		if (missing.length > 0) yield violation(`${table} lacks rows: ${examples(missing.map(figures))}`);
		if (extra.length > 0)
			yield violation(`${table} has rows that the control does not have: ${examples(extra.map(figures))}`);
		if (changed.length > 0) {
			const how = (key: string) =>
				`${named(key)}${columns(control, observed, before(key) ?? '', now(key) ?? '')}`;
			yield violation(`${table} has other content than the control: ${examples(changed.map(how))}`);
		}
	}
}

/** The columns in which two kept rows differ, with one value of each. */
function columns(control: Observation, observed: Observation, expected: string, seen: string): string {
	const byColumn = new Map<string, string>();
	for (const { pointer, expected: was, seen: is } of sampleDifferences(control, observed, expected, seen)) {
		const column = pointer.split('/').find((part) => part !== '' && !/^\d+$/.test(part)) ?? 'row';
		if (!byColumn.has(column))
			byColumn.set(column, `${column}: ${brief(was)} in the control, ${brief(is)} now`);
	}
	return byColumn.size > 0 ? ` (${examples([...byColumn.values()])})` : '';
}

/** A run that was refused is there as the control has it, or not at all. */
function* halfWritten(control: Observation, observed: Observation): Generator<Finding> {
	const [now, cut] = [acknowledged(observed), cutRuns(observed)];
	const refused = [...asked(control).keys()].filter((key) => !now.has(key) && !cut.has(key));
	const half = refused.flatMap((key) => halves(control, observed, key) ?? []);
	if (half.length > 0)
		yield violation(`${count(half.length, 'run')} without acknowledgement half written: ${examples(half)}`);
}

/** A run that was cut off is finished, absent, or in its declared interrupted state. */
function* cutOff(control: Observation, observed: Observation): Generator<Finding> {
	const runs = [...cutRuns(observed).values()];
	const told = ({ key }: Execution) => halves(control, observed, key) ?? key;
	const unknown = runs.filter((run) => foundOf(control, observed, run) === undefined);
	if (unknown.length > 0)
		yield gap(
			`${count(unknown.length, 'run')} cut off, and whether the declared interrupted state is what was found is ` +
				`not recorded: ${examples(unknown.map(told))}`,
		);
	const half = runs.filter((run) => foundOf(control, observed, run) === 'half-written');
	for (const [way, alike] of Map.groupBy(half, ({ key }) => unlike(control, observed, key)))
		yield charged(
			control,
			`${alike.length} of ${count(runs.length, 'run')} cut off without acknowledgement left half-written, neither ` +
				`recovered nor in the declared interrupted state with its one incident: ${examples(alike.map(told))}`,
			way,
		);
}

function halves(control: Observation, observed: Observation, key: string): string | undefined {
	const present = observed.truth.filter((table) => Object.hasOwn(table.byKey, key));
	const others = differing(control, observed, key);
	if (present.length === 0 || others.length === 0) return undefined;
	const names = (tables: readonly { readonly table: string }[]) =>
		examples(tables.map(({ table }) => `\`${table}\``));
	return `${key} (rows in ${names(present)}, unlike the control in ${names(others)})`;
}

function* rowsFromBefore(control: Observation, observed: Observation): Generator<Finding> {
	if (sum(observed.truth.map((table) => table.before.rows)) === 0)
		yield gap('no row of truth was there before the failure, so none could be seen to stay');
	const changed = ({ truth }: Observation) =>
		truth
			.filter((table) => !isGone(table) && table.before.was !== table.before.now)
			.map(({ table, before }) => `\`${table}\` (${count(before.rows, 'row')})`);
	const [inControl, now] = [changed(control), changed(observed)];
	if (inControl.length > 0)
		yield gap(`the control itself is faulty: its rows from before changed in ${examples(inControl)}`);
	if (now.length > 0) yield violation(`rows from before the failure changed in ${examples(now)}`);
}

/** Telemetry in a transaction of truth is a violation wherever it shows, the control included. */
function* sharedTransactions(control: Observation, observed: Observation): Generator<Finding> {
	for (const [where, { transactions }] of Object.entries({
		'': observed,
		' in the control already': control,
	}))
		if (transactions.shared.length > 0)
			yield violation(
				`telemetry and the truth it describes were written by one transaction (equal xmin)${where}: ` +
					`${examples(transactions.shared)}; ${transactions.shared.length} of ${transactions.compared} ` +
					'compared. Look first at where the truth transaction commits: telemetry belongs after it',
			);
}

function* writeOrder(observed: Observation): Generator<Finding> {
	for (const { gate, ahead, described } of observed.frozen)
		if (ahead.length > 0)
			yield violation(
				`telemetry was written before the truth it describes: ${examples(ahead)}; frozen at the ${gate} gate, ` +
					`${ahead.length} of ${described} telemetry rows had no truth row that anyone else could see`,
			);
}

function* telemetryCompared({ frozen, transactions }: Observation): Generator<Finding> {
	if (transactions.undescribed) return;
	if (!(sum(frozen.map((gate) => gate.described)) + transactions.compared > 0))
		yield gap('no telemetry row was compared with its truth');
}
