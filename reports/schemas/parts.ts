/** What the files of an archive have in common, as zod 4 schemas. */
import { z } from 'zod';
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { INJECTIONS } from '../../suites/matrix.ts';
import { type Cell, type Finding, MARKS, type Status, type Trouble } from '../cells.ts';

/** Every key of an interface, none forgotten and none made up. */
export type Shape<T> = { readonly [K in keyof T]-?: z.ZodType<T[K]> };

export const injection = z.enum(INJECTIONS as [(typeof INJECTIONS)[number], ...typeof INJECTIONS]);
export const invariant = z.enum(INVARIANTS);
export const timestamp = z.iso.datetime();
export const count = z.int().nonnegative();
export const milliseconds = z.number().nonnegative();
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
/** Of a subject: empty where the phase did not come so far. Whether it is 64 digits is the adapter's to say. */
export const subjectDigest = z.string().regex(/^(sha256:.*)?$/);
export const texts = z.array(z.string());
export const reasons = z.record(z.string(), z.string());

/** What can be violated: an invariant; or, of the marks, what is not the witness: without one nothing is known. */
export const violated = z.enum([...INVARIANTS, 'outcome', 'restoration', 'probes']);

export const verdict = z.enum(['held', 'violated', 'inconclusive']);
export const status = z.enum([
	'held',
	'violated',
	'inconclusive',
	'not run',
	'not applicable',
]) satisfies z.ZodType<Status>;

const findingShape = {
	status,
	looked: z.string(),
	reason: z.string(),
} satisfies Shape<Finding>;

export const finding = z.strictObject(findingShape);
export const cell = z.strictObject({ invariant, ...findingShape } satisfies Shape<Cell>);
export const marks = z.record(z.enum(MARKS), finding);

export const trouble = z.strictObject({
	injection: injection.exactOptional(),
	kind: z.enum(['error', 'skipped']),
	what: z.string(),
} satisfies Shape<Trouble>);

export const violation = z.strictObject({
	injection_id: injection,
	invariant: violated,
	evidence: z.string().min(1),
});
