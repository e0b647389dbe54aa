/** Pure: the run that an archive tells of, made again from its observations, so that everything can be derived once more. */
import { judge } from '../../probes/invariants/index.ts';
import { INJECTIONS, type InjectionId, row } from '../../suites/matrix.ts';
import { wholeSet } from '../asked.ts';
import { withoutLooks } from '../canonical.ts';
import { type InjectionResult, phaseName, resultOf, type Trouble } from '../cells.ts';
import type { CertificateDetails, MatrixName, Run } from '../certificate.ts';
import { type KeptControl, type KeptPhase, unfold } from '../compact.ts';
import { evidenceOf } from '../evidence.ts';
import type { PhaseRecord } from '../record.ts';
import type { Certificate, Evidence, FailureEvidence } from '../schemas.ts';

/** The witnesses and the outcome that follow from a phase's observations; `undefined` where none were recorded. */
export type FactsAgain = (
	record: PhaseRecord,
) => Promise<Pick<PhaseRecord, 'witness' | 'outcome'> | undefined>;

/** What `details` of an evidence file holds that verdicts are derived from. */
export interface EvidenceDetails {
	readonly phases: readonly (KeptPhase & { readonly label: string })[];
	readonly troubles?: readonly Trouble[];
}

export const detailsOf = ({ details }: Certificate): CertificateDetails =>
	details as unknown as CertificateDetails;

/** A phase with its verdicts, its witnesses and its outcome derived from what was observed, whatever it says of them. */
async function judgedAgain(record: PhaseRecord, factsAgain: FactsAgain): Promise<PhaseRecord> {
	const { control, observed, injection, phase, mode } = record;
	if (
		control?.phase !== observed?.phase ||
		(observed && (observed.phase !== phase || observed.mode !== mode))
	)
		throw new Error(`what was observed in ${phaseName(record)} is of another phase`);
	const facts = await factsAgain(record);
	if (control === undefined || observed === undefined || facts === undefined)
		return { ...record, judgements: {}, witness: [], outcome: [] };
	const judgements = judge(row(injection).invariants, control, observed);
	return { ...record, ...withoutLooks({ ...facts, judgements }) };
}

/** The result of one injection, from its evidence file, and that file as it should be. */
export interface Again {
	readonly result: InjectionResult;
	readonly evidence: (now: string) => Evidence | FailureEvidence;
}

/** Throws where a control is not there or does not fit. */
export async function resultAgain(
	id: InjectionId,
	evidence: Evidence | FailureEvidence,
	controls: ReadonlyMap<string, KeptControl>,
	factsAgain: FactsAgain,
): Promise<Again> {
	const { phases, troubles = [] } = evidence.details as unknown as EvidenceDetails;
	const kept = new Map<PhaseRecord, KeptPhase>();
	for (const { label: _, ...phase } of phases) {
		const record = await judgedAgain(unfold(phase, controls), factsAgain);
		// What differs from the control is input, and stays as it is.
		const { control, observed } = phase;
		const inputs = {
			...(control === undefined ? {} : { control }),
			...(observed === undefined ? {} : { observed }),
		};
		kept.set(record, { ...record, ...inputs } as KeptPhase);
	}
	const result = resultOf(id, [...kept.keys()], troubles);
	return { result, evidence: (now) => evidenceOf(result, now, (record) => kept.get(record) as KeptPhase) };
}

/** The run behind a certificate, with results that were derived again. */
export function runAgain(certificate: Certificate, seen: readonly InjectionResult[]): Run {
	const details = detailsOf(certificate);
	const unstruck = details.unstruck.map(({ id, records, troubles }) => resultOf(id, records, troubles));
	const all = [...seen, ...unstruck];
	const matrix = certificate.failure_matrix.split(' minus ')[0] as MatrixName;
	return {
		asked: matrix === 'PARTIAL' ? { matrix, ids: details.asked, others: details.others } : wholeSet(matrix),
		results: INJECTIONS.flatMap((id) => all.find((result) => result.id === id) ?? []),
		troubles: details.troubles ?? [],
		...(details.interrupted === undefined ? {} : { interrupted: details.interrupted }),
		keepGoing: details.keep_going,
		...(details.seed === undefined ? {} : { seed: details.seed }),
		startedAt: details.started_at,
		now: certificate.timestamp_utc,
		durationMs: details.duration_ms,
		versions: details.versions,
	};
}
