/** What is whole once a failure is healed is not restored: so says a subject that counts how often it is asked to. */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bystander, type Ended, ROOT } from './testing/command.ts';

let folder = '';
let run: Ended;

beforeAll(async () => {
	// Inside the tree, so that a subject written there finds the packages.
	folder = mkdtempSync(join(ROOT, 'reports/out-'));
	const subject = join(folder, 'counting.ts');
	writeFileSync(
		subject,
		`import { appendFileSync } from 'node:fs';
		import reference from '../../fixtures/subjects/reference.ts';
		export default {
			...reference,
			async restoreTelemetry(database) {
				appendFileSync(${JSON.stringify(join(folder, 'restored'))}, '.');
				await reference.restoreTelemetry(database);
			},
		};`,
	);
	const out = join(folder, 'archive');
	run = await bystander(
		'certify',
		'--database',
		'embedded',
		'--only',
		'W6,R2',
		'--subject',
		subject,
		'--out',
		out,
	);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('once a phase where its drop alone is to be mended, twice where the failure has taken a table', () => {
	expect(run.code, run.said).toBe(0);
	const phases = (id: string): number =>
		globSync(join(folder, `archive/evidence/${id}.json`))
			.map((path) => JSON.parse(readFileSync(path, 'utf8')) as { details: { phases: unknown[] } })
			.reduce((sum, { details }) => sum + details.phases.length, 0);
	expect(phases('W6')).toBeGreaterThan(0);
	expect(readFileSync(join(folder, 'restored'), 'utf8')).toHaveLength(phases('W6') + 2 * phases('R2'));
});
