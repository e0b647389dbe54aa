/** `evidence/<ID>.json` in its two forms: exactly these keys at the top, anything more under `details` (spec §7). */
import { z } from 'zod';
import {
	cell,
	count,
	digest,
	injection,
	invariant,
	marks,
	status,
	timestamp,
	trouble,
	violated,
	violation,
} from './parts.ts';
import { keptPhase } from './phase.ts';

const open = z.array(z.strictObject({ name: z.string(), reason: z.string() })).exactOptional();

const details = z.strictObject({
	status,
	inconclusive: open,
	not_run: open,
	cells: z.array(cell),
	marks,
	phases: z.array(keptPhase),
	troubles: z.array(trouble).exactOptional(),
	matrix_digest: digest,
});

/** One injection, nothing violated. Inconclusive ones have `invariants_passed: false` and say why in `details`. */
export const evidence = z.strictObject({
	injection_id: injection,
	injection_name: z.string().min(1),
	timestamp_utc: timestamp,
	failure_method: z.string().min(1),
	probes_run: z.array(z.string()),
	probes_passed: count,
	probes_failed: count,
	invariants_checked: z.array(invariant),
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
	details: details.extend({ violations: z.array(violation).min(1) }),
});
