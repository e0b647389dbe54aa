import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect } from 'vitest';
import { SCENARIOS } from '../fixtures/subjects/port.ts';
import reference from '../fixtures/subjects/reference.ts';
import frozen from './frozen.json' with { type: 'json' };
import { PROBE_NAMES, PROBES, probeDigest, runProbes } from './index.ts';
import { SUBJECT, test } from './testkit.ts';

const files = async (folder: string): Promise<string[]> =>
	(await readdir(fileURLToPath(new URL(folder, import.meta.url)))).filter(
		(file) => !file.endsWith('.test.ts'),
	);

describe('the probe set', () => {
	test('is the frozen one: changing a probe means certifying again', async () => {
		expect(PROBE_NAMES).toEqual(frozen.probes);
		expect(
			await probeDigest(),
			'A probe was changed. What was certified with the old set must be certified again; if that is meant, run `node probes/freeze.ts` and commit probes/frozen.json',
		).toBe(frozen.digest);
	});

	test('is documented, each in a row', async () => {
		const text = await readFile(new URL('../docs/data-law.md', import.meta.url), 'utf8');
		const named = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
		expect(named.toSorted()).toEqual(PROBE_NAMES.toSorted());
	});

	test('has fifteen, in the frozen order, each in a file of its own', async () => {
		expect(Object.keys(PROBES)).toEqual([...PROBE_NAMES]);
		expect(PROBE_NAMES).toHaveLength(15);
		const found = [...(await files('./sql/')), ...(await files('./api/'))];
		expect(found).toEqual(expect.arrayContaining(PROBE_NAMES.map((name) => `${name}.ts`)));
	});
});

describe('a run of the probes', () => {
	test('leaves the client as it was', async ({ database }) => {
		const client = new pg.Client(database.adminUrl);
		await client.connect();
		const run = await runProbes({ client, subject: SUBJECT, when: 'after' });
		const { rows } = await client.query(
			`select current_setting('transaction_read_only') as only, current_setting('lock_timeout') as timeout`,
		);
		await client.end();
		expect(rows).toEqual([{ only: 'off', timeout: '0' }]);
		expect(run).toMatchObject({ when: 'after', digest: await probeDigest() });
		expect(run.results.map(({ name }) => name)).toEqual([...PROBE_NAMES]);
	});

	test('a probe that cannot look leaves the others their transaction', async ({ database, owner }) => {
		await owner('alter table telemetry_event drop authoritative');
		const { results } = await runProbes({ adminUrl: database.adminUrl, subject: SUBJECT, when: 'before' });
		const verdicts = Object.fromEntries(results.map(({ name, verdict }) => [name, verdict]));
		expect(verdicts).toMatchObject({
			'non-authoritative': 'inconclusive',
			'replay-isolation': 'passed',
			'write-order': 'passed',
		});
	});

	test('an empty database gives no pass', async ({ server }) => {
		const empty = await server.createDatabase({ roles: [] });
		const { results } = await runProbes({ adminUrl: empty.adminUrl, subject: SUBJECT, when: 'before' });
		await empty.drop();
		expect(results.filter(({ verdict }) => verdict === 'passed')).toEqual([]);
	});

	test('a subject that declares nothing gets no pass', async ({ database }) => {
		const subject = { truth: [], telemetry: [], endpoints: [], replayReads: [], capabilities: {} };
		const { results } = await runProbes({ adminUrl: database.adminUrl, subject, when: 'before' });
		expect(results.map(({ verdict }) => verdict)).toEqual(PROBE_NAMES.map(() => 'inconclusive'));
	});

	test('throws when there is no database to look at', async () => {
		await expect(
			runProbes({ adminUrl: 'postgres://127.0.0.1:9/none', subject: SUBJECT, when: 'before' }),
		).rejects.toThrow(/ECONNREFUSED/);
	});

	test('all fifteen pass on the reference', { timeout: 60_000 }, async ({ server }) => {
		const database = await server.createDatabase({ roles: reference.roles });
		await reference.migrate(database);
		const running = await reference.start({ database, deadlineMs: 20_000 });
		try {
			const signal = AbortSignal.timeout(30_000);
			const runs: string[] = [];
			for (const scenario of SCENARIOS) {
				const { run } = await running.execute({ key: scenario, scenario }, signal);
				if (run) runs.push(run);
			}
			await running.drain?.(signal);
			const { origin, headers } = running;
			const api = { origin, headers, runs };
			const { results } = await runProbes({
				adminUrl: database.adminUrl,
				subject: reference,
				api,
				when: 'before',
			});
			expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
			const withoutKey = { ...api, headers: {} };
			const refused = await runProbes({
				adminUrl: database.adminUrl,
				subject: reference,
				api: withoutKey,
				when: 'before',
			});
			expect(refused.results.slice(11).filter(({ verdict }) => verdict === 'passed')).toEqual([]);
		} finally {
			await running.kill();
			await database.drop();
		}
	});
});
