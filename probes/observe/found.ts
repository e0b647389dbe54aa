/** What a stop or a crash has left of the runs that it cut off (spec §3): pure, from what was read back anyway. */
import type { Interrupted, Subject, TruthTable } from '../../fixtures/subjects/port.ts';
import type { Execution, Fact, Found, Observation } from './observation.ts';

/** An observation, and the rows behind its digests: {@link Truth.texts}. */
export interface Recorded {
	readonly observation: Observation;
	readonly text: (digest: string) => string | undefined;
}

/**
 * The observation with {@link Execution.found} of every run that was cut and not acknowledged, and with their
 * declared incidents marked. `control` has the finished runs: where it did not acknowledge one either, no more
 * than its absence can be told.
 */
export function withFound(
	subject: Pick<Subject, 'truth' | 'capabilities'>,
	seen: Recorded,
	control: Recorded,
): Observation {
	const { executions, facts } = seen.observation;
	const { interrupted } = subject.capabilities;
	const done = new Set(executions.filter(acknowledged).map(({ key }) => key));
	const cut = new Set(
		executions.filter((run) => run.cut !== undefined && !done.has(run.key)).map(({ key }) => key),
	);
	const find = (run: Execution): Execution => {
		const found = cut.has(run.key) ? foundOf(subject, seen, control, run.key) : undefined;
		return found === undefined ? run : { ...run, found };
	};
	const mark = (fact: Fact): Fact =>
		cut.has(fact.key) && isInterruption(fact, interrupted) ? { ...fact, interruption: true } : fact;
	return { ...seen.observation, executions: executions.map(find), facts: facts.map(mark) };
}

const acknowledged = ({ status }: Execution): boolean => status >= 200 && status < 300;

const isInterruption = ({ holds, fact }: Fact, interrupted: Interrupted | undefined): boolean =>
	holds === 'incidents' && interrupted !== undefined && fact.split(' · ')[0] === interrupted.incident;

function foundOf(
	subject: Pick<Subject, 'truth' | 'capabilities'>,
	seen: Recorded,
	control: Recorded,
	key: string,
): Found | undefined {
	const rows = subject.truth
		.filter(({ scenario }) => scenario !== undefined)
		.map((table) => ({
			table,
			now: rowsOf(seen, table.name, key),
			finished: rowsOf(control, table.name, key),
		}));
	if (rows.every(({ now }) => now.length === 0)) return 'absent';
	const known = control.observation.executions.some((run) => run.key === key && acknowledged(run));
	const lost = rows.some(({ table, finished }) => table.holds === 'runs' && finished.length === 0);
	if (!known || lost) return undefined;
	if (rows.every(({ now, finished }) => now.join() === finished.join())) return 'finished';
	const { interrupted } = subject.capabilities;
	const incidents = seen.observation.facts.filter((fact) => fact.holds === 'incidents' && fact.key === key);
	const declared =
		interrupted !== undefined &&
		incidents.length === 1 &&
		incidents.every((fact) => isInterruption(fact, interrupted)) &&
		rows.every((one) => one.table.holds !== 'runs' || hasStatus(one.now, interrupted));
	return declared && isBeginning(rows) ? 'interrupted' : 'half-written';
}

/** The rows of one scenario key as JSON texts, in the order of {@link Truth.texts}. */
function rowsOf({ observation, text }: Recorded, name: string, key: string): readonly string[] {
	const byKey = observation.truth.find(({ table }) => table === name)?.byKey ?? {};
	const entry = Object.hasOwn(byKey, key) ? byKey[key] : undefined;
	if (entry === undefined) return [];
	const rows = text(entry.slice(entry.indexOf(':') + 1));
	if (rows === undefined) throw new Error(`the rows of ${key} in ${name} were not kept`);
	return rows.slice(1, -1).split(',\n');
}

const columnsOf = (row: string): Readonly<Record<string, unknown>> => JSON.parse(row);

function hasStatus(rows: readonly string[], { column, status }: Interrupted): boolean {
	const [run, ...others] = rows;
	return run !== undefined && others.length === 0 && columnsOf(run)[column] === status;
}

interface Compared {
	readonly table: TruthTable;
	readonly now: readonly string[];
	/** The control's. */
	readonly finished: readonly string[];
}

/** Nothing but what a finished run leaves: its first steps, and of what goes with steps only what those steps left. */
function isBeginning(rows: readonly Compared[]): boolean {
	const traces = rows.filter(({ table }) => table.holds === 'traces');
	const begun =
		traces.some(({ now }) => now.length > 0) || traces.every(({ finished }) => finished.length === 0);
	return rows.every((one) => {
		const { table, now, finished } = one;
		if (table.holds === 'runs' || table.holds === 'incidents') return true;
		if (table.holds === 'traces' && stepOf(table).length > 0)
			return now.every((row, place) => row === finished[place]);
		const steps = traces.find(
			(other) => other.table.key.join() === table.key.join() && stepOf(table).length > 0,
		);
		return (
			(begun || now.length === 0) &&
			surplus(now, finished).length === 0 &&
			(steps === undefined || now.every((row) => steps.now.some((step) => sameStep(table, row, step))))
		);
	});
}

/** What of a primary key tells one step of a run from another. */
const stepOf = ({ key, volatile }: TruthTable): readonly string[] =>
	key.filter((column) => !volatile.includes(column));

function sameStep(table: TruthTable, row: string, step: string): boolean {
	const [one, other] = [columnsOf(row), columnsOf(step)];
	return stepOf(table).every((column) => JSON.stringify(one[column]) === JSON.stringify(other[column]));
}

/** What is in `rows` more often than in `others`. */
function surplus(rows: readonly string[], others: readonly string[]): readonly string[] {
	const left = [...others];
	return rows.filter((row) => {
		const at = left.indexOf(row);
		if (at >= 0) left.splice(at, 1);
		return at < 0;
	});
}
