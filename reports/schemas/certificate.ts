/** `certificate.json`: the summary over all injections (spec §7). */
import { z } from 'zod';
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { INJECTIONS } from '../../suites/matrix.ts';
import { MARKS } from '../cells.ts';
import type { Certificate, CertificateDetails } from '../certificate.ts';
import {
	count,
	digest,
	injection,
	milliseconds,
	reasons,
	status,
	texts,
	timestamp,
	trouble,
	violation,
} from './parts.ts';
import { database, subject, unstruckRecord } from './phase.ts';

const ids = `(${INJECTIONS.join('|')})`;
/** `FULL`, or `FULL minus R1, R2` where injections do not apply to the subject. */
const MATRIX_NAME = new RegExp(`^(MINIMAL|FULL|PARTIAL)( minus ${ids}(, ${ids})*)?$`);
/** What may stand: never a part. */
const STANDS = new RegExp(`^(MINIMAL|FULL)( minus ${ids}(, ${ids})*)?$`);
/** What may be ready: a whole set, and nothing less under any name. */
const WHOLE = ['MINIMAL', 'FULL'];

const judged = z.enum([...INVARIANTS, ...MARKS]);
const open = z.array(z.strictObject({ injection_id: injection, cell: judged, reason: z.string() }));

const details = z.strictObject({
	verdict: z.string().min(1),
	certified: z.string().regex(STANDS).exactOptional(),
	obstacles: texts,
	asked: z.array(injection),
	cells: z.partialRecord(injection, z.partialRecord(judged, status)),
	not_run: open,
	inconclusive: open,
	not_applicable: open,
	departures: reasons.exactOptional(),
	matrix_digest: digest,
	probe_digest: z.array(digest),
	subject: z.array(subject),
	database: z.array(database),
	seed: z.int().exactOptional(),
	keep_going: z.boolean(),
	interrupted: z.string().exactOptional(),
	troubles: z.array(trouble).exactOptional(),
	others: z.string(),
	unstruck: z.array(
		z.strictObject({ id: injection, records: z.array(unstruckRecord), troubles: z.array(trouble) }),
	),
	versions: z.record(z.string(), z.string()),
	started_at: timestamp,
	duration_ms: milliseconds,
	durations: z.partialRecord(injection, milliseconds),
} satisfies { readonly [K in keyof CertificateDetails]-?: z.ZodType });

export const certificate = z
	.strictObject({
		phase: z.literal('C1'),
		failure_matrix: z.string().regex(MATRIX_NAME),
		executed_injections: z.array(injection),
		total_injections: count,
		violations: z.array(violation),
		all_invariants_held: z.boolean(),
		certification_ready: z.boolean(),
		timestamp_utc: timestamp,
		evidence_hash: digest,
		details,
	} satisfies { readonly [K in keyof Certificate]-?: z.ZodType })
	.refine((made) => !made.certification_ready || WHOLE.includes(made.failure_matrix), {
		error: 'certification_ready is for a whole set alone',
	})
	.meta({
		if: { properties: { certification_ready: { const: true } } },
		// biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
		then: { properties: { failure_matrix: { enum: WHOLE } } },
	});
