/** The latency bound, last resort of I4 (spec §3): it follows from the control alone, never from the delay injected. */
import type { Latency, Observation } from '../observe/observation.ts';
import { type Finding, gap, violation } from './findings.ts';

/** Attempts after which being over the bound counts. */
export const ATTEMPTS = 3;

const FIGURES = { 'slowest run': 'slowestMs', start: 'startMs', stop: 'stopMs' } as const;

/** Milliseconds that a figure of the control may grow to. */
export const bound = (controlMs: number, spreadMs: number): number => controlMs + Math.max(3 * spreadMs, 250);

/** What of one attempt is over the bound of each control, as sentences; empty when nothing is, or none measured anything. */
export function overBound(control: Pick<Observation, 'attempts'>, latency: Latency): string[] {
	const measured = control.attempts.filter(({ slowestMs }) => slowestMs > 0);
	return Object.entries(FIGURES).flatMap(([name, figure]) => {
		const [loosest] = measured
			.map((one) => ({ was: one[figure], most: bound(one[figure], one.spreadMs) }))
			.sort((a, b) => b.most - a.most);
		const ms = latency[figure];
		if (loosest === undefined || ms <= loosest.most) return [];
		const { most, was } = loosest;
		return [`${name} ${Math.round(ms)} ms, bound ${Math.round(most)} ms (control ${Math.round(was)} ms)`];
	});
}

export function* withinBound(control: Observation, observed: Observation): Generator<Finding> {
	if (!control.attempts.some((attempt) => attempt.slowestMs > 0))
		yield gap('the control measured no latency');
	const [first] = observed.attempts;
	if (!first || !(first.slowestMs > 0)) yield gap('no latency was measured under the failure');
	const attempts = observed.attempts.map((attempt) => overBound(control, attempt));
	if (attempts.every((over) => over.length === 0)) return;
	const figures = attempts
		.map((over, i) => `attempt ${i + 1}: ${over.join(', ') || 'within the bound'}`)
		.join('; ');
	if (attempts.length < ATTEMPTS)
		yield gap(`over the latency bound and not repeated ${ATTEMPTS} times: ${figures}`);
	else if (attempts.every((over) => over.length > 0))
		yield violation(
			`over the latency bound in ${attempts.length} of ${attempts.length} attempts: ${figures}`,
		);
	else yield gap(`over the latency bound in some attempts only: ${figures}`);
}
