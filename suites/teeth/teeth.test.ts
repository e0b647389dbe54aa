/** The sabotage proof, shortened, run as a user would: some must be caught, and one that breaks nothing must not be. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KillTable } from '../../reports/teeth/table.ts';
import { bystander, ROOT } from '../testing/command.ts';

/** Two minutes on a busy machine of two cores. */
const DEADLINE_MS = 600_000;

/** For each invariant one that is caught in little time. */
const SHORT = [
	'retention-reaches-memory',
	'emits-telemetry',
	'innocent-incident',
	'start-looks-at-telemetry',
	'runs-with-signals',
	'shared-sequence',
];

let out: string;
// Inside the tree, so that a saboteur written there finds the packages.
beforeAll(() => {
	out = mkdtempSync(join(ROOT, 'reports/out-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

async function teeth(...given: readonly string[]) {
	const ended = await bystander('teeth', ...given, '--database', 'embedded', '--out', out);
	const table = JSON.parse(readFileSync(join(out, 'table.json'), 'utf8')) as KillTable;
	return { ...ended, table };
}

test('saboteurs are caught by the cells that must catch them, for the stated reasons', {
	timeout: DEADLINE_MS,
}, async () => {
	const { code, said, table } = await teeth('--only', SHORT.join(','));
	expect(said).toContain(`${SHORT.length} of ${SHORT.length} saboteurs caught for the stated reason`);
	expect(table.tried.map(({ saboteur }) => saboteur.split('/')[1])).toEqual(SHORT);
	for (const { saboteur, red } of table.tried) expect(red.length, saboteur).toBeGreaterThan(0);
	expect(code).toBe(0);
});

test('a saboteur that breaks nothing is missed, and the command fails', {
	timeout: DEADLINE_MS,
}, async () => {
	const file = join(out, 'harmless.ts');
	writeFileSync(
		file,
		`import reference from '../../fixtures/subjects/reference.ts';
		export default { ...reference, about: 'nothing is broken', caughtBy: [
			{ injection: 'P3', phase: 'live', cell: 'I2', message: /replay touched telemetry/ }] };`,
	);
	const { code, said, table } = await teeth('--saboteur', file);
	expect(said).toContain('missed harmless by P3 live I2');
	expect(table.tried[0]?.proofs.map(({ came }) => came)).toEqual(['missed']);
	expect(table.tried[0]?.red).toEqual([]);
	expect(code, said).toBe(1);
});
