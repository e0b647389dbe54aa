/**
 * Two archives must hold the same verdict in every cell: `node .ci/same-verdicts.ts DIR DIR`; with `--observations` first,
 * of the same commit and seed, the same observations as well, timings aside.
 */
import { resolve } from 'node:path';
import { compared, verdictsIn } from '../reports/verdicts.ts';
import { readArchive } from '../reports/verify/archive.ts';
import { observationsIn } from '../reports/verify/steady.ts';

const [first, ...rest] = process.argv.slice(2);
const observations = first === '--observations';
const dirs = (observations ? rest : [first ?? '', ...rest]).map((dir) => resolve(dir));
if (new Set(dirs).size < 2) throw new Error('there is nothing to compare: give two folders');

const verdicts = compared(new Map(dirs.map((dir) => [dir, verdictsIn(dir)])));
for (const line of verdicts.differ) console.log(line);
console.log(`${verdicts.cells} cells compared, ${verdicts.differ.length} differ`);
let wrong = verdicts.cells === 0 || verdicts.differ.length > 0;
if (observations) {
	const { cells: parts, differ } = compared(
		new Map(dirs.map((dir) => [dir, observationsIn(readArchive(dir))])),
	);
	for (const line of differ) console.log(line);
	console.log(`${parts} parts of observations compared by their digests, ${differ.length} differ`);
	wrong ||= parts === 0 || differ.length > 0;
}
process.exitCode = wrong ? 1 : 0;
