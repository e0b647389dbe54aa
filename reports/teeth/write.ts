/** The kill table on disk: `table.json` for machines, `table.md` and `index.html` for people. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../fixtures/usage-error.ts';
import { canonical, scrubText } from '../canonical.ts';
import { markdown } from './markdown.ts';
import { page } from './page.ts';
import type { KillTable } from './table.ts';

/** Made before a run of many minutes starts. @throws UsageError */
export function writeTable(folder: string, table: KillTable): void {
	try {
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, 'table.json'), canonical(table));
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

/** What a former run has left there. */
export function readTable(folder: string): KillTable | undefined {
	try {
		return JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8')) as KillTable;
	} catch {
		return undefined;
	}
}
