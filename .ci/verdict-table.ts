/** The verdicts of archives side by side, as the READMEs of examples/ show them: `node .ci/verdict-table.ts NAME=DIR …`. */
import { INVARIANTS } from '../probes/invariants/verdict.ts';
import type { Status } from '../reports/cells.ts';
import { SIGN } from '../reports/summary.ts';
import { verdictsIn } from '../reports/verdicts.ts';
import { INJECTIONS, row } from '../suites/matrix.ts';

const archives = process.argv.slice(2).map((given) => {
	const [name = '', dir] = given.split('=');
	if (dir === undefined) throw new Error(`${given}: give NAME=DIR`);
	return { name, verdicts: verdictsIn(dir) };
});

const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
line(['', ...archives.map(({ name }) => name)]);
line(['---', ...archives.map(() => '---')]);
for (const id of INJECTIONS) {
	const signs = archives.map(({ verdicts }) =>
		INVARIANTS.flatMap((invariant) => {
			const status = verdicts.get(`${id} ${invariant}`);
			return status === undefined ? [] : SIGN[status as Status];
		}),
	);
	if (signs.every((all) => all.every((sign) => sign === SIGN['not applicable']))) continue;
	line([`${id} ${row(id).title}`, ...signs.map((all) => all.join(' '))]);
}
