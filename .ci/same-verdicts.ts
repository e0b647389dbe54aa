/** Two archives must hold the same verdict in every cell: `node .ci/same-verdicts.ts DIR DIR`. */
import { resolve } from 'node:path';
import { compared, verdictsIn } from '../reports/verdicts.ts';

const folders = new Map(process.argv.slice(2).map((folder) => [resolve(folder), verdictsIn(folder)]));
if (folders.size < 2) throw new Error('there is nothing to compare: give two folders');
const { cells, differ } = compared(folders);
for (const line of differ) console.log(line);
console.log(`${cells} cells compared, ${differ.length} differ`);
process.exitCode = cells === 0 || differ.length > 0 ? 1 : 0;
