/** `bystander.lock.json`: what a certificate rests on, to be committed; any change of it voids the certificate. */
import { z } from 'zod';
import type { Certificate } from './certificate.ts';
import { digest, timestamp } from './schemas/parts.ts';

export const lock = z.strictObject({
	/** What was certified: `FULL`, `MINIMAL`, or either `minus` what does not apply. */
	certified: z.string().min(1),
	timestamp_utc: timestamp,
	evidence_hash: digest,
	subject: z.strictObject({
		name: z.string().min(1),
		version: z.string().min(1),
		digest,
		schema: digest,
	}),
	matrix_digest: digest,
	probe_digest: digest,
});
export type Lock = z.infer<typeof lock>;

/** What is compared: everything but when it was certified and by which evidence. */
export type Basis = Pick<Lock, 'subject' | 'matrix_digest' | 'probe_digest'>;

/** Of a certificate that stands; `undefined` of any other. */
export function lockOf(certificate: Certificate): Lock | undefined {
	const { certified, subject, matrix_digest, probe_digest } = certificate.details;
	const [one, ...others] = subject;
	if (
		others.length > 0 ||
		certified === undefined ||
		one?.schema === undefined ||
		probe_digest[0] === undefined
	)
		return undefined;
	const { name, version, digest, schema } = one;
	const { timestamp_utc, evidence_hash } = certificate;
	return {
		certified,
		timestamp_utc,
		evidence_hash,
		subject: { name, version, digest, schema },
		matrix_digest,
		probe_digest: probe_digest[0],
	};
}

/** For people and for `git diff`: indented. */
export const lockText = (made: Lock): string => `${JSON.stringify(made, null, 2)}\n`;

const short = (text: string): string => text.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…');

/** Every change since, in words; empty when the certificate still stands. */
export function voidedBy(then: Lock, now: Basis): readonly string[] {
	const parts: readonly (readonly [string, string, string])[] = [
		['the subject is another', then.subject.name, now.subject.name],
		['the version of the subject', then.subject.version, now.subject.version],
		['what decides how the subject behaves (its digest)', then.subject.digest, now.subject.digest],
		['the schema of its planes', then.subject.schema, now.subject.schema],
		['the matrix', then.matrix_digest, now.matrix_digest],
		['the probes', then.probe_digest, now.probe_digest],
	];
	return parts.flatMap(([what, was, is]) =>
		was === is ? [] : [`${what}: ${short(was)} then, ${short(is)} now`],
	);
}
