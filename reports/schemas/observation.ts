/**
 * Observations as zod 4 schemas, by their top-level keys: what the parts of each are, `probes/observe/observation.ts` says.
 * A control is a file of its own; what was seen under the failure is what differs from it.
 */
import { z } from 'zod';
import { type Observation, PHASES } from '../../probes/observe/observation.ts';
import type { KeptControl } from '../compact.ts';
import { count, milliseconds, type Shape } from './parts.ts';

const part = z.record(z.string(), z.unknown());
const parts = z.array(part);

export const phase = z.enum(PHASES);
export const mode = z.enum(['sticky', 'healable']);

type Loose<T> = { readonly [K in keyof T]-?: z.ZodType };

const controlShape = {
	phase,
	mode: mode.exactOptional(),
	unlogged: z.string().exactOptional(),
	executions: parts,
	truth: parts,
	facts: parts,
	replays: parts,
	reads: parts,
	walls: parts,
	locks: part,
	sleeps: parts,
	metrics: parts,
	counts: z.record(z.string(), z.number()),
	frozen: parts,
	loads: parts,
	lifecycle: parts,
	processes: parts,
	transactions: part,
	telemetry: part,
	refusals: parts,
	deletion: part.exactOptional(),
	timeline: parts,
} satisfies Loose<KeptControl>;

/** `controls/<phase>-<digest>.json` */
export const control = z.strictObject(controlShape);

export const ownShape = {
	attempts: z.array(
		z.strictObject({
			slowestMs: milliseconds,
			spreadMs: milliseconds,
			startMs: milliseconds,
			stopMs: milliseconds,
		} satisfies Shape<Observation['attempts'][number]>),
	),
	samples: z.record(z.string(), z.string()),
	bare: z.partialRecord(z.enum(['finished', 'interrupted', 'absent', 'half-written']), count).exactOptional(),
	halves: z.record(z.string(), count).exactOptional(),
	deaths: z.array(z.array(z.string())).exactOptional(),
} satisfies Loose<Omit<Observation, keyof KeptControl>>;

/** In the format of jsondiffpatch: what was put in another's place, or a difference for each part that differs. */
const delta = z.union([z.array(z.unknown()).min(1), part]).exactOptional();

/** Keys in which the observation is the control's are absent. */
export const observed = z.strictObject(
	Object.fromEntries(Object.keys({ ...controlShape, ...ownShape }).map((key) => [key, delta])),
);
