/** A control and an observation in which every invariant holds, written by hand; tests change them one fact at a time. */
import type { Scenario } from '../../../fixtures/subjects/port.ts';
import type {
	Execution,
	Fact,
	Observation,
	Phase,
	Read,
	Replay,
	Stage,
	TruthFacts,
	Wait,
	Wall,
} from '../../observe/observation.ts';

const run = (key: string, scenario: Scenario, stage: Stage): Execution => ({
	key,
	scenario,
	stage,
	status: 201,
	ms: 40,
});

const executions: readonly Execution[] = [
	run('baseline-1', 'success', 'baseline'),
	run('load-1', 'success', 'load'),
	run('load-2', 'budget-exceeded', 'load'),
	run('load-3', 'policy-violation', 'load'),
	run('frozen-1', 'transient-failure', 'frozen'),
	run('frozen-2', 'upstream-timeout', 'frozen'),
	run('emptied-1', 'success', 'emptied'),
	run('dropped-1', 'success', 'dropped'),
	run('restored-1', 'success', 'restored'),
];

const keys = executions.map(({ key }) => key);

const table = (
	holds: TruthFacts['holds'],
	byKey: Readonly<Record<string, string>>,
	before = 10,
): TruthFacts => ({
	table: holds,
	holds,
	rows: before + Object.keys(byKey).length,
	before: { rows: before, was: 'b0', now: 'b0' },
	byKey,
});

const truth: readonly TruthFacts[] = [
	table('runs', Object.fromEntries(keys.map((key) => [key, `1:run-${key}`]))),
	table('traces', Object.fromEntries(keys.map((key) => [key, `3:steps-${key}`])), 30),
	table('incidents', { 'load-2': '1:i2', 'load-3': '1:i3', 'frozen-2': '1:i5' }, 2),
	table('decisions', { 'load-3': '1:d3' }, 1),
	table('memory', { '': '4:m0' }, 0),
];

const fact = (holds: Fact['holds'], key: string, text: string): Fact => ({ holds, key, fact: text });

const facts: readonly Fact[] = [
	fact('incidents', 'load-2', 'budget_exceeded · high · open'),
	fact('incidents', 'load-3', 'policy_violation · high · open'),
	fact('incidents', 'frozen-2', 'upstream_timeout · medium · open'),
	fact('decisions', 'load-3', 'block · deny'),
];

const replay = (key: string, recorded: Replay['recorded'], stage: Stage): Replay => ({
	key,
	recorded,
	stage,
	sha256: `hash-of-${key}`,
	bytes: 512,
});

const replays: readonly Replay[] = [
	replay('baseline-1', 'before', 'quiet'),
	replay('load-1', 'during', 'quiet'),
	replay('restored-1', 'after', 'restored'),
	replay('load-1', 'during', 'emptied'),
	replay('load-1', 'during', 'dropped'),
];

const read = (endpoint: string, stage: Stage, key?: string): Read => ({
	endpoint,
	stage,
	status: 200,
	sha256: `body-of-${endpoint}-${key ?? 'all'}-${stage === 'load' || stage === 'frozen' ? 'quiet' : stage}`,
	values: 12,
	times: 4,
	slowestMs: 20,
	...(key === undefined ? {} : { key }),
});

const reads: readonly Read[] = (['quiet', 'load', 'frozen', 'emptied', 'dropped'] as const).flatMap(
	(stage) => [read('run', stage, 'baseline-1'), read('incidents', stage)],
);

const wall = (during: Wall['during']): Wall => ({
	during,
	stage: 'quiet',
	relations: ['telemetry_event', 'telemetry_cleanup_log'],
	proven: true,
	watched: 12,
	touches: [],
});

export const control: Observation = {
	phase: 'live',
	executions,
	truth,
	facts,
	replays,
	reads,
	walls: [wall('replay'), wall('o1')],
	locks: { samples: 200, logged: 0, waits: [] },
	sleeps: [],
	metrics: [],
	counts: {},
	frozen: [],
	loads: [{ stage: 'load', width: 16, asked: 60, completed: 60, reads: 20, peakBackends: 10, stuck: [] }],
	lifecycle: [
		{ action: 'start', outcome: 'done', ms: 300 },
		{ action: 'stop', outcome: 'done', ms: 100, inFlight: 4 },
	],
	processes: [
		{ name: 'server', pid: 41, ended: 'asked' },
		{ name: 'writer', pid: 42, ended: 'asked' },
	],
	transactions: { compared: 9, shared: [] },
	telemetry: {
		relations: ['telemetry_event', 'telemetry_cleanup_log'],
		rows: 27,
		writers: ['telemetry_writer'],
		byStage: { load: 9 },
		byKey: { 'load-1': 3, 'load-2': 3, 'load-3': 3 },
	},
	refusals: [],
	deletion: {
		removed: 21,
		left: 0,
		dropped: ['telemetry_event', 'telemetry_cleanup_log'],
		storedAfterRestore: 3,
	},
	timeline: [],
	attempts: [{ slowestMs: 400, spreadMs: 50, startMs: 300, stopMs: 100 }],
	samples: {},
};

export const observed: Observation = {
	...control,
	locks: { samples: 180, logged: 2, waits: [] },
	frozen: [
		{ gate: 'row', backends: 2, holding: [], described: 2, ahead: [] },
		{ gate: 'commit', backends: 1, holding: [], described: 1, ahead: [] },
		{ gate: 'relation', backends: 1, holding: [], described: 0, ahead: [] },
	],
	loads: [
		...control.loads,
		{ stage: 'frozen', width: 32, asked: 65, completed: 65, reads: 20, peakBackends: 12, stuck: [] },
	],
	attempts: [{ slowestMs: 520, spreadMs: 90, startMs: 310, stopMs: 120 }],
};

/** A truth-plane backend that a telemetry writer holds up. */
export const blockedWait: Wait = {
	at: '2026-11-03T10:00:00.000Z',
	waiter: {
		pid: 811,
		role: 'app',
		plane: 'truth',
		holds: ['RowExclusiveLock on runs'],
		statement: 'INSERT INTO runs VALUES ($1)',
	},
	wanted: 'AccessShareLock on telemetry_event',
	telemetry: true,
	blockers: [
		{
			pid: 4312,
			role: 'telemetry_writer',
			plane: 'telemetry',
			holds: ['AccessExclusiveLock on telemetry_event'],
			statement: 'VACUUM FULL telemetry_event',
		},
	],
	ms: 9800,
};

/** The same observation with other facts. */
export const but = (observation: Observation, facts: Partial<Observation>): Observation => ({
	...observation,
	...facts,
});

/** The items that match, with other facts. */
export const changing = <T>(
	items: readonly T[],
	which: (item: T) => boolean,
	facts: Partial<T>,
): readonly T[] => items.map((item) => (which(item) ? { ...item, ...facts } : item));

/** The rows of one table by key, changed; `undefined` removes a key. */
export const rows = (
	{ truth }: Observation,
	holds: TruthFacts['holds'],
	byKey: Readonly<Record<string, string | undefined>>,
): readonly TruthFacts[] =>
	truth.map((facts) => {
		if (facts.holds !== holds) return facts;
		const entries = Object.entries({ ...facts.byKey, ...byKey });
		return {
			...facts,
			byKey: Object.fromEntries(
				entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
			),
		};
	});

/** Both sides of another phase. */
export const inPhase = (phase: Phase, observation: Observation): Observation => but(observation, { phase });
