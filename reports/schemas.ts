/** The evidence contract (spec §7): what every file of an archive looks like, as zod 4 schemas and as JSON Schemas. */
import { z } from 'zod';
import { canonical } from './canonical.ts';
import { lock } from './lock.ts';
import { attestation, statement } from './schemas/attestation.ts';
import { certificate } from './schemas/certificate.ts';
import { evidence, failureEvidence } from './schemas/evidence.ts';
import { control } from './schemas/observation.ts';
import type { violated } from './schemas/parts.ts';

export { attestation, certificate, control, evidence, failureEvidence, lock, statement };

/** What the schemas hold `details` to; reports read it as the interface that it is made of. */
type Loose<T> = Omit<T, 'details'> & { details?: Record<string, unknown> };

export type Evidence = Loose<z.infer<typeof evidence>>;
export type FailureEvidence = Loose<z.infer<typeof failureEvidence>>;
export type Certificate = Loose<z.infer<typeof certificate>>;
export type Violated = z.infer<typeof violated>;

/** Schema → the title that people see. */
const PUBLISHED = {
	evidence: { schema: evidence, title: 'evidence/<ID>.json: an injection in which nothing is violated' },
	'failure-evidence': { schema: failureEvidence, title: 'evidence/<ID>.json: an injection that is violated' },
	certificate: { schema: certificate, title: 'certificate.json' },
	control: { schema: control, title: 'controls/<phase>-<digest>.json: what was seen without a failure' },
	lock: { schema: lock, title: 'bystander.lock.json: what a certificate rests on' },
	attestation: { schema: attestation, title: 'attestation.intoto.jsonl, a line: a DSSE envelope' },
	statement: { schema: statement, title: 'The payload of an attestation: an in-toto statement' },
};

/** File name → JSON Schema (draft 2020-12), for readers in any language. */
export const jsonSchemas = (): Readonly<Record<string, z.core.JSONSchema.BaseSchema>> =>
	Object.fromEntries(
		Object.entries(PUBLISHED).map(([name, { schema, title }]) => [
			`${name}.schema.json`,
			{ title, ...z.toJSONSchema(schema) },
		]),
	);

/** The same as an archive holds them: path and text of each. */
export const schemaFiles = (): readonly (readonly [path: string, text: string])[] =>
	Object.entries(jsonSchemas()).map(([name, schema]) => [`schemas/${name}`, canonical(schema)] as const);
