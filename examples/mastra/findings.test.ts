/** Each finding holds of the versions that are locked. Where one no longer does, a new version has changed it: say so in FINDINGS.md. */
import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Server } from '../../fixtures/databases/port.ts';
import { launch } from '../../fixtures/failures/scratch.ts';

const INSTALL_MS = 300_000;
const FINDING_MS = 120_000;

const run = promisify(execFile);
const folder = import.meta.dirname;
let server: Server;

beforeAll(async () => {
	if (!existsSync(join(folder, 'node_modules')))
		await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
	server = await launch();
}, INSTALL_MS);
afterAll(() => server?.stop());

const scripts = globSync('findings/*.mjs', { cwd: folder }).sort();

test('every finding is written down', async () => {
	expect(scripts.length).toBeGreaterThan(5);
});

test.for(scripts)('%s holds', { timeout: FINDING_MS }, async (script) => {
	const database = await server.createDatabase({ roles: [] });
	try {
		const said = await run(process.execPath, [script], {
			cwd: folder,
			env: { PATH: process.env.PATH, DATABASE_URL: database.adminUrl },
		}).catch((error: { readonly stdout: string; readonly stderr: string }) => error);
		expect('code' in said ? `${said.stdout}${said.stderr}` : '').toBe('');
	} finally {
		await database.drop();
	}
});
