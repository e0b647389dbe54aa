/** The `versions` command: certifies on one major version of PostgreSQL after the other, and compares every cell. */
import { join, resolve } from 'node:path';
import { askedFor, serverUrl } from '../fixtures/databases/index.ts';
import { MAJORS, type Major, majorOf } from '../fixtures/databases/majors.ts';
import { UsageError } from '../fixtures/usage-error.ts';
import { scrubText } from '../reports/canonical.ts';
import { compared, serversIn, type Verdicts, verdictsIn } from '../reports/verdicts.ts';
import { certify } from './certify.ts';

/** What came of one major version. */
export interface Tried {
	readonly major: Major;
	/** What ran, as the certificate says: `14.23`. */
	readonly server: string;
	/** Exit code of its certification; 3 where it could not be carried out. */
	readonly code: number;
	/** What its user or the environment has to mend, where it is 3. */
	readonly why?: string;
	readonly verdicts: Verdicts;
	readonly seconds: number;
}

/**
 * Takes the options of `certify`, `--postgres` being a list. Resolves to 1 when a cell is violated somewhere, else to
 * 3 when a version could not be certified on, else to 2 when not every cell is held, else to 0. Throws the UsageError
 * of the first version when it went no better for any.
 */
export async function versions(given: Record<string, unknown>): Promise<number> {
	// Once, since it is out of the environment then.
	const database = askedFor(given.database);
	if (serverUrl(database) !== undefined)
		throw new UsageError(
			'versions takes one version after the other, and a server that is given by its URL has one: certify on it, or use --database auto, embedded or docker',
		);
	const asked = given.postgres === undefined ? MAJORS : String(given.postgres).split(',').map(majorOf);
	// A certification leaves a few listeners for the end of the process; Node warns at eleven.
	process.setMaxListeners(10 * MAJORS.length);
	const tried: Tried[] = [];
	for (const major of new Set(asked)) tried.push(await tryOn(major, { ...given, database }));
	const [first] = tried;
	if (first?.why !== undefined && tried.every(({ why }) => why !== undefined))
		throw new UsageError(first.why);
	for (const line of conclusion(tried)) process.stdout.write(`${scrubText(line)}\n`);
	return worst(tried);
}

async function tryOn(major: Major, given: Record<string, unknown>): Promise<Tried> {
	const out = join(resolve(String(given.out)), String(major));
	const began = performance.now();
	const tried = (code: number) => ({
		major,
		code,
		seconds: Math.round((performance.now() - began) / 1000),
	});
	try {
		const code = await certify({ ...given, postgres: major, out });
		process.stdout.write('\n');
		return { ...tried(code), server: serversIn(out).join(', '), verdicts: verdictsIn(out) };
	} catch (error) {
		// It may well be had in another version.
		if (!(error instanceof UsageError)) throw error;
		return { ...tried(3), server: '', why: error.message, verdicts: new Map() };
	}
}

const CODES = [1, 3, 2, 0] as const;

/** A violation outweighs all; what differs is not held somewhere, and so told by a code already. */
export const worst = (tried: readonly Pick<Tried, 'code'>[]): number =>
	CODES.find((code) => tried.some((one) => one.code === code)) ?? 2;

const STATUSES = ['held', 'violated', 'inconclusive', 'not run'] as const;
const SAID: Readonly<Record<number, string>> = { 0: 'held', 1: 'violated', 2: 'inconclusive or incomplete' };

/** A line for each version, each cell that is not the same everywhere, and what that comes to. Pure. */
export function conclusion(tried: readonly Tried[]): readonly string[] {
	const shown = tried.filter(({ why }) => why === undefined);
	const { cells, differ } = compared(
		new Map(shown.map(({ server, verdicts }) => [`PostgreSQL ${server}`, verdicts])),
	);
	const missing = tried.filter(({ why }) => why !== undefined).map(({ major }) => major);
	const open = missing.length === 0 ? '' : `; nothing is known of ${missing.join(', ')}`;
	return [...table(tried), '', ...differ, `${told(cells, differ.length, shown.length)}${open}.`];
}

function table(tried: readonly Tried[]): readonly string[] {
	const head = ['PostgreSQL', ...STATUSES, 'took', ''];
	const rows = tried.map(({ major, server, code, why, verdicts, seconds }) => [
		server || String(major),
		...STATUSES.map((status) => String([...verdicts.values()].filter((one) => one === status).length)),
		`${seconds} s`,
		why ?? SAID[code] ?? `exit code ${code}`,
	]);
	const last = head.length - 1;
	const width = (column: number) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0));
	return [head, ...rows].map((cells) =>
		cells
			.map((cell, column) => (column === last ? cell : cell.padStart(width(column))))
			.join('  ')
			.trimEnd(),
	);
}

function told(cells: number, differ: number, on: number): string {
	if (cells === 0) return 'Nothing was compared';
	if (on === 1) return `${cells} cells on one version: nothing to compare them with`;
	if (differ > 0) return `${differ} of ${cells} cells differ between ${on} versions`;
	return `${cells} cells, the same verdicts on all ${on} versions`;
}
