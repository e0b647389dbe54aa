/** Pure: single facts in which an observation differs from its control, as two short texts side by side. */
import type { Execution, Observation, Read, Status } from '../../probes/observe/observation.ts';
import type { Figure } from './figures.ts';

const NONE = '–';
const answer = (status: Status): string =>
	status === 0 ? 'no answer' : status === -1 ? 'deadline passed' : String(status);

/** Each difference once, in the order of the invariants. */
export const differences = (control: Observation, observed: Observation): readonly Figure[] => [
	...byKey(control.executions, observed.executions, runName, ({ status, found }) =>
		[answer(status), ...(found ? [found] : [])].join(', '),
	),
	...truthRows(control, observed),
	...facts(control, observed),
	...byKey(
		control.replays,
		observed.replays,
		(replay) => `replay of ${replay.key} (${replay.stage})`,
		(replay) => replay.error ?? replay.sha256.slice(0, 12),
	),
	...reads(control, observed),
];

const runName = ({ key }: Execution): string => `run ${key}`;

function byKey<T>(
	was: readonly T[],
	is: readonly T[],
	name: (one: T) => string,
	say: (one: T) => string,
): Figure[] {
	const before = new Map(was.map((one) => [name(one), say(one)]));
	const now = new Map(is.map((one) => [name(one), say(one)]));
	// What only the observation asked for has nothing to differ from.
	return [...before].flatMap(([key, said]) => {
		const then = now.get(key);
		return then === undefined || then === said ? [] : [{ name: key, control: said, observed: then }];
	});
}

/** Rows of truth under a key that both have or one lacks: as a sample tells them, else how many there are. */
function truthRows(control: Observation, observed: Observation): Figure[] {
	const say = (samples: ReadonlyMap<string, string>, entry: string | undefined): string => {
		const [rows = '', digest = ''] = entry?.split(':') ?? [];
		return entry === undefined ? NONE : (samples.get(digest) ?? `${rows} rows`);
	};
	// Keys are the subject's: none of them is a property that every object has.
	const [before, now] = [control, observed].map(({ samples }) => new Map(Object.entries(samples))) as [
		Map<string, string>,
		Map<string, string>,
	];
	return control.truth.flatMap(({ table, byKey }) => {
		const was = new Map(Object.entries(byKey));
		const is = new Map(Object.entries(observed.truth.find((one) => one.table === table)?.byKey ?? {}));
		return [...new Set([...was.keys(), ...is.keys()])]
			.sort()
			.filter((key) => was.get(key) !== is.get(key))
			.map((key) => ({
				name: `${table}, ${key || 'of no run'}`,
				control: say(before, was.get(key)),
				observed: say(now, is.get(key)),
			}));
	});
}

/** Incidents and decisions as multisets: how often each is there. */
function facts(control: Observation, observed: Observation): Figure[] {
	const count = ({ facts }: Observation) => {
		const times = new Map<string, number>();
		for (const { holds, key, fact } of facts) {
			const name = `${holds === 'incidents' ? 'incident' : 'decision'} of ${key || 'no run'}: ${fact}`;
			times.set(name, (times.get(name) ?? 0) + 1);
		}
		return times;
	};
	const [was, is] = [count(control), count(observed)];
	return [...new Set([...was.keys(), ...is.keys()])]
		.filter((name) => was.get(name) !== is.get(name))
		.map((name) => ({
			name,
			control: `${was.get(name) ?? 0} times`,
			observed: `${is.get(name) ?? 0} times`,
		}));
}

/** Endpoints that answered otherwise in the same stage; what moves while a load lasts is no difference. */
function reads(control: Observation, observed: Observation): Figure[] {
	const still = ({ stage }: Read) => !['gates', 'load', 'frozen'].includes(stage);
	const compared = byKey(
		control.reads.filter(still),
		observed.reads.filter(still),
		({ endpoint, key, stage }) => `GET ${[endpoint, ...(key ? [key] : [])].join(' ')} (${stage})`,
		({ status, values, sha256 }) => `${answer(status)}, ${values} values, ${sha256.slice(0, 12)}`,
	);
	const failed = observed.reads
		.filter((read) => !still(read) && read.status !== 200)
		.map(({ endpoint, key, stage, status, times }) => ({
			name: `GET ${[endpoint, ...(key ? [key] : [])].join(' ')} (${stage})`,
			control: '200',
			observed: `${answer(status)} ×${times}`,
		}));
	return [...compared, ...failed];
}
