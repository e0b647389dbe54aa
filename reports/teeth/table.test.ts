import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INJECTIONS, row } from '../../suites/matrix.ts';
import { markdown, sentence } from './markdown.ts';
import { page } from './page.ts';
import { firstCatch, isCaught, isWhole, killTable, type Proof, type Red, type Tried } from './table.ts';
import { writeTable } from './write.ts';

const proof = (came: Proof['came']): Proof => ({
	injection: 'W1',
	phase: 'live',
	cell: 'I1',
	came,
	said: '<b>lacks | rows</b>',
	ms: 1200,
});
const red = (cell: Red['cell'], ms: number): Red => ({
	injection: 'W1',
	phase: 'live',
	cell,
	said: 'why',
	ms,
});
const tried = (parts: Partial<Tried> = {}): Tried => ({
	saboteur: 'shared-pool',
	about: 'one pool is enough',
	digest: 'sha256:1',
	proofs: [proof('caught')],
	red: [red('I4', 900), red('I1', 500)],
	phases: 1,
	...parts,
});
const OF = { full: true, asked: 2, at: '2026-01-01T00:00:00.000Z', seconds: 3 };

test('a saboteur is caught when every cell that must has caught it', () => {
	expect(isCaught(tried())).toBe(true);
	expect(isCaught(tried({ proofs: [] }))).toBe(false);
	for (const came of ['missed', 'wrong reason', 'not shown'] as const)
		expect(isCaught(tried({ proofs: [proof('caught'), proof(came)] }))).toBe(false);
});

test('the first catch is the earliest', () => {
	expect(firstCatch(tried())?.cell).toBe('I1');
	expect(firstCatch(tried({ red: [] }))).toBeUndefined();
});

test('cells that nothing turned red are unproven, by name; an outcome is no cell', () => {
	const table = killTable([tried({ red: [red('I1', 1), red('outcome', 1)] })], OF);
	expect(table.proven).toBe(1);
	expect(table.unproven).toHaveLength(118);
	expect(table.unproven).not.toContainEqual({ injection: 'W1', cell: 'I1' });
	expect(table.unproven).toContainEqual({ injection: 'P3', cell: 'I4' });
	const every = INJECTIONS.flatMap((injection) =>
		row(injection).invariants.map((cell): Red => ({ ...red(cell, 1), injection })),
	);
	expect(killTable([tried({ red: every })], OF).unproven).toEqual([]);
});

test('it says how many were caught, and which were not', () => {
	const table = killTable([tried(), tried({ saboteur: 'other', proofs: [proof('missed')] })], OF);
	expect(sentence(table)).toBe(
		'1 of 2 saboteurs caught for the stated reason, in 3 s; 2 of 119 cells have been seen red',
	);
	expect(markdown(table)).toContain('- **other**, W1 live I1, missed: <b>lacks \\| rows</b>');
	expect(markdown(table)).toContain('## Unproven');
	expect(sentence({ ...table, full: false })).toBe('1 of 2 saboteurs caught for the stated reason, in 3 s');
});

test('a table is whole when all that were asked for were caught', () => {
	expect(isWhole(killTable([tried(), tried()], OF))).toBe(true);
	expect(isWhole(killTable([tried()], OF))).toBe(false);
	expect(isWhole(killTable([tried(), tried({ proofs: [] })], OF))).toBe(false);
	expect(isWhole(killTable([], { ...OF, asked: 0 }))).toBe(false);
	expect(sentence(killTable([tried()], { ...OF, full: false }))).toBe(
		'1 of 2 saboteurs caught for the stated reason, 1 not yet tried, in 3 s',
	);
	expect(page(killTable([tried()], OF))).toContain('<p class="bad">1 of 2');
});

test('the page shows what cells said as text', () => {
	const shown = page(killTable([tried()], OF));
	expect(shown).toContain('&lt;b&gt;lacks | rows&lt;/b&gt;');
	expect(shown).not.toContain('<b>lacks');
	expect(shown).toContain(`default-src 'none'`);
});

test('what is written is all there, but for secrets', () => {
	const folder = mkdtempSync(join(tmpdir(), 'bystander-table-'));
	try {
		const table = killTable([tried()], OF);
		writeTable(folder, table);
		expect(JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8'))).toEqual(table);
		expect(readFileSync(join(folder, 'table.md'), 'utf8')).toBe(markdown(table));
		writeTable(folder, killTable([tried({ about: 'postgres://a:hush@host/b' })], OF));
		for (const file of ['table.json', 'table.md', 'index.html'])
			expect(readFileSync(join(folder, file), 'utf8')).not.toContain('hush');
		expect(() => writeTable(join(folder, 'table.md', 'below'), table)).toThrow('cannot be written');
	} finally {
		rmSync(folder, { recursive: true });
	}
});
