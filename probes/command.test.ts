import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect } from 'vitest';
import { probesCommand } from './command.ts';
import { PROBE_NAMES } from './index.ts';
import { json, test } from './testkit.ts';
import TESTED from './testsubject.ts';

const SUBJECT = 'probes/testsubject.ts';

async function run(args: readonly string[], env: Record<string, string> = {}) {
	const lines = { out: '', error: '' };
	const code = await probesCommand(args, env, {
		out: (text) => {
			lines.out += text;
		},
		error: (text) => {
			lines.error += text;
		},
	});
	return { code, ...lines };
}

const password = (url: string): string => new URL(url).password;

describe('npm run probes', () => {
	test('ends with 2 without an API, and the four say why', async ({ database }) => {
		const { code, out } = await run(['--database-url', database.adminUrl, '--subject', SUBJECT]);
		expect(code).toBe(2);
		expect(out).toContain('11 of 15 passed');
		expect(out.match(/no API URL was given/g)).toHaveLength(4);
		expect(out).not.toContain(password(database.adminUrl));
	});

	test('ends with 0 where all pass; the key is sent as a bearer token', async ({ database, serve }) => {
		const { origin } = await serve((path, authorised) => {
			if (!authorised) return json({}, 401);
			if (path === '/metrics') return json({ authoritative: false });
			return path === '/incidents' ? json([{ id: 1 }]) : json({ path });
		});
		const args = ['--api-url', origin, '--subject', SUBJECT, '--json'];
		const env = { DATABASE_URL: database.adminUrl, BYSTANDER_API_KEY: 'secret' };
		const { code, out } = await run(args, env);
		expect(JSON.parse(out)).toMatchObject({
			frozen: true,
			results: PROBE_NAMES.map((name) => ({ name, verdict: 'passed' })),
		});
		expect(code).toBe(0);
		expect((await run(args, { DATABASE_URL: database.adminUrl })).code).toBe(2);
	});

	test('ends with 0 where one does not apply, and says so', async ({ database, serve }) => {
		const { origin } = await serve((path, authorised) => {
			if (!authorised) return json({}, 401);
			return path === '/incidents' ? json([{ id: 1 }]) : json({ path });
		});
		const folder = mkdtempSync(join(tmpdir(), 'bystander-probes-'));
		const file = join(folder, 'subject.mjs');
		const declared = JSON.stringify({ ...TESTED, capabilities: { ...TESTED.capabilities, metrics: [] } });
		writeFileSync(file, `export default ${declared};`);
		const env = { DATABASE_URL: database.adminUrl, BYSTANDER_API_KEY: 'secret' };
		const { code, out } = await run(['--api-url', origin, '--subject', file], env);
		rmSync(folder, { recursive: true });
		const lines = stripVTControlCharacters(out);
		expect(lines).toMatch(/^not applicable +graceful-degradation/m);
		expect(lines).toContain('14 of 15 passed, 1 not applicable');
		expect(out).toContain('the subject declares no metrics endpoint');
		expect(code).toBe(0);
	});

	test('ends with 1 where one failed', async ({ database, owner }) => {
		await owner('alter table telemetry_event alter authoritative drop not null');
		const { code, out } = await run(['--subject', SUBJECT], { DATABASE_URL: database.adminUrl });
		expect(code).toBe(1);
		expect(out).toContain('telemetry_event.authoritative may be NULL');
	});

	test.for([
		['no database', [], /^Name the database with --database-url or DATABASE_URL$/],
		['an unknown option', ['--databse-url', 'postgres://u:hush@h/d'], /^An option is unknown/],
		['a value without an option', ['postgres://u:hush@h/d'], /^An argument has no option/],
		['an option without a value', ['--database-url'], /^An option has no value/],
		[
			'a database out of reach',
			['--database-url', 'postgres://u:hush@127.0.0.1:9/d'],
			/^The database cannot be/,
		],
		['a database URL that is none', ['--database-url', 'postgres://u:hush@:x:/d'], /^The database cannot be/],
		[
			'no such subject',
			['--database-url', 'postgres://h/d', '--subject', './none.ts'],
			/^there is no subject file .*none\.ts/,
		],
		[
			'no subject in the file',
			['--database-url', 'x', '--subject', 'probes/probe.ts'],
			/must export a subject by default/,
		],
	] as const)('ends with 3 and one sentence: %s', async ([, args, message]) => {
		const { code, out, error } = await run(args);
		expect({ code, out }).toEqual({ code: 3, out: '' });
		expect(error).toMatch(message);
		expect(error).not.toMatch(/\n|hush/);
	});

	test.for([
		['an API out of reach', 'http://127.0.0.1:9', /^The API at http:\/\/127\.0\.0\.1:9 cannot be reached/],
		['an API URL with a password', 'http://u:hush@127.0.0.1', /^--api-url takes/],
	] as const)('ends with 3 and one sentence: %s', async ([, url, message], { database }) => {
		const env = { DATABASE_URL: database.adminUrl };
		const { code, error } = await run(['--api-url', url, '--subject', SUBJECT], env);
		expect(code).toBe(3);
		expect(error).toMatch(message);
		expect(error).not.toMatch(/\n|hush/);
	});
});
