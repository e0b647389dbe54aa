/** Pure: the figures that a phase was judged by, of the control and under the failure. */
import { waitsForTelemetry } from '../../probes/invariants/waits.ts';
import type { Load, Observation, Stage, Status } from '../../probes/observe/observation.ts';
import { took } from './words.ts';

export interface Figure {
	readonly name: string;
	readonly control: string;
	readonly observed: string;
}

/** What is read off one observation; `undefined` where it does not exist there. */
type Look = (observation: Observation, control: Observation) => string | undefined;

const sum = (all: readonly number[]): number => all.reduce((total, n) => total + n, 0);
const accepted = (status: Status): boolean => status >= 200 && status < 300;
const of = (some: number, all: number): string => `${some} of ${all}`;

const ofStages = ({ loads }: Observation, ...stages: readonly Stage[]): readonly Load[] =>
	loads.filter(({ stage }) => stages.includes(stage));
const completed = (loads: readonly Load[]): string | undefined =>
	loads.length === 0
		? undefined
		: `${of(sum(loads.map((load) => load.completed)), sum(loads.map((load) => load.asked)))}, ${Math.max(...loads.map(({ width }) => width))} at once`;

/** By scenario key, what its replay gives. */
const hashes = ({ replays }: Observation): ReadonlyMap<string, string> =>
	new Map(replays.map(({ key, sha256 }) => [key, sha256]));

const touches = ({ walls }: Observation, during: 'replay' | 'o1'): string => {
	const behind = walls.filter((wall) => wall.during === during);
	const touched = sum(behind.map((wall) => wall.touches.length));
	return `${touched} of ${sum(behind.map(({ watched }) => watched))}`;
};

const truthWaits = ({ locks }: Observation): number => locks.waits.filter(waitsForTelemetry).length;

const LOOKS: Readonly<Record<string, Look>> = {
	'runs acknowledged': ({ executions }) =>
		of(executions.filter(({ status }) => accepted(status)).length, executions.length),
	'truth rows': ({ truth }) => `${sum(truth.map(({ rows }) => rows))} in ${truth.length} tables`,
	'old rows unchanged': ({ truth }) => {
		const rows = (all: Observation['truth']) => sum(all.map(({ before }) => before.rows));
		return of(rows(truth.filter(({ before }) => before.was === before.now)), rows(truth));
	},
	'shared transactions': ({ transactions }) =>
		transactions.undescribed ? undefined : of(transactions.shared.length, transactions.compared),
	'replays equal': ({ replays }, control) => {
		const expected = hashes(control);
		const same = replays.filter(({ key, sha256 }) => sha256 !== '' && expected.get(key) === sha256);
		return of(same.length, replays.length);
	},
	'telemetry touched by replay': (one) => touches(one, 'replay'),
	incidents: ({ facts }) => String(facts.filter(({ holds }) => holds === 'incidents').length),
	decisions: ({ facts }) => String(facts.filter(({ holds }) => holds === 'decisions').length),
	'writers frozen at gates': ({ frozen }) =>
		frozen.length === 0
			? undefined
			: frozen.map(({ gate, backends, unreachable }) => `${gate} ${unreachable ? '–' : backends}`).join(', '),
	'load with writers frozen': (one) => completed(ofStages(one, 'gates', 'frozen')),
	load: (one) => completed(ofStages(one, 'load')),
	'truth waited for telemetry': (one) => `${truthWaits(one)} in ${one.locks.samples} looks`,
	'slowest run': ({ attempts }) => attempts.map(({ slowestMs }) => took(slowestMs)).join(', '),
	'start, stop': ({ lifecycle }) =>
		lifecycle
			.map(({ action, outcome, ms }) => `${action} ${outcome === 'done' ? took(ms) : outcome}`)
			.join(', ') || undefined,
	'processes died': ({ processes }) =>
		processes
			.filter(({ ended }) => ended === 'died')
			.map(({ name }) => name)
			.join(', ') || undefined,
	'O1 reads with 200': ({ reads }) =>
		of(
			sum(reads.filter(({ status }) => status === 200).map(({ times }) => times)),
			sum(reads.map(({ times }) => times)),
		),
	'telemetry touched by O1': (one) => touches(one, 'o1'),
	'telemetry rows': ({ telemetry }) => `${telemetry.rows} in ${telemetry.relations.length} tables`,
	'statements refused': ({ refusals }) =>
		[...Map.groupBy(refusals, ({ sqlstate }) => sqlstate)]
			.map(([sqlstate, all]) => `${sqlstate} ×${sum(all.map(({ times }) => times))}`)
			.join(', ') || undefined,
	charts: ({ metrics }) =>
		[...new Set(metrics.map(({ name, status, points }) => `${name} ${status}, ${points} points`))].join(
			'; ',
		) || undefined,
	'counted by the strike': ({ counts }) =>
		Object.keys(counts)
			// Not each run apart, as `oversize in load-1-success`.
			.filter((name) => !name.includes(' in '))
			.sort()
			.map((name) => `${counts[name]} ${name}`)
			.join(', ') || undefined,
	'telemetry deleted': ({ deletion }) =>
		deletion &&
		`${deletion.removed} rows, then ${deletion.dropped.length} tables${deletion.refused ? ' (refused)' : ''}; ` +
			`${deletion.storedAfterRestore} stored once restored`,
};

/** Figures in the order of the invariants; one that exists on neither side is left out. */
export const figures = (control: Observation, observed: Observation): readonly Figure[] =>
	Object.entries(LOOKS).flatMap(([name, look]) => {
		const [was, is] = [look(control, control), look(observed, control)];
		return (was ?? is) === undefined ? [] : [{ name, control: was ?? '–', observed: is ?? '–' }];
	});

/** The same, all or nothing: of how many is no difference between the two. */
export function alike({ control, observed }: Figure): boolean {
	const all = (text: string): boolean => /^(\d+) of \1$/.test(text);
	const none = (text: string): boolean => /^0 (of|in) [1-9]/.test(text);
	return control === observed || (all(control) && all(observed)) || (none(control) && none(observed));
}
