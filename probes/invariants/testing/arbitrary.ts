/** Any well-typed observation, keys and names drawn from few so that the two sides meet. */
import fc from 'fast-check';
import { SCENARIOS } from '../../../fixtures/subjects/port.ts';
import { type Backend, type Observation, PHASES, type Stage } from '../../observe/observation.ts';

const STAGES: readonly Stage[] = [
	'baseline',
	'gates',
	'load',
	'frozen',
	'quiet',
	'emptied',
	'dropped',
	'restored',
];

const CUTS = ['stop', 'crash'] as const;
const FOUND = ['finished', 'interrupted', 'absent', 'half-written'] as const;

const key = fc.constantFrom('', 'a', 'b', 'c', 'constructor', '__proto__');
const text = fc.constantFrom(
	'',
	'x',
	'y',
	'x · high',
	'x · low',
	'{"a":1}',
	'{"a":[1,{"b":null}]}',
	'1:x',
	'2:y',
);
const number = fc.oneof(fc.nat(5), fc.integer(), fc.double());
const status = fc.constantFrom(-1, 0, 200, 201, 401, 404, 500, 503);
const stage = fc.constantFrom(...STAGES);
const holds = fc.constantFrom('runs', 'traces', 'incidents', 'decisions', 'memory', 'other');
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });
const texts = list(text);

const optional = <T, K extends string>(name: K, value: fc.Arbitrary<T>): fc.Arbitrary<{ [P in K]?: T }> =>
	fc.oneof(
		fc.constant({}),
		value.map((present) => ({ [name]: present }) as { [P in K]?: T }),
	);

const merged = <A extends object, B extends object>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>) =>
	fc.tuple(a, b).map(([one, other]) => ({ ...one, ...other }));

const backend: fc.Arbitrary<Backend> = fc.record({
	pid: number,
	role: text,
	plane: fc.constantFrom('truth', 'telemetry', 'both', 'suite', 'other'),
	holds: texts,
	statement: text,
});

const touch = merged(
	fc.record({
		during: text,
		how: fc.constantFrom('waited', 'refused'),
		pid: number,
		role: text,
		relation: text,
		statement: text,
	}),
	optional('by', fc.constantFrom('clock', 'not known')),
);

const latency = fc.record({ slowestMs: number, spreadMs: number, startMs: number, stopMs: number });

export const anyObservation: fc.Arbitrary<Observation> = merged(
	fc.record({
		phase: fc.constantFrom(...PHASES),
		executions: list(
			merged(
				fc.record({ key, scenario: fc.constantFrom(...SCENARIOS), stage, status, ms: number }),
				merged(optional('cut', fc.constantFrom(...CUTS)), optional('found', fc.constantFrom(...FOUND))),
			),
		),
		truth: list(
			merged(
				fc.record({
					table: text,
					holds,
					rows: number,
					before: fc.record({ rows: number, was: text, now: text }),
					byKey: fc.dictionary(key, text),
				}),
				optional('moving', texts),
			),
		),
		facts: list(
			merged(
				fc.record({ holds: fc.constantFrom('incidents', 'decisions'), key, fact: text }),
				optional('interruption', fc.constant(true as const)),
			),
		),
		replays: list(
			merged(
				fc.record({
					key,
					recorded: fc.constantFrom('before', 'during', 'after'),
					stage,
					sha256: text,
					bytes: number,
				}),
				optional('error', text),
			),
		),
		reads: list(
			merged(
				fc.record({
					endpoint: text,
					stage,
					status,
					sha256: text,
					values: number,
					times: number,
					slowestMs: number,
				}),
				merged(optional('key', key), optional('cut', fc.constant('crash' as const))),
			),
		),
		walls: list(
			merged(
				fc.record({
					during: fc.constantFrom('replay', 'o1'),
					stage,
					relations: texts,
					proven: fc.boolean(),
					watched: number,
					touches: list(touch),
				}),
				optional('down', text),
			),
		),
		locks: fc.record({
			samples: number,
			logged: number,
			waits: list(
				fc.record({
					at: text,
					waiter: backend,
					wanted: text,
					telemetry: fc.boolean(),
					blockers: list(backend),
					ms: number,
				}),
			),
		}),
		frozen: list(
			merged(
				fc.record({
					gate: fc.constantFrom('relation', 'row', 'commit'),
					backends: number,
					holding: texts,
					described: number,
					ahead: texts,
				}),
				optional('unreachable', text),
			),
		),
		loads: list(
			fc.record({
				stage,
				width: number,
				asked: number,
				completed: number,
				reads: number,
				peakBackends: number,
				stuck: texts,
			}),
		),
		lifecycle: list(
			merged(
				fc.record({
					action: fc.constantFrom('start', 'stop'),
					outcome: fc.constantFrom('done', 'deadline', 'failed'),
					ms: number,
				}),
				merged(
					merged(optional('detail', text), optional('inFlight', number)),
					optional('cut', fc.constantFrom(...CUTS)),
				),
			),
		),
		processes: list(
			fc.record({ name: text, pid: number, ended: fc.constantFrom('no', 'asked', 'killed', 'died') }),
		),
		transactions: merged(
			fc.record({ compared: number, shared: texts }),
			optional('undescribed', fc.constant(true as const)),
		),
		telemetry: fc.record({
			relations: texts,
			rows: number,
			writers: texts,
			byStage: fc.dictionary(stage, number),
			byKey: fc.dictionary(key, number),
		}),
		sleeps: fc.constant([]),
		metrics: fc.constant([]),
		counts: fc.dictionary(text, number),
		refusals: fc.constant([]),
		timeline: fc.constant([]),
		attempts: list(latency),
		samples: fc.dictionary(text, text),
	}),
	merged(
		merged(
			merged(
				optional('bare', fc.dictionary(fc.constantFrom(...FOUND), fc.nat(3))),
				optional('halves', fc.dictionary(text, fc.nat(3))),
			),
			optional('deaths', fc.array(fc.array(text, { maxLength: 2 }), { maxLength: 3 })),
		),
		optional(
			'deletion',
			merged(
				fc.record({ removed: number, left: number, dropped: texts, storedAfterRestore: number }),
				optional('refused', text),
			),
		),
	),
);
