/** Two archives must hold the same verdict in every cell: `node .ci/same-verdicts.ts DIR DIR`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Cells = Readonly<Record<string, string>>;

function cellsOf(folder: string): Cells {
	const files = readdirSync(join(folder, 'evidence')).filter((file) => file.endsWith('.json'));
	const cells = files.flatMap((file) => {
		const { injection_id, details } = JSON.parse(readFileSync(join(folder, 'evidence', file), 'utf8')) as {
			readonly injection_id: string;
			readonly details: {
				readonly cells: readonly { readonly invariant: string; readonly status: string }[];
			};
		};
		return details.cells.map(({ invariant, status }) => [`${injection_id} ${invariant}`, status] as const);
	});
	return Object.fromEntries(cells);
}

const [first = '', second = ''] = process.argv.slice(2);
const [one, two] = [cellsOf(first), cellsOf(second)];
const names = [...new Set([...Object.keys(one), ...Object.keys(two)])];
const differ = names.filter((name) => one[name] !== two[name]);
for (const name of differ)
	console.log(`${name}: ${one[name] ?? 'absent'} in ${first}, ${two[name] ?? 'absent'} in ${second}`);
console.log(`${names.length} cells compared, ${differ.length} differ`);
process.exitCode = names.length === 0 || differ.length > 0 ? 1 : 0;
