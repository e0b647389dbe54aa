/**
 * Each finding holds of the versions that are locked: a script ends with 0 while it does. Where one no longer does, a
 * new version has changed it: say so in FINDINGS.md.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Server } from '../fixtures/databases/port.ts';
import { launch } from '../fixtures/failures/scratch.ts';

const INSTALL_MS = 600_000;
const FINDING_MS = 120_000;

const run = promisify(execFile);
const here = import.meta.dirname;
const scripts = globSync('*/findings/*', { cwd: here }).sort();
const systems = [...new Set(scripts.map((script) => dirname(dirname(script))))];
let server: Server;

beforeAll(async () => {
	for (const cwd of systems.map((system) => join(here, system)))
		if (!existsSync(join(cwd, 'node_modules')))
			await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd });
	server = await launch();
}, INSTALL_MS);
afterAll(() => server?.stop());

test('FINDINGS.md names each, and none that is not there', () => {
	const named = readFileSync(join(here, 'FINDINGS.md'), 'utf8').match(/[\w-]+\/findings\/[\w.-]+/g) ?? [];
	expect([...new Set(named)].sort()).toEqual(scripts);
});

test.for(scripts)('%s holds', { timeout: FINDING_MS }, async (script) => {
	const database = await server.createDatabase({ roles: [] });
	try {
		const said = await run(process.execPath, [join(here, script)], {
			cwd: join(here, dirname(dirname(script))),
			env: { PATH: process.env.PATH, DATABASE_URL: database.adminUrl },
		}).catch((error: { readonly stdout: string; readonly stderr: string }) => error);
		expect('code' in said ? `${said.stdout}${said.stderr}` : '').toBe('');
	} finally {
		await database.drop();
	}
});
