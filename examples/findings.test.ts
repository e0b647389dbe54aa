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
/** A script that has not ended by then is killed, and its database can be dropped. */
const KILLED_MS = 110_000;

/** How a script has ended that did not end with 0. */
interface Ended {
	readonly code: number | string | null;
	readonly signal: string | null;
	readonly stdout: string;
	readonly stderr: string;
}

const run = promisify(execFile);
const here = import.meta.dirname;
const scripts = globSync('*/findings/*', { cwd: here }).sort();
const systems = [...new Set(scripts.map((script) => dirname(dirname(script))))];
let server: Server;

type Packages = Readonly<Record<string, { readonly version?: string; readonly optional?: true }>>;

/** Whether what is installed is what is locked: each package in its version, but for those that are optional. */
function isInstalled(system: string): boolean {
	const packagesOf = (file: string): Packages =>
		existsSync(join(system, file)) ? JSON.parse(readFileSync(join(system, file), 'utf8')).packages : {};
	const { '': _root, ...locked } = packagesOf('package-lock.json');
	const installed = packagesOf('node_modules/.package-lock.json');
	const same = (path: string) => locked[path]?.version === installed[path]?.version;
	return (
		Object.keys(installed).every(same) &&
		Object.keys(locked).every((path) => same(path) || (locked[path]?.optional && !(path in installed)))
	);
}

beforeAll(async () => {
	for (const cwd of systems.map((system) => join(here, system)))
		if (!isInstalled(cwd)) await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd });
	server = await launch();
}, INSTALL_MS);
afterAll(() => server?.stop());

const read = (file: string): string => readFileSync(join(here, file), 'utf8');

test('FINDINGS.md names each, and none that is not there; so does that of its system', () => {
	const named = read('FINDINGS.md').match(/[\w-]+\/findings\/[\w.-]+/g) ?? [];
	expect([...new Set(named)].sort()).toEqual(scripts);
	const ofSystems = systems.flatMap((system) =>
		(read(`${system}/FINDINGS.md`).match(/findings\/[\w.-]+/g) ?? []).map((script) => `${system}/${script}`),
	);
	expect([...new Set(ofSystems)].sort()).toEqual(scripts);
});

test('what is said of versions is said of those that are locked', () => {
	const saidIn = (file: string): readonly string[] =>
		[...read(file).matchAll(/(@mastra\/\w+|pg-boss|\bpg)`? (\d+\.\d+\.\d+)/g)].map(
			([, name, version]) => `${name} ${version}`,
		);
	const lockedIn = (system: string): readonly string[] =>
		Object.entries<string>(JSON.parse(read(`${system}/package.json`)).dependencies)
			.filter(([name]) => name !== 'zod')
			.map(([name, version]) => `${name} ${version}`);
	for (const file of ['FINDINGS.md', ...systems.map((system) => `${system}/README.md`), ...scripts])
		expect(systems.flatMap(lockedIn), file).toEqual(expect.arrayContaining([...saidIn(file)]));
	for (const system of systems)
		expect(new Set(saidIn(`${system}/FINDINGS.md`)), system).toEqual(new Set(lockedIn(system)));
});

// Side by side: each has a database of its own, and waits most of its time.
test.concurrent.for(scripts)('%s holds', { timeout: FINDING_MS }, async (script) => {
	const database = await server.createDatabase({ roles: [] });
	try {
		const { code, signal, stdout, stderr } = await run(process.execPath, [join(here, script)], {
			cwd: join(here, dirname(dirname(script))),
			env: { PATH: process.env.PATH, DATABASE_URL: database.adminUrl },
			timeout: KILLED_MS,
			killSignal: 'SIGKILL',
		}).then(
			(said) => ({ ...said, code: 0, signal: null }),
			(error: Ended) => error,
		);
		expect({ code, signal }, `${stdout}${stderr}`).toEqual({ code: 0, signal: null });
	} finally {
		await database.drop();
	}
});
