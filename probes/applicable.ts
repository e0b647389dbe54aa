/** Which probes a subject cannot be asked, and which it is known not to pass (spec §9): what they said stays what they said. */
import type { Subject } from '../fixtures/subjects/port.ts';
import type { ProbeResult } from '../reports/record.ts';
import { PROBE_NAMES, type ProbeName } from './probe.ts';

/** The probe that looks at metrics. */
const METRICS: ProbeName = 'graceful-degradation';

/** A plane may depart from what these ask of its shape; no product may answer the API's probes wrongly while nothing is struck. */
export const MAY_DEPART: readonly ProbeName[] = PROBE_NAMES.slice(0, PROBE_NAMES.indexOf('o1-independence'));

/**
 * The same results, marked where the subject declares no metrics or a departure. A departure is what the probe said of the
 * healthy system, figures aside: whatever more it says later is news.
 */
export const applied = (
	results: readonly ProbeResult[],
	subject: Pick<Subject, 'capabilities' | 'departures'>,
	healthy?: readonly ProbeResult[],
): readonly ProbeResult[] =>
	results.map((result) => {
		const { name, verdict, detail } = result;
		if (name === METRICS && verdict === 'inconclusive' && !subject.capabilities.metrics?.length)
			return { ...result, verdict: 'not applicable', detail: 'the subject declares no metrics endpoint' };
		const declared = subject.departures?.[name];
		if (declared === undefined || verdict === 'passed') return result;
		const before = healthy?.find((one) => one.name === name);
		const known =
			healthy === undefined || (before?.verdict === 'departs' && shape(before.detail) === shape(detail));
		return known ? { ...result, verdict: 'departs', declared } : result;
	});

const shape = (detail: string): string => detail.replace(/\d+/g, 'n');
