/** Shards of a real run, put together, are the run; two archives of small runs are compared; a shard that is lost is missed. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verdictsIn } from '../reports/verdicts.ts';
import { bystander, type Ended } from './testing/command.ts';

const DEADLINE_MS = 600_000;
const ASKED = ['--only', 'P1,P3'];

let folder: string;
const at = (...path: readonly string[]): string => join(folder, ...path);

const certify = (...args: readonly string[]): Promise<Ended> => bystander('certify', ...ASKED, ...args);
const strike = (...args: readonly string[]): Promise<Ended> => certify('--database', 'embedded', ...args);
const details = (archive: string) =>
	JSON.parse(readFileSync(at(archive, 'certificate.json'), 'utf8')).details as Record<string, unknown>;

let whole: Ended;
let merged: Ended;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'bystander-shards-'));
	whole = await strike('--out', at('whole'));
	mkdirSync(at('shards'));
	for (const shard of ['1', '2']) {
		const part = await strike('--shard', `${shard}/2`, '--out', at(shard));
		expect(part.code, part.said).toBe(0);
		cpSync(at(shard, 'shards'), at('shards'), { recursive: true });
	}
	merged = await certify('--merge', at('shards'), '--base', at('whole'), '--out', at('merged'));
}, DEADLINE_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('they come to the same, cell by cell, and to an archive that is as it claims', {
	timeout: DEADLINE_MS,
}, async () => {
	expect(whole.code, whole.said).toBe(0);
	expect(merged.code, merged.said).toBe(0);
	expect(verdictsIn(at('whole')).size).toBe(8);
	expect(verdictsIn(at('merged'))).toEqual(verdictsIn(at('whole')));
	const { asked, others, cells, subject, database, probe_digest } = details('whole');
	expect(details('merged')).toMatchObject({ asked, others, cells, subject, database, probe_digest });
	expect((await bystander('verify', at('merged'))).said).toContain('AS CLAIMED');
});

test('the two archives differ in nothing, whichever way they are compared', {
	timeout: DEADLINE_MS,
}, async () => {
	expect(merged.said).toContain('NOT WORSE than the base: 16 as before.');
	const again = await bystander('diff', at('whole'), at('merged'), '--markdown');
	expect(again).toEqual({ code: 0, said: readFileSync(at('merged/changes.md'), 'utf8') });
	const { said } = await bystander('diff', at('merged'), at('whole'), '--json');
	expect(JSON.parse(said)).toMatchObject({ incomparable: [], notes: [], changes: [], same: 16, slower: [] });
});

test('a shard that is lost leaves it incomplete', { timeout: DEADLINE_MS }, async () => {
	rmSync(at('shards/2-of-2.json'));
	const lost = await certify('--merge', at('shards'), '--base', at('whole'), '--out', at('lost'));
	expect(lost.said).toContain('INCONCLUSIVE: nothing is certified, because P');
	expect(lost.said).toContain('LESS IS KNOWN than the base: 8 newly not run, 8 as before.');
	expect(lost.code).toBe(2);
});

test.for([
	['no folder of shards', ['--merge', 'nowhere'], /--merge nowhere must be a folder of what certify --shard/],
	['a shard of none', ['--shard', '3/2'], /--shard 3\/2 cannot be used: expected a part and how many/],
	['more shards than injections', ['--shard', '1/3'], /--shard 1\/3: 2 injections cannot be run in more/],
	['both at once', ['--shard', '1/2', '--merge', 'x'], /give one of them/],
	['neither run nor put together', ['--check', '--merge', 'x'], /give one of them/],
	['a base that is none', ['--base', 'nowhere'], /there is no folder nowhere/],
] as const)('%s is one sentence and exit code 3', { timeout: DEADLINE_MS }, async ([, args, why]) => {
	const { code, said } = await strike(...args, '--out', at('none'));
	expect(said).toMatch(why);
	expect(said.trim().split('\n')).toHaveLength(1);
	expect(code).toBe(3);
});
