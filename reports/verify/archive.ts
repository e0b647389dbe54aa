/** An archive as its files, read once: everything that is asked of it afterwards is asked of these bytes. */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UsageError } from '../../fixtures/usage-error.ts';
import type { Hashed } from '../certificate.ts';
import { ATTESTATION, CERTIFICATE, LOCK, PAGE, SUMMARY, SUMS } from '../paths.ts';

/** Path below the archive → its bytes. */
export type Archive = ReadonlyMap<string, Buffer>;

/** Folders in which nothing may lie that is not listed. */
export const OWN = /^(evidence|controls)\//;

/** @throws UsageError where there is no archive. */
export function readArchive(dir: string): Archive {
	const here = (path: string): boolean =>
		lstatSync(join(dir, path), { throwIfNoEntry: false })?.isFile() ?? false;
	if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory())
		throw new UsageError(`there is no folder ${dir}: give the folder of an archive, for example reports/out`);
	if (!here(SUMS) && !here(CERTIFICATE))
		throw new UsageError(`${dir} holds no archive: neither ${SUMS} nor ${CERTIFICATE} is there`);
	const listed = here(SUMS) ? listedIn(readFileSync(join(dir, SUMS))).map(({ path }) => path) : [];
	const paths = new Set([SUMS, CERTIFICATE, SUMMARY, PAGE, LOCK, ATTESTATION, ...listed, ...own(dir)]);
	return new Map(
		[...paths]
			.filter((path) => !path.split('/').includes('..'))
			.flatMap((path) => {
				const bytes = bytesOf(join(dir, path));
				return bytes === undefined ? [] : [[path, bytes] as const];
			}),
	);
}

/** Whatever lies in the archive's own folders. */
const own = (dir: string): readonly string[] =>
	['evidence', 'controls'].flatMap((folder) => {
		if (!lstatSync(join(dir, folder), { throwIfNoEntry: false })?.isDirectory()) return [];
		const found = readdirSync(join(dir, folder), { recursive: true, withFileTypes: true });
		return found
			.filter((entry) => !entry.isDirectory())
			.map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'));
	});

/** Of a link or a pipe no more than that something is there: an archive holds its files itself. */
function bytesOf(path: string): Buffer | undefined {
	try {
		const found = lstatSync(path);
		if (found.isDirectory()) return undefined;
		return found.isFile() ? readFileSync(path) : Buffer.alloc(0);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
		throw new UsageError(`${path} cannot be read (${code})`);
	}
}

/** The lines of SHA256SUMS; a line that is none has an empty hash, which no file has. */
export const listedIn = (sums: Buffer): readonly Hashed[] =>
	sums
		.toString('latin1')
		.split('\n')
		.slice(0, -1)
		.map((line) => {
			const [, sha256 = '', path = line] = /^([0-9a-f]{64}) {2}([\w./-]+)$/.exec(line) ?? [];
			return { path, sha256 };
		});
