import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation, TruthFacts } from '../observe/observation.ts';
import { invariants, judge } from './index.ts';
import { anyObservation } from './testing/arbitrary.ts';
import { but, changing, control, inPhase, observed } from './testing/example.ts';
import { INVARIANTS, type InvariantId, type Verdict } from './verdict.ts';

const VERDICTS: readonly Verdict[] = ['held', 'violated', 'inconclusive'];

/** Work that an invariant cannot do without, and how it is taken away from either side. */
interface Work {
	readonly name: string;
	readonly of: readonly InvariantId[];
	/** Sides whose loss must show; both unless said. */
	readonly sides?: readonly ('control' | 'observed')[];
	readonly without: (observation: Observation) => Observation;
}

const noneOf = (during: 'replay' | 'o1', facts: { watched?: number; proven?: boolean }) => (o: Observation) =>
	but(o, { walls: o.walls.map((wall) => (wall.during === during ? { ...wall, ...facts } : wall)) });

const noneAt =
	(list: 'executions' | 'replays' | 'reads', ...stages: readonly string[]) =>
	(o: Observation) =>
		but(o, { [list]: o[list].filter((item) => !stages.includes(item.stage)) });

const seen = ['observed'] as const;

const WORKS: readonly Work[] = [
	{ name: 'runs', of: INVARIANTS, without: (o) => but(o, { executions: [] }) },
	{
		name: 'acknowledgements',
		of: INVARIANTS,
		without: (o) => but(o, { executions: o.executions.map((run) => ({ ...run, status: 401 })) }),
	},
	{ name: 'tables', of: ['I1'], without: (o) => but(o, { truth: [] }) },
	{
		name: 'rows',
		of: ['I1'],
		without: (o) => but(o, { truth: o.truth.map((table) => ({ ...table, rows: 0, byKey: {} })) }),
	},
	{
		name: 'rows from before',
		of: ['I1'],
		sides: seen,
		without: (o) =>
			but(o, { truth: o.truth.map((table) => ({ ...table, before: { ...table.before, rows: 0 } })) }),
	},
	...control.truth
		.filter(({ holds }) => holds !== 'other')
		.flatMap(({ table: name }): readonly Work[] => {
			const only = (facts: Partial<TruthFacts>) => (o: Observation) =>
				but(o, { truth: changing(o.truth, ({ table }) => table === name, facts) });
			const gone = only({ rows: 0, byKey: {}, before: { rows: 0, was: 'b0', now: '' } });
			return [
				{ name: `rows of ${name}`, of: ['I1'], sides: ['control'], without: only({ rows: 0, byKey: {} }) },
				{ name: `table ${name}`, of: ['I1'], without: gone },
			];
		}),
	{
		name: 'telemetry rows compared with their truth',
		of: ['I1'],
		sides: seen,
		without: (o) =>
			but(o, {
				transactions: { compared: 0, shared: [] },
				frozen: o.frozen.map((gate) => ({ ...gate, described: 0 })),
			}),
	},
	{ name: 'replays', of: ['I2', 'I6'], without: (o) => but(o, { replays: [] }) },
	{ name: 'incidents', of: ['I3'], without: (o) => but(o, { facts: [] }) },
	{
		name: 'lock samples',
		of: ['I4'],
		sides: seen,
		without: (o) => but(o, { locks: { ...o.locks, samples: 0 } }),
	},
	{ name: 'loads', of: ['I4'], sides: seen, without: (o) => but(o, { loads: [] }) },
	{ name: 'gates', of: ['I4'], sides: seen, without: (o) => but(o, { frozen: [] }) },
	...(['row', 'commit', 'relation'] as const).flatMap((gate): readonly Work[] => [
		{
			name: `the ${gate} gate`,
			of: ['I4'],
			sides: seen,
			without: (o) => but(o, { frozen: o.frozen.filter((frozen) => frozen.gate !== gate) }),
		},
		{
			name: `writers frozen at the ${gate} gate`,
			of: ['I4'],
			sides: seen,
			without: (o) =>
				but(o, { frozen: changing(o.frozen, (frozen) => frozen.gate === gate, { backends: 0 }) }),
		},
	]),
	{ name: 'latency', of: ['I4'], without: (o) => but(o, { attempts: [] }) },
	{ name: 'reads', of: ['I5', 'I6'], without: (o) => but(o, { reads: [] }) },
	{
		name: 'authorised reads',
		of: ['I5', 'I6'],
		without: (o) => but(o, { reads: o.reads.map((read) => ({ ...read, status: 404 })) }),
	},
	{
		name: 'values',
		of: ['I5', 'I6'],
		without: (o) => but(o, { reads: o.reads.map((read) => ({ ...read, values: 0 })) }),
	},
	{ name: 'reads in quiet', of: ['I5'], without: noneAt('reads', 'quiet') },
	{ name: 'reads under load', of: ['I5'], sides: seen, without: noneAt('reads', 'load', 'frozen') },
	{ name: 'walls', of: ['I2', 'I5'], without: (o) => but(o, { walls: [] }) },
	{ name: 'proof of the replay wall', of: ['I2'], without: noneOf('replay', { proven: false }) },
	{ name: 'requests behind the replay wall', of: ['I2'], without: noneOf('replay', { watched: 0 }) },
	{ name: 'proof of the other wall', of: ['I5'], without: noneOf('o1', { proven: false }) },
	{ name: 'requests behind the other wall', of: ['I5'], without: noneOf('o1', { watched: 0 }) },
	...(['emptied', 'dropped'] as const).flatMap((stage) =>
		(['executions', 'replays', 'reads'] as const).map((list): Work => {
			return { name: `${list} with telemetry ${stage}`, of: ['I6'], without: noneAt(list, stage) };
		}),
	),
	{ name: 'runs on the restored plane', of: ['I6'], sides: seen, without: noneAt('executions', 'restored') },
	{
		name: 'the deletion',
		of: ['I6'],
		sides: seen,
		without: ({ deletion: _, ...o }) => o,
	},
	{
		name: 'rows to delete',
		of: ['I6'],
		sides: seen,
		without: (o) => (o.deletion ? but(o, { deletion: { ...o.deletion, removed: 0 } }) : o),
	},
];

