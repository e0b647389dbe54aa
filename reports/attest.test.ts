import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../fixtures/usage-error.ts';
import { readKey, unattested, unlikeAttested } from './attest.ts';
import { type Certificate, certify } from './certificate.ts';
import { MINIMAL, records, run, violated } from './examples.ts';
import { type Lock, lock, lockOf, voidedBy } from './lock.ts';
import type { PhaseRecord } from './record.ts';
import { writeArchive } from './write.ts';

const keys = generateKeyPairSync('ed25519');
const SCHEMA = `sha256:${'c'.repeat(64)}`;
const ALL: readonly PhaseRecord[] = MINIMAL.flatMap(records).map((one) => ({
	...one,
	subject: { ...one.subject, schema: SCHEMA },
}));
const WRONG = ALL.map((one, index) => (index === 3 ? { ...one, judgements: { I1: violated } } : one));

let dir: string;
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), 'bystander-attest-'));
});
afterAll(() => rmSync(dir, { recursive: true }));
const file = (name: string): string => readFileSync(join(dir, name), 'utf8');

describe('an attestation', () => {
	test('is of the archive as it is read back', () => {
		writeArchive(dir, run(ALL), keys.privateKey);
		const certificate = JSON.parse(file('certificate.json')) as Certificate;
		const line = file('attestation.intoto.jsonl');
		expect(unlikeAttested(line, certificate, file('SHA256SUMS'), keys.publicKey)).toBeUndefined();
		expect(unlikeAttested(line, certificate, `${file('SHA256SUMS')} `, keys.publicKey)).toBe(
			'what is signed is not this archive',
		);
		const { predicate, subject } = JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString());
		expect(predicate).toMatchObject({ result: 'PASSED', warnedTests: [], failedTests: [] });
		expect(predicate.passedTests).toContain('W1 I1');
		expect(subject).toContainEqual({ name: 'made-up 1.2.3', digest: { sha256: 'b'.repeat(64) } });
	});

	test('of a whole run that violated says so', () => {
		writeArchive(dir, run(WRONG, { keepGoing: true }), keys.privateKey);
		const { payload } = JSON.parse(file('attestation.intoto.jsonl'));
		expect(JSON.parse(Buffer.from(payload, 'base64').toString()).predicate).toMatchObject({
			result: 'FAILED',
			failedTests: ['W1 I1'],
		});
	});

	test('is made of complete runs alone, and none of a former run is left', () => {
		const partial = run(ALL, { asked: { matrix: 'PARTIAL', ids: ['W3'], others: '' } });
		writeArchive(dir, run(ALL), keys.privateKey);
		for (const [incomplete, why] of [
			[partial, /a part of the matrix alone/],
			[run(ALL, { interrupted: 'a power cut' }), /it stopped short: a power cut/],
			[run(ALL.filter(({ injection }) => injection !== 'X3')), /not every cell was looked at/],
		] as const) {
			writeArchive(dir, incomplete, keys.privateKey);
			expect(existsSync(join(dir, 'attestation.intoto.jsonl'))).toBe(false);
			expect(unattested(certify(incomplete, []))).toMatch(why);
		}
	});

	test('takes an Ed25519 key of the right kind', () => {
		const path = join(dir, 'key.pem');
		const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		const pem = { type: 'pkcs8', format: 'pem' } as const;
		writeFileSync(path, keys.privateKey.export(pem));
		expect(readKey(path, 'private').asymmetricKeyType).toBe('ed25519');
		for (const text of [
			other.privateKey.export(pem),
			keys.privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'x' }),
			keys.publicKey.export({ type: 'spki', format: 'pem' }),
			'',
		]) {
			writeFileSync(path, text);
			expect(() => readKey(path, 'private')).toThrow(UsageError);
		}
		expect(() => readKey(join(dir, 'none'), 'public')).toThrow(/no public Ed25519 key/);
	});
});

describe('a lock', () => {
	const made = (): Lock => lock.parse(lockOf(certify(run(ALL), [])));

	test('is of a certificate that stands', () => {
		expect(made()).toMatchObject({ certified: 'MINIMAL', subject: { name: 'made-up', schema: SCHEMA } });
		expect(lockOf(certify(run(WRONG), []))).toBeUndefined();
	});

	test('is voided by each thing that it rests on, by name', () => {
		const then = made();
		expect(voidedBy(then, then)).toEqual([]);
		const other = `sha256:${'d'.repeat(64)}`;
		expect(voidedBy(then, { ...then, subject: { ...then.subject, schema: other } })).toEqual([
			'the schema of its planes: sha256:cccccccccccc… then, sha256:dddddddddddd… now',
		]);
		expect(voidedBy(then, { ...then, subject: { ...then.subject, version: '2' } })).toEqual([
			'the version of the subject: 1.2.3 then, 2 now',
		]);
		const all = { name: 'x', version: 'x', digest: other, schema: other };
		expect(voidedBy(then, { subject: all, matrix_digest: other, probe_digest: other })).toHaveLength(6);
	});
});
