/** The `diff` command: what changed from one archive to another. It believes both: `verify` looks whether they may be. */
import { withoutSecrets } from '../secrets.ts';
import { diff, worseness } from './diff.ts';
import { readSide } from './side.ts';
import { changesLines, changesMarkdown, sentence } from './told.ts';

/** 0 where nothing got worse, 1 where something is newly violated, 2 where less is known or nothing can be compared. */
export function diffCommand(
	base: string,
	head: string,
	{ json, markdown }: { readonly json?: boolean; readonly markdown?: boolean },
): number {
	const difference = diff(readSide(base), readSide(head));
	const text = json
		? `${JSON.stringify({ says: sentence(difference), ...difference }, null, 2)}\n`
		: markdown
			? changesMarkdown(difference)
			: `${changesLines(difference).join('\n')}\n`;
	process.stdout.write(withoutSecrets(text));
	return worseness(difference);
}
