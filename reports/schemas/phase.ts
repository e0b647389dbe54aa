/** One phase of one injection as zod 4 schemas: what `PhaseRecord` is, its observations kept as {@link KeptPhase}. */
import { z } from 'zod';
import { INVARIANTS, type Judgement } from '../../probes/invariants/verdict.ts';
import type { KeptPhase } from '../compact.ts';
import type { Context, PhaseRecord, ProbeResult, ProbeRun, Shown } from '../record.ts';
import { mode, observed, ownShape, phase } from './observation.ts';
import {
	digest,
	injection,
	milliseconds,
	reasons,
	type Shape,
	subjectDigest,
	texts,
	timestamp,
	verdict,
} from './parts.ts';

export const subject = z.strictObject({
	name: z.string(),
	version: z.string(),
	digest: subjectDigest,
	schema: digest.exactOptional(),
	git: z.strictObject({ commit: z.string().regex(/^[0-9a-f]{40,64}$/), dirty: z.boolean() }).exactOptional(),
	undeclared: texts.exactOptional(),
} satisfies Shape<PhaseRecord['subject']>);

export const database = z.strictObject({
	provider: z.string(),
	version: z.string(),
	build: z.string().exactOptional(),
	lacks: reasons.exactOptional(),
} satisfies Shape<PhaseRecord['database']>);

const shown = z.array(
	z.strictObject({ name: z.string(), shown: z.boolean(), facts: z.string() } satisfies Shape<Shown>),
);

const judgement = z.strictObject({
	verdict,
	looked: z.string(),
	reason: z.string(),
} satisfies Shape<Judgement>);

const probeRun = z.strictObject({
	when: z.enum(['before', 'after']),
	digest,
	results: z.array(
		z.strictObject({
			name: z.string(),
			verdict: z.enum(['passed', 'failed', 'inconclusive', 'departs', 'not applicable']),
			looked: z.string(),
			detail: z.string(),
			declared: z.string().exactOptional(),
		} satisfies Shape<ProbeResult>),
	),
} satisfies Shape<ProbeRun>);

const context = z.strictObject({
	tables: texts,
	separateWriter: z.boolean(),
	periodic: z.literal(true).exactOptional(),
	capabilities: z.strictObject({
		metrics: z
			.array(
				z.strictObject({
					name: z.string(),
					read: z.string().exactOptional(),
					skipped: z.string().exactOptional(),
					partial: z.string().exactOptional(),
				}),
			)
			.exactOptional(),
		/** As the adapter declares it. */
		metricsPage: z.record(z.string(), z.unknown()).exactOptional(),
	} satisfies Shape<Context['capabilities']>),
	gap: z.strictObject({ relations: texts, writers: texts }).exactOptional(),
} satisfies Shape<Context>);

type Struck = Omit<PhaseRecord, 'control' | 'observed'>;

const recordShape = {
	injection,
	phase,
	mode: mode.exactOptional(),
	method: z.string(),
	notRun: z.string().exactOptional(),
	notApplicable: z.string().exactOptional(),
	startedAt: timestamp,
	durationMs: milliseconds,
	timings: z.record(z.string(), milliseconds),
	subject,
	database,
	probes: z.array(probeRun),
	witness: shown,
	outcome: shown,
	restoration: shown,
	judgements: z.partialRecord(z.enum(INVARIANTS), judgement),
	error: z.string().exactOptional(),
	context: context.exactOptional(),
} satisfies { readonly [K in keyof Struck]-?: z.ZodType };

/** Of an injection without an evidence file: nothing was struck, and nothing observed. */
export const unstruckRecord = z.strictObject(recordShape);

export const keptPhase = z.strictObject({
	label: z.string().min(1),
	...recordShape,
	control: z.strictObject({ digest, ...ownShape }).exactOptional(),
	observed: observed.exactOptional(),
} satisfies { readonly [K in keyof KeptPhase | 'label']-?: z.ZodType });
