/** `junit.xml`, by Vitest's own reporter: one test case is one phase, `W3 live`; what is wrong names its cells. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JUnitOptions } from 'vitest/node';
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
		titleTemplate: ({ classname, title }) =>
			[idOf(classname) ?? (classname === '' ? [] : `${classname} >`), title].flat().join(' '),
		includeConsoleOutput: false,
		stackTrace: false,
		hostname: 'localhost',
	},
];

/** Vitest's reporter knows no secrets and no folder: neither is to stay in its file. */
export function scrubJunit(out: string): void {
	const path = join(out, JUNIT);
	writeFileSync(path, scrubText(readFileSync(path, 'utf8')));
}
