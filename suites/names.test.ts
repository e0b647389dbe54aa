/** `vitest -t W3` runs exactly one injection: its tests carry that id in their name, and no others do. */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { PHASES } from '../probes/observe/observation.ts';
import { INJECTIONS, type InjectionId, injectionName, MATRIX, row } from './matrix.ts';

const ROOT = join(import.meta.dirname, '..');
const SUITES = globSync('{writer,reader,cleanup,api,replay,cascade}/*.test.ts', { cwd: import.meta.dirname });

interface Listed {
	readonly name: string;
	readonly projectName: string;
}

const listed = JSON.parse(
	execFileSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'list', '--json'], {
		cwd: ROOT,
		encoding: 'utf8',
		maxBuffer: 1 << 26,
	}),
) as readonly Listed[];

test('there are names to look at', () => {
	expect(listed.length).toBeGreaterThan(100);
	expect(SUITES.length).toBeGreaterThan(0);
});

test('no other test carries an id', () => {
	const others = listed.filter(({ projectName }) => projectName !== 'certification').map(({ name }) => name);
	expect(others.filter((name) => INJECTIONS.some((id) => name.includes(id)))).toEqual([]);
});

/** The id that a file begins with; in the loop of a test, since a test of its own would carry the id in its name. */
function idOf(file: string): InjectionId {
	const id = INJECTIONS.find((one) => basename(file).startsWith(`${one}-`));
	if (id === undefined) throw new Error(`${file} does not begin with the id of an injection`);
	return id;
}

test('each suite is named by the matrix, in its folder', () => {
	for (const file of SUITES) {
		const id = idOf(file);
		expect(file).toMatch(new RegExp(`^${MATRIX[id].scope}/`));
		expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toContain(
			`describe('${injectionName(id)}', `,
		);
	}
});

test('each suite has a test for every phase of its row, and one block alone', () => {
	const labels = { live: ['live'], boot: ['boot, sticky', 'boot, healable'], stop: ['stop'] };
	for (const id of SUITES.map(idOf)) {
		const phases = PHASES.filter((phase) => !(phase in row(id).notIn)).flatMap((phase) => labels[phase]);
		const selected = listed.filter(({ name }) => name.includes(id)).map(({ name }) => name);
		expect(selected).toEqual(phases.map((phase) => `${injectionName(id)} > ${phase}`));
	}
});