describe('an observation judged against itself', () => {
	it.each(['live', 'boot', 'stop'] as const)('is held in the %s phase', (phase) => {
		const self = inPhase(phase, observed);
		for (const [id, judgement] of Object.entries(judge(INVARIANTS, self, self)))
			expect({ id, ...judgement }).toMatchObject({ verdict: 'held', reason: '' });
	});

	it('is held whatever the order in which its facts were recorded', () => {
		const shuffled = fc
			.tuple(
				...(
					[observed.executions, observed.truth, observed.facts, observed.replays, observed.reads] as const
				).map((items) => fc.shuffledSubarray([...items] as unknown[], { minLength: items.length })),
			)
			.map(([executions, truth, facts, replays, reads]) =>
				but(observed, { executions, truth, facts, replays, reads } as Partial<Observation>),
			);
		fc.assert(
			fc.property(shuffled, (other) => {
				for (const id of INVARIANTS) expect(invariants[id](control, other).verdict).toBe('held');
			}),
			{ numRuns: 50 },
		);
	});
});

describe('without work nothing is held', () => {
	const losses = WORKS.flatMap((work) =>
		(work.sides ?? (['control', 'observed'] as const)).map((side) => ({ work, side })),
	);

	it.each(losses.map((loss) => [loss.work.name, loss.side, loss] as const))(
		'no %s (%s)',
		(_, side, { work }) => {
			const sides = { control, observed, [side]: work.without(side === 'control' ? control : observed) };
			for (const id of work.of) {
				const { verdict, reason } = invariants[id](sides.control, sides.observed);
				expect(verdict, id).not.toBe('held');
				expect(reason, id).not.toBe('');
			}
		},
	);

	it('whatever is missing besides', () => {
		const several = fc.subarray(losses, { minLength: 1, maxLength: 4 });
		fc.assert(
			fc.property(several, (missing) => {
				const less = (side: 'control' | 'observed', from: Observation) =>
					missing.filter((loss) => loss.side === side).reduce((o, { work }) => work.without(o), from);
				const [before, now] = [less('control', control), less('observed', observed)];
				for (const id of new Set(missing.flatMap(({ work }) => work.of)))
					expect(invariants[id](before, now).verdict, id).not.toBe('held');
			}),
			{ numRuns: 300 },
		);
	});
});

describe('a stop', () => {
	const stopped = (o: Observation, inFlight?: number): Observation => {
		const [start] = o.lifecycle;
		const stop = { action: 'stop', outcome: 'done', ms: 100 } as const;
		const lifecycle = [start, inFlight === undefined ? stop : { ...stop, inFlight }].flatMap((s) => s ?? []);
		return inPhase('stop', but(o, { lifecycle }));
	};

	it('is not held unless both sides were stopped with runs in flight', () => {
		const inFlight = fc.option(fc.nat(3), { nil: undefined });
		fc.assert(
			fc.property(inFlight, inFlight, (before, now) => {
				const held = invariants.I4(stopped(control, before), stopped(observed, now)).verdict === 'held';
				expect(held).toBe((before ?? 0) > 0 && (now ?? 0) > 0);
			}),
		);
	});

	it('excuses a run in flight, whatever its stage, and no other', () => {
		const any = fc.record({
			key: fc.constantFrom(...observed.executions.map(({ key }) => key)),
			status: fc.constantFrom(-1, 0, 500, 503),
			cut: fc.boolean(),
		});
		fc.assert(
			fc.property(any, ({ key, status, cut }) => {
				const facts = cut ? ({ status, cut: 'stop' } as const) : { status };
				const executions = changing(observed.executions, (run) => run.key === key, facts);
				const now = inPhase('stop', but(observed, { executions }));
				const held = invariants.I4(inPhase('stop', control), now).verdict === 'held';
				expect(held).toBe(cut && (status === 0 || status === 503));
			}),
		);
	});
});

describe('the judgement of any two observations', () => {
	it('is one of three verdicts, the same every time, leaves its input alone and says why', () => {
		fc.assert(
			fc.property(anyObservation, anyObservation, (before, now) => {
				const untouched = structuredClone([before, now]);
				for (const id of INVARIANTS) {
					const judgement = invariants[id](before, now);
					expect(VERDICTS).toContain(judgement.verdict);
					expect(judgement.reason === '').toBe(judgement.verdict === 'held');
					expect(judgement.looked).not.toBe('');
					expect(invariants[id](before, now)).toEqual(judgement);
				}
				expect([before, now]).toEqual(untouched);
			}),
			{ numRuns: 500 },
		);
	});

	it('against the example is never held, since they have no run in common', () => {
		fc.assert(
			fc.property(anyObservation, (other) => {
				for (const id of INVARIANTS) {
					expect(invariants[id](control, other).verdict).not.toBe('held');
					expect(invariants[id](other, observed).verdict).not.toBe('held');
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('is inconclusive when the archive does not hold an observation at all', () => {
		const broken = {} as Observation;
		for (const judgement of Object.values(judge(INVARIANTS, control, broken)))
			expect(judgement).toMatchObject({
				verdict: 'inconclusive',
				reason: expect.stringMatching(/^the check itself failed/),
			});
	});
});
