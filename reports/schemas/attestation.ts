/** A line of `attestation.intoto.jsonl`, and the statement that is its payload. */
import { z } from 'zod';

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const resources = z.array(z.strictObject({ name: z.string().min(1), digest: z.strictObject({ sha256 }) }));

/** DSSE, with the one signature that there is. */
export const attestation = z.strictObject({
	payloadType: z.literal('application/vnd.in-toto+json'),
	payload: base64,
	signatures: z.tuple([z.strictObject({ keyid: sha256, sig: base64 })]),
});

/** in-toto Statement v1 with the test-result predicate v0.1. */
export const statement = z.strictObject({
	_type: z.literal('https://in-toto.io/Statement/v1'),
	subject: resources.min(1),
	predicateType: z.literal('https://in-toto.io/attestation/test-result/v0.1'),
	predicate: z.strictObject({
		result: z.enum(['PASSED', 'FAILED']),
		configuration: resources,
		passedTests: z.array(z.string()),
		warnedTests: z.array(z.string()),
		failedTests: z.array(z.string()),
	}),
});
