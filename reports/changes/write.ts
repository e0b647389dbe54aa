/**
 * `changes.md`, beside an archive and no part of it: it tells of two archives, and whoever has both gets the same by
 * `bystander diff BASE HEAD --markdown`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scrubText } from '../canonical.ts';
import { CHANGES } from '../paths.ts';
import { diff } from './diff.ts';
import type { Side } from './side.ts';
import { changesLines, changesMarkdown } from './told.ts';

export interface Written {
	readonly markdown: string;
	/** For a terminal. */
	readonly lines: readonly string[];
}

export function writeChanges(out: string, base: Side, head: Side): Written {
	const difference = diff(base, head);
	const markdown = scrubText(changesMarkdown(difference));
	writeFileSync(join(out, CHANGES), markdown);
	return { markdown, lines: ['', ...changesLines(difference)] };
}
