/** The commit that a subject's module lies in, as git tells it. */
import { execFileSync } from 'node:child_process';
import type { PhaseRecord } from '../reports/record.ts';

type Git = PhaseRecord['subject']['git'];

const known = new Map<string, Git>();

/** Of the repository around `folder`; `undefined` where there is none, or no git. Asked once per process. */
export function gitOf(folder: string): Git {
	if (!known.has(folder)) known.set(folder, ask(folder));
	return known.get(folder);
}

function ask(folder: string): Git {
	const git = (...args: readonly string[]): string =>
		execFileSync('git', ['-C', folder, ...args], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		}).trim();
	try {
		return { commit: git('rev-parse', 'HEAD'), dirty: git('status', '--porcelain') !== '' };
	} catch {
		return undefined;
	}
}
