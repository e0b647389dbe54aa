/** The `verify` command: what an archive claims, derived again from the archive alone. */
import pc from 'picocolors';
import frozen from '../../probes/frozen.json' with { type: 'json' };
import { PROBE_NAMES } from '../../probes/probe.ts';
import { readKey } from '../../reports/attest.ts';
import { scrubText } from '../../reports/canonical.ts';
import { readArchive } from '../../reports/verify/archive.ts';
import { checkArchive } from '../../reports/verify/check.ts';
import type { Check } from '../../reports/verify/files.ts';
import { readAssertions } from './facts-again.ts';

const SIGN: Readonly<Record<Check['outcome'], string>> = {
	'as claimed': pc.green('✓'),
	contradicted: pc.red('✗'),
	missing: pc.yellow('?'),
	'not looked at': pc.dim('–'),
};

/** Resolves to 0 where the archive is as it claims, 1 where it contradicts its claim, 2 where it does not hold enough. */
export async function verify(dir: string, { key }: { readonly key?: unknown }): Promise<number> {
	const archive = readArchive(dir);
	const checks = await checkArchive(archive, {
		factsAgain: readAssertions(),
		probes: frozen.digest,
		probeNames: PROBE_NAMES,
		...(key === undefined ? {} : { key: readKey(String(key), 'public') }),
	});
	const width = Math.max(...checks.map(({ what }) => what.length));
	for (const { what, outcome, found } of checks)
		process.stdout.write(`${SIGN[outcome]} ${what.padEnd(width)}  ${inOneLine(scrubText(found))}\n`);
	return conclude(checks);
}

/** What an archive says stays in its line, and moves no cursor. */
const inOneLine = (text: string): string =>
	text.replace(/\p{Cc}/gu, (character) =>
		JSON.stringify(character).slice(1, -1).replace('\u007f', '\\u007f'),
	);

function conclude(checks: readonly Check[]): number {
	const contradicted = checks.some(({ outcome }) => outcome === 'contradicted');
	const missing = checks.some(({ outcome }) => outcome === 'missing');
	const sentence = contradicted
		? pc.red('CONTRADICTED: the archive is not what it claims to be.')
		: missing
			? pc.yellow('NOT ENOUGH: the archive does not hold what it takes to tell.')
			: pc.green('AS CLAIMED: everything that it says follows from what it holds.');
	process.stdout.write(`\n${pc.bold(sentence)}\n`);
	return contradicted ? 1 : missing ? 2 : 0;
}
