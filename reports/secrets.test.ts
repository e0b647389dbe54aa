/** What is told has no secret in it: by its looks, by its name, or because this process knows it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hide, safeError, safely, withoutSecrets } from './secrets.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl';
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nq83vASNFZ4k=\n-----END RSA PRIVATE KEY-----';

const LOOKS: readonly (readonly [text: string, left: string])[] = [
	['connect postgres://app:s3cret@db:5432/x failed', 'connect postgres://[removed] failed'],
	['jdbc:postgresql://db/x?user=a&password=s3cret', 'jdbc:postgres://[removed]'],
	['"postgres:\\/\\/app:s3cret@db\\/x"', '"postgres://[removed]"'],
	['amqp://app:s3cret@queue:5672/v', 'amqp://[removed]@queue:5672/v'],
	['https://s3cret@host/x', 'https://[removed]@host/x'],
	['redis://:s3/cr:et@host/0', 'redis://[removed]@host/0'],
	['authorization: Bearer s3cret-token', 'authorization: Bearer [removed]'],
	['{"authorization":"Bearer s3cret-token"}', '{"authorization":"[removed]"}'],
	['sent Basic dXNlcjpwYXNz to it', 'sent Basic [removed] to it'],
	[`saw ${JWT} there`, 'saw [removed] there'],
	[`saw ${JWT.slice(0, 30)}`, 'saw [removed]'],
	[`of\n${PEM}\nthere`, 'of\n[removed]\nthere'],
	[JSON.stringify({ pem: PEM }), '{"pem":"[removed]"}'],
	[JSON.stringify(JSON.stringify({ pem: PEM, n: 1 })), String.raw`"{\"pem\":\"[removed]\",\"n\":1}"`],
	[`cut ${PEM.slice(0, 50)}`, 'cut [removed]'],
	["ALTER ROLE app PASSWORD 's3cret'", "ALTER ROLE app PASSWORD '[removed]'"],
	['PGPASSWORD=s3cret psql', 'PGPASSWORD=[removed] psql'],
	['host=db password=s3cret dbname=x', 'host=db password=[removed] dbname=x'],
	['{"password":"s3\\"cret","n":1}', '{"password":"[removed]","n":1}'],
	['{"password":1234,"n":1}', '{"password":"[removed]","n":1}'],
	[String.raw`"{\"password\": \"s3cret\"}"`, String.raw`"{\"password\": \"[removed]\"}"`],
	['password="s3cret and its end was cut', 'password=[removed] and its end was cut'],
	['X-Api-Key: s3cret', 'X-Api-Key: [removed]'],
	['?access_token=s3cret&page=2', '?access_token=[removed]&page=2'],
	["{ clientSecret: 's3cret' }", "{ clientSecret: '[removed]' }"],
	['token=abc123secret, then', 'token=[removed], then'],
	['AKIAIOSFODNN7EXAMPLE', '[removed]'],
	[`sk_${'live'}_0123456789abcdefghij`, '[removed]'],
	['db_pwd=s3cret', 'db_pwd=[removed]'],
	['Authorization: Negotiate YII0s3cret', 'Authorization: [removed]'],
	['ghp_0123456789abcdefghij0123456789abcdef', '[removed]'],
];

const ORDINARY: readonly string[] = [
	'password authentication failed for user "app"',
	'tokens: 50007 of budget_tokens: 50000',
	'{"tokens":50007,"budget_tokens":2000,"token":12,"next_token":null}',
	'select hash from api_keys where token = $1',
	'Basic authentication and Bearer authentication are refused',
	'GET http://127.0.0.1:8080/v1/runs?mail=me@example.org',
	'subject_0123 owns telemetry_event(authoritative)',
	'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
	'2026-11-23T17:25:04.123Z backend 4312 waits for 4311',
	'no key in PEM without a passphrase: openssl pkey makes one',
	'the secretary of a tokenizer: nothing',
];

describe('by their looks', () => {
	test.for(LOOKS)('%s', ([text, left]) => {
		expect(withoutSecrets(text)).toBe(left);
	});

	test.for(ORDINARY)('nothing is taken out of: %s', (text) => {
		expect(withoutSecrets(text)).toBe(text);
	});
});

describe('known ones', () => {
	const secret = `Zp/4"q'x+ 7ü\\${'k'.repeat(9)}`;
	hide(secret);

	test.for<readonly [string, string]>([
		['plain', secret],
		['in a JSON text', JSON.stringify({ secret })],
		['in a JSON text in a JSON text', JSON.stringify(JSON.stringify([secret]))],
		['in SQL', `'${secret.replaceAll("'", "''")}'`],
		['in a URL', `?x=${encodeURIComponent(secret)}`],
		[
			'in a URL, in small letters',
			encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
		],
		['in base64', Buffer.from(`a:${secret}:b`).toString('base64')],
		['in base64, one further', Buffer.from(`ab:${secret}`).toString('base64')],
		['in base64 for URLs', Buffer.from(`abc:${secret}`).toString('base64url')],
		['cut off', secret.slice(0, -4)],
	])('are found %s', ([, text]) => {
		expect(text.length).toBeGreaterThan(10);
		const left = withoutSecrets(`before ${text} after`);
		expect(left).toContain('[removed]');
		expect(left).not.toMatch(/Zp|kkk|a2tr|tra2|rra/);
		expect(left).toMatch(/^before .* after$/);
	});

	test('words that are everywhere, and what is too short to tell, are left', () => {
		for (const word of ['postgres', 'telemetry', 'abc1234']) hide(word);
		expect(withoutSecrets('postgres keeps telemetry abc1234')).toBe('postgres keeps telemetry abc1234');
	});

	test('an error is told without them, and so is its cause', async () => {
		const cause = Object.assign(new TypeError(`no ${secret}`), { detail: secret });
		const safe = safeError(new RangeError(`failed with password=${secret}`, { cause }));
		expect(safe.name).toBe('RangeError');
		expect(safe.message).toBe('failed with password=[removed]');
		expect(JSON.stringify(Object.entries((safe.cause as Error) ?? {}))).not.toContain('Zp');
		expect(`${safe.stack}${(safe.cause as Error).stack}`).not.toContain('Zp');
		await expect(safely(() => Promise.reject(secret))).rejects.toThrow('[removed]');
	});
});

const word = fc.constantFrom(
	...[
		'password',
		'token',
		'api_key',
		'Bearer ',
		'Basic ',
		'postgres://',
		'http://',
		'u:p@',
		'=',
		':',
		': ',
		'"',
		"'",
	],
	...[
		'\\',
		'\\"',
		' ',
		',',
		'{',
		'}',
		'\n',
		'[removed]',
		'[',
		']',
		'abcdefgh1',
		'x',
		'-----BEGIN PRIVATE KEY-----',
	],
	...['-----END PRIVATE KEY-----', 'eyJhbGciOiJI.eyJz', '%3D', '/', '@', '12'],
);
const mixture = fc.array(word, { maxLength: 14 }).map((words) => words.join(''));

test('twice is as good as once', () => {
	fc.assert(
		fc.property(mixture, (text) => {
			const once = withoutSecrets(text);
			expect(withoutSecrets(once)).toBe(once);
		}),
		{ numRuns: 5000 },
	);
});

test('JSON stays JSON, and JSON inside it as well', () => {
	const name = fc.constantFrom('password', 'token', 'a', 'api_key', 'tokens');
	const words = mixture.map((text) => text.replaceAll('"', ''));
	const inside = fc.dictionary(name, fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null)));
	fc.assert(
		fc.property(inside, (value) => {
			const text = JSON.stringify(value);
			expect(() => JSON.parse(withoutSecrets(text))).not.toThrow();
			const outer: unknown = JSON.parse(withoutSecrets(JSON.stringify([text])));
			expect(() => JSON.parse((outer as string[])[0] ?? '')).not.toThrow();
		}),
		{ numRuns: 5000 },
	);
});

test('long texts take no longer than they are long', () => {
	for (const part of ['a', 'ab-', 'password', '://', 'eyJ', 'x:', '\\"', '-----BEGIN ', "'"]) {
		const text = part.repeat(200_000 / part.length);
		const began = performance.now();
		withoutSecrets(text);
		expect(performance.now() - began, part).toBeLessThan(2_000);
	}
	for (const [start, more] of [
		['', 'eyJ-'],
		['"password":', ' '],
		['password=', '\n'],
	] as const) {
		const began = performance.now();
		withoutSecrets(start + more.repeat(1_000_000 / more.length));
		expect(performance.now() - began, start + more).toBeLessThan(5_000);
	}
});
