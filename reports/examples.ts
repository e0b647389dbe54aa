/** Literal records for the tests of the reports: a made-up subject that holds, and ways to spoil it. */
import type { Judgement } from '../probes/invariants/verdict.ts';
import { INJECTIONS, type InjectionId, row } from '../suites/matrix.ts';
import { expectedPhases, type PhaseLabel, PROBE_COUNT, resultOf } from './cells.ts';
import type { Run } from './certificate.ts';
import type { PhaseRecord, ProbeRun } from './record.ts';

export const NOW = '2026-11-22T12:00:00.000Z';

export const held: Judgement = { verdict: 'held', looked: '96 acknowledged runs, 1042 rows', reason: '' };
export const violated: Judgement = {
	verdict: 'violated',
	looked: '96 acknowledged runs',
	reason: 'run r7 waited 9.8 s for backend 4312 (telemetry writer)',
};
export const inconclusive: Judgement = {
	verdict: 'inconclusive',
	looked: '',
	reason: '0 runs were acknowledged',
};

export const probeRun = (
	when: ProbeRun['when'],
	spoilt: Partial<ProbeRun['results'][number]> = {},
): ProbeRun => ({
	when,
	digest: `sha256:${'a'.repeat(64)}`,
	results: Array.from({ length: PROBE_COUNT }, (_, i) => ({
		name: i === 0 ? 'graceful-degradation' : `probe-${i}`,
		verdict: 'passed',
		looked: '12 columns',
		detail: '',
		...(i === 3 ? spoilt : {}),
	})),
});

/** A phase in which everything is shown and every invariant of the row is held. */
export const record = (
	injection: InjectionId,
	label: PhaseLabel = { phase: 'live' },
	spoilt: Partial<PhaseRecord> = {},
): PhaseRecord => ({
	injection,
	...label,
	method: row(injection).method,
	startedAt: '2026-11-22T11:59:00.000Z',
	durationMs: 2100,
	timings: { 'spin-up': 300, load: 1800 },
	subject: { name: 'made-up', version: '1.2.3', digest: `sha256:${'b'.repeat(64)}` },
	database: { provider: 'embedded', version: '18.4' },
	probes: [probeRun('before'), probeRun('after')],
	witness: [{ name: 'the relation is gone', shown: true, facts: 'to_regclass is null, 42P01 ×17' }],
	outcome: [{ name: 'no telemetry', shown: true, facts: '0 rows' }],
	restoration: [{ name: 'the catalog is as before', shown: true, facts: '214 entries, same digest' }],
	judgements: Object.fromEntries(row(injection).invariants.map((id) => [id, held])),
	...spoilt,
});

/** All phases that an injection must show. */
export const records = (id: InjectionId): PhaseRecord[] =>
	expectedPhases(id).map((label) => record(id, label));

export const LACKS = 'the subject declares no metrics endpoint';

/** All phases of an injection that does not apply. */
export const outside = (id: InjectionId, why = LACKS): PhaseRecord[] =>
	expectedPhases(id).map((label) =>
		record(id, label, {
			notApplicable: why,
			probes: [],
			witness: [],
			outcome: [],
			restoration: [],
			judgements: {},
		}),
	);

export const MINIMAL: readonly InjectionId[] = INJECTIONS.filter((id) => row(id).minimal);

/** A run of the minimal matrix over the given records. */
export const run = (all: readonly PhaseRecord[], spoilt: Partial<Run> = {}): Run => ({
	asked: { matrix: 'MINIMAL', ids: MINIMAL, others: 'not one of the nine' },
	results: MINIMAL.map((id) => resultOf(id, all)),
	troubles: [],
	keepGoing: false,
	seed: 7,
	startedAt: '2026-11-22T11:50:00.000Z',
	now: NOW,
	durationMs: 600_000,
	versions: { node: 'v24.21.0', vitest: '5.1.1' },
	...spoilt,
});
