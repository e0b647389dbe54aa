/** `junit.xml`, by Vitest's own reporter: one test case is one phase and named by the cells that it is judged by. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JUnitOptions } from 'vitest/node';
import { row } from '../../suites/matrix.ts';
import { scrubText } from '../canonical.ts';
import { idOf } from '../collect.ts';
import { JUNIT } from '../paths.ts';

/** `reporters: ['default', new CertificationReporter(), junit('reports/out')]`; tests of your own keep their names. */
export const junit = (out: string): ['junit', JUnitOptions] => [
	'junit',
	{
		outputFile: join(out, JUNIT),
		suiteName: 'bystander',
		classnameTemplate: ({ suitename, filename }) => suitename || filename,
		titleTemplate: nameOf,
		includeConsoleOutput: false,
		stackTrace: false,
		hostname: 'localhost',
	},
];

/** `W3 live: W3 I1, W3 I2, …`; tests of somebody's own keep the names of their blocks. */
function nameOf({ classname, title }: { readonly classname: string; readonly title: string }): string {
	const id = idOf(classname);
	if (id === undefined) return classname === '' ? title : `${classname} > ${title}`;
	const cells = row(id).invariants.map((invariant) => `${id} ${invariant}`);
	return `${id} ${title}: ${cells.join(', ')}`;
}

/** Vitest's reporter knows no secrets and no folder: neither is to stay in its file. */
export function scrubJunit(out: string): void {
	const path = join(out, JUNIT);
	writeFileSync(path, scrubText(readFileSync(path, 'utf8')));
}
