/** The latency bound, last resort of I4 (spec §3): it follows from the control alone, never from the delay injected. */
import type { Latency, Observation } from '../observe/observation.ts';
import { type Finding, gap, violation } from './findings.ts';

/** Attempts after which being over the bound counts. */
export const ATTEMPTS = 3;

const FIGURES = { 'slowest run': 'slowestMs', start: 'startMs', stop: 'stopMs' } as const;

/** Milliseconds that a figure of the control may grow to. */
export const bound = (controlMs: number, spreadMs: number): number => controlMs + Math.max(3 * spreadMs, 250);

/** What of one attempt is over the control's bound, as sentences; empty when nothing is, or the control measured nothing. */
export function overBound(control: Observation, latency: Latency): string[] {
	const [quiet] = control.attempts;
	if (!quiet || quiet.slowestMs <= 0) return [];
	return Object.entries(FIGURES)
		.map(([name, figure]) => ({ name, ms: latency[figure], was: quiet[figure] }))
		.filter(({ ms, was }) => !(ms <= bound(was, quiet.spreadMs)))
		.map(
			({ name, ms, was }) =>
				`${name} ${Math.round(ms)} ms, bound ${Math.round(bound(was, quiet.spreadMs))} ms (control ${Math.round(was)} ms)`,
		);
}

export function* withinBound(control: Observation, observed: Observation): Generator<Finding> {
	if (!control.attempts.some((attempt) => attempt.slowestMs > 0))
		yield gap('the control measured no latency');
	const [first] = observed.attempts;
	if (!first || !(first.slowestMs > 0)) yield gap('no latency was measured under the failure');
	if (!first || overBound(control, first).length === 0) return;
	const attempts = observed.attempts.map((attempt) => overBound(control, attempt));
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
