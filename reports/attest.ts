/**
 * Who made an archive: an in-toto Statement v1 with the test-result predicate v0.1, in a DSSE envelope, signed with an Ed25519
 * key of the user (https://in-toto.io/attestation/test-result/v0.1, https://github.com/secure-systems-lab/dsse).
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ZodType, z } from 'zod';
import { UsageError } from '../fixtures/usage-error.ts';
import { canonical, sha256 } from './canonical.ts';
import type { Certificate } from './certificate.ts';
import { SUMS } from './paths.ts';
import * as schemas from './schemas/attestation.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

type Statement = z.infer<typeof schemas.statement>;
type Resource = Statement['subject'][number];

/** @throws UsageError where the file is no Ed25519 key of that kind without a passphrase. */
export function readKey(path: string, kind: 'private' | 'public'): KeyObject {
	const made = (): KeyObject | undefined => {
		try {
			const text = readFileSync(path);
			// A public key can be had of a private one, which is not to be handed about.
			if (kind === 'public' && text.includes('PRIVATE KEY')) return undefined;
			const key = kind === 'private' ? createPrivateKey(text) : createPublicKey(text);
			return key.asymmetricKeyType === 'ed25519' ? key : undefined;
		} catch {
			return undefined;
		}
	};
	const key = made();
	if (key === undefined)
		throw new UsageError(
			`${path} is no ${kind} Ed25519 key in PEM without a passphrase: ${
				kind === 'private'
					? 'openssl genpkey -algorithm ed25519 -out key.pem makes one'
					: 'openssl pkey -in key.pem -pubout -out pub.pem gives that of key.pem'
			}`,
		);
	return key;
}

/** Why a run is not attested; `undefined` where it was asked for a whole set and came to its end. */
export function unattested({ failure_matrix, details }: Certificate): string | undefined {
	if (failure_matrix.startsWith('PARTIAL')) return 'it was asked for a part of the matrix alone';
	if (details.interrupted !== undefined) return `it stopped short: ${details.interrupted}`;
	const left = details.not_run.filter((open) => details.asked.includes(open.injection_id));
	return left.length > 0 ? 'not every cell was looked at' : undefined;
}

const hex = (digest: string): Resource['digest'] => ({ sha256: digest.replace(/^sha256:/, '') });

/** `sums` is the text of SHA256SUMS, which holds every file. */
function statementOf({ details }: Certificate, sums: string): Statement {
	const cells = Object.entries(details.cells).flatMap(([id, marks]) =>
		Object.entries(marks).map(([name, status]) => ({ name: `${id} ${name}`, status })),
	);
	const named = (...all: readonly string[]) =>
		cells.filter(({ status }) => all.includes(status)).map(({ name }) => name);
	return {
		_type: 'https://in-toto.io/Statement/v1',
		subject: [
			// A phase that came to nothing names none.
			...details.subject
				.filter(({ digest }) => digest !== '')
				.map(({ name, version, digest }) => ({ name: `${name} ${version}`, digest: hex(digest) })),
			{ name: SUMS, digest: { sha256: sha256(sums) } },
		],
		predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
		predicate: {
			result: details.certified === undefined ? 'FAILED' : 'PASSED',
			configuration: [
				{ name: 'matrix', digest: hex(details.matrix_digest) },
				...details.probe_digest.map((digest) => ({ name: 'probes', digest: hex(digest) })),
			],
			passedTests: named('held'),
			warnedTests: named('inconclusive', 'not applicable'),
			failedTests: named('violated'),
		},
	};
}

/** DSSE's pre-authentication encoding: what is signed. */
const encoded = (payload: Buffer): Buffer =>
	Buffer.concat([Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload]);

/** SHA-256 of the public key, as SPKI. */
const keyId = (key: KeyObject): string => {
	const open = key.type === 'private' ? createPublicKey(key) : key;
	return sha256(open.export({ type: 'spki', format: 'der' }));
};

/** The canonical line around a payload and its signature. */
const lineOf = (payload: Buffer, key: KeyObject, sig: string): string => {
	const signatures = [{ keyid: keyId(key), sig }];
	return `${canonical({ payloadType: PAYLOAD_TYPE, payload: payload.toString('base64'), signatures })}\n`;
};

const payloadOf = (certificate: Certificate, sums: string): Buffer =>
	Buffer.from(canonical(statementOf(certificate, sums)));

/** One line of `attestation.intoto.jsonl`. */
export function attest(certificate: Certificate, sums: string, key: KeyObject): string {
	const payload = payloadOf(certificate, sums);
	return lineOf(payload, key, sign(null, encoded(payload), key).toString('base64'));
}

/** Why this line does not attest that archive by that key; `undefined` where it does. Without a certificate to read, its list alone. */
export function unlikeAttested(
	line: string,
	certificate: Certificate | undefined,
	sums: string,
	key: KeyObject,
): string | undefined {
	const envelope = parsed(schemas.attestation, line);
	const sig = envelope?.signatures[0].sig ?? '';
	// Base64 has many spellings of the same bytes.
	if (envelope === undefined || Buffer.from(sig, 'base64').toString('base64') !== sig)
		return 'it is no DSSE envelope with one signature';
	const payload = Buffer.from(envelope.payload, 'base64');
	if (!verify(null, encoded(payload), key, Buffer.from(sig, 'base64')))
		return `it is not signed by this key (${keyId(key).slice(0, 12)}…)`;
	const { subject = [] } = parsed(schemas.statement, payload.toString()) ?? {};
	const list = subject.find(({ name }) => name === SUMS);
	// The whole line: nothing may stand in it that was not signed.
	const same = certificate === undefined || line === lineOf(payloadOf(certificate, sums), key, sig);
	return list?.digest.sha256 === sha256(sums) && same ? undefined : 'what is signed is not this archive';
}

function parsed<T>(schema: ZodType<T>, text: string): T | undefined {
	try {
		return schema.safeParse(JSON.parse(text)).data;
	} catch {
		return undefined;
	}
}
