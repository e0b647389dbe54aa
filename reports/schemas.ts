/** The evidence contract (spec §7) as zod 4 schemas: exactly these keys at the top, anything more under `details`. */
import { z } from 'zod';
import { INVARIANTS } from '../probes/invariants/verdict.ts';
import { INJECTIONS } from '../suites/matrix.ts';

const injection = z.enum(INJECTIONS as [(typeof INJECTIONS)[number], ...typeof INJECTIONS]);
const timestamp = z.iso.datetime();
const details = z.record(z.string(), z.unknown()).optional();
const count = z.int().nonnegative();

/**
 * What can be violated: an invariant; the expected `outcome`; the `restoration` (catalog, schema, nominal
 * state); or the `probes`, one of which failed on the restored plane.
 */
export const violated = z.enum([...INVARIANTS, 'outcome', 'restoration', 'probes']);

/** One injection, nothing violated. Inconclusive ones have `invariants_passed: false` and say why in `details`. */
export const evidence = z.strictObject({
	injection_id: injection,
	injection_name: z.string().min(1),
	timestamp_utc: timestamp,
	failure_method: z.string().min(1),
	probes_run: z.array(z.string()),
	probes_passed: count,
	probes_failed: count,
	invariants_checked: z.array(z.enum(INVARIANTS)),
	invariants_passed: z.boolean(),
	replay_hash_verified: z.boolean(),
	o1_available: z.boolean(),
	incidents_changed: z.boolean(),
	details,
});

/** One injection that was violated. */
export const failureEvidence = z.strictObject({
	injection_id: injection,
	status: z.literal('FAIL'),
	violated_invariant: violated,
	evidence: z.string().min(1),
	timestamp_utc: timestamp,
	details,
});

const ids = `(${INJECTIONS.join('|')})`;
/** `FULL`, or `FULL minus R1, R2` where injections do not apply to the subject. */
const MATRIX_NAME = new RegExp(`^(MINIMAL|FULL|PARTIAL)( minus ${ids}(, ${ids})*)?$`);
/** What may be ready: a whole set, and nothing less under any name. */
const WHOLE = ['MINIMAL', 'FULL'];

/** The summary over all of them. */
export const certificate = z
	.strictObject({
		phase: z.literal('C1'),
		failure_matrix: z.string().regex(MATRIX_NAME),
		executed_injections: z.array(injection),
		total_injections: count,
		violations: z.array(
			z.strictObject({ injection_id: injection, invariant: violated, evidence: z.string().min(1) }),
		),
		all_invariants_held: z.boolean(),
		certification_ready: z.boolean(),
		timestamp_utc: timestamp,
		evidence_hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
		details,
	})
	.refine((made) => !made.certification_ready || WHOLE.includes(made.failure_matrix), {
		error: 'certification_ready is for a whole set alone',
	})
	.meta({
		if: { properties: { certification_ready: { const: true } } },
		// biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
		then: { properties: { failure_matrix: { enum: WHOLE } } },
	});

export type Evidence = z.infer<typeof evidence>;
export type FailureEvidence = z.infer<typeof failureEvidence>;
export type Certificate = z.infer<typeof certificate>;
export type Violated = z.infer<typeof violated>;

/** File name → JSON Schema (draft 2020-12), for readers in any language. */
export function jsonSchemas(): Readonly<Record<string, unknown>> {
	return {
		'evidence.schema.json': z.toJSONSchema(evidence),
		'failure-evidence.schema.json': z.toJSONSchema(failureEvidence),
		'certificate.schema.json': z.toJSONSchema(certificate),
	};
}
