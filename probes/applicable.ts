/** Which probes do not apply to a subject (spec §9). The probe's own verdict is inconclusive then, and stays frozen. */
import type { ProbeResult } from '../reports/record.ts';
import type { ProbeName, ProbeSubject } from './probe.ts';

/** The probe that looks at metrics. */
const METRICS: ProbeName = 'graceful-degradation';

/** The same results, the one that metrics are needed for marked where the subject declares none. */
export const applied = (
	results: readonly ProbeResult[],
	{ capabilities }: Pick<ProbeSubject, 'capabilities'>,
): readonly ProbeResult[] =>
	results.map((result) =>
		result.name === METRICS && result.verdict === 'inconclusive' && !capabilities.metrics?.length
			? { ...result, verdict: 'not applicable', detail: 'the subject declares no metrics endpoint' }
			: result,
	);
