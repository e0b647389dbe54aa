/** The kill table on disk: `table.json` for machines, `table.md` and `index.html` for people. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../fixtures/usage-error.ts';
import { canonical, scrub, scrubText } from '../canonical.ts';
import { markdown } from './markdown.ts';
import { page } from './page.ts';
import type { KillTable } from './table.ts';

/** Made before a run of many minutes starts. @throws UsageError */
export function writeTable(folder: string, table: KillTable): void {
	try {
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, 'table.json'), canonical(scrub(table)));
		writeFileSync(join(folder, 'table.md'), scrubText(markdown(table)));
		writeFileSync(join(folder, 'index.html'), scrubText(page(table)));
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		if (code === undefined) throw error;
		throw new UsageError(
			`The output folder "${folder}" cannot be written (${code}): choose another with --out.`,
		);
	}
}
