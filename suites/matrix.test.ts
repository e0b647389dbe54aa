/** `docs/matrix.md` says what the matrix says; `npx vitest run suites/matrix.test.ts -u` writes it anew. */
import { expect, test } from 'vitest';
import { INJECTIONS, MATRIX, type Need, row } from './matrix.ts';

const NEEDS: Readonly<Partial<Record<Need, string>>> = {
	metrics: '`metrics`',
	skipped: 'its `skipped`',
	partial: 'its `partial`, or a `metricsPage`',
	cleanupJob: '`cleanupJob` (in a config: `cleanup`)',
	payload: 'a `payload` with its limit',
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

function lineOf(id: (typeof INJECTIONS)[number]): string {
	const { title, timing, method, outcome, witness, invariants, minimal, needs } = row(id);
	const name = `${minimal ? `**${id}**` : id} ${title}`;
	const asked = `${invariants[0]}–${invariants.at(-1)}`;
	const needed = needs.map((need) => NEEDS[need] ?? need).join(', ');
	return `| ${[name, timing, method, outcome, witness, asked, needed].map(cell).join(' | ')} |`;
}

test('the documented matrix is this one', async () => {
	expect(Object.keys(MATRIX)).toEqual(INJECTIONS);
	const text = [
		'# The failure injection matrix',
		'',
		'Each failure is real, each invariant asked of it is a cell, and the outcome is asserted besides. Without its witness',
		'nothing of it is held. The nine in bold are the minimal matrix. What a row needs and a subject does not declare makes',
		'it not applicable. `timing` is relative to the truth commit.',
		'',
		'| | timing | what is struck | what must come of it | witness | asked | needs |',
		'|---|---|---|---|---|---|---|',
		...INJECTIONS.map(lineOf),
		'',
	].join('\n');
	await expect(text).toMatchFileSnapshot('../docs/matrix.md');
});
