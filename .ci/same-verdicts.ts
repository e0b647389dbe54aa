/** Two archives must hold the same verdict in every cell: `node .ci/same-verdicts.ts DIR DIR`. */
import { compared, verdictsIn } from '../reports/verdicts.ts';

const { cells, differ } = compared(
	new Map(process.argv.slice(2).map((folder) => [folder, verdictsIn(folder)])),
);
for (const line of differ) console.log(line);
console.log(`${cells} cells compared, ${differ.length} differ`);
process.exitCode = cells === 0 || differ.length > 0 ? 1 : 0;
