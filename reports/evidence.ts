/** Pure: the result of one injection becomes its evidence file (spec §7). */
import { type InjectionId, MATRIX, row } from '../suites/matrix.ts';
import { digestOf } from './canonical.ts';
import { type InjectionResult, judgedOf, phaseName, ran, type Status } from './cells.ts';
import { type KeptPhase, keep } from './compact.ts';
import type { PhaseRecord, ProbeResult, ProbeRun } from './record.ts';
import type { Evidence, FailureEvidence, Violated } from './schemas.ts';

/** Of the matrix as it was when this ran: `verify` compares it. */
export const matrixDigest = (): string => {
	known ??= digestOf(MATRIX);
	return known;
};

let known: string | undefined;

export interface Violation {
	readonly injection_id: InjectionId;
	readonly invariant: Violated;
	readonly evidence: string;
}

/** Every violated cell and mark of an injection, I1 … I6 first. */
export function violationsOf(result: InjectionResult): Violation[] {
	return judgedOf(result).flatMap(({ name, status, reason }) =>
		// A witness is never violated: without one nothing is known.
		status === 'violated' && name !== 'witness'
			? [{ injection_id: result.id, invariant: name, evidence: reason }]
			: [],
	);
}

/** Everything that is neither held nor violated, with its reason. */
export function openOf(result: InjectionResult, status: Status): { name: string; reason: string }[] {
	return judgedOf(result)
		.filter((each) => each.status === status)
		.map(({ name, reason }) => ({ name, reason }));
}

/** When the last phase ended, or the given time where no phase ran. */
function endedAt(records: readonly PhaseRecord[], now: string): string {
	const ends = records
		.map((record) => Date.parse(record.startedAt) + record.durationMs)
		.filter(Number.isFinite);
	return ends.length === 0 ? now : new Date(Math.max(...ends)).toISOString();
}

const countOf = (run: ProbeRun, ...verdicts: readonly ProbeResult['verdict'][]): number =>
	run.results.filter(({ verdict }) => verdicts.includes(verdict)).length;

/** O1 as it was read where I5 is not asked for: every read answered 200 with something in it. */
function o1Read(records: readonly PhaseRecord[]): boolean {
	return (
		records.length > 0 &&
		records.every((record) => {
			const reads = record.observed?.reads ?? [];
			return reads.length > 0 && reads.every((read) => read.status === 200 && read.values > 0);
		})
	);
}

/** The pass form, or the FAIL form when anything is violated. `now` is used where nothing ran. */
export function evidenceOf(
	result: InjectionResult,
	now: string,
	kept: (record: PhaseRecord) => KeptPhase = keep,
): Evidence | FailureEvidence {
	const records = ran(result);
	const timestamp_utc = endedAt(records, now);
	const [first] = violationsOf(result);
	const inconclusive = openOf(result, 'inconclusive');
	const notRun = openOf(result, 'not run');
	const details = {
		status: result.status,
		...(inconclusive.length > 0 ? { inconclusive } : {}),
		...(notRun.length > 0 ? { not_run: notRun } : {}),
		cells: result.cells,
		marks: result.marks,
		phases: result.records.map((record) => ({ label: phaseName(record), ...kept(record) })),
		...(result.troubles.length > 0 ? { troubles: result.troubles } : {}),
		matrix_digest: matrixDigest(),
	};
	if (first) {
		return {
			injection_id: result.id,
			status: 'FAIL',
			violated_invariant: first.invariant,
			evidence: first.evidence,
			timestamp_utc,
			details: { ...details, violations: violationsOf(result) },
		};
	}
	const held = (id: string): boolean | undefined => {
		const cell = result.cells.find((each) => each.invariant === id);
		return cell && cell.status === 'held';
	};
	const probes = records.flatMap((record) => record.probes);
	const applied = probes.flatMap((run) => run.results.filter(({ verdict }) => verdict !== 'not applicable'));
	return {
		injection_id: result.id,
		injection_name: row(result.id).title,
		timestamp_utc,
		failure_method: [...new Set(records.map((record) => record.method))].join(' · ') || row(result.id).method,
		probes_run: [...new Set(applied.map(({ name }) => name))],
		probes_passed: probes.length === 0 ? 0 : Math.min(...probes.map((run) => countOf(run, 'passed'))),
		probes_failed: Math.max(0, ...probes.map((run) => countOf(run, 'failed', 'departs'))),
		invariants_checked: result.cells.map((cell) => cell.invariant),
		invariants_passed: result.status === 'held',
		replay_hash_verified: held('I2') ?? false,
		o1_available: held('I5') ?? o1Read(records),
		incidents_changed: !(held('I3') ?? false),
		details,
	};
}
