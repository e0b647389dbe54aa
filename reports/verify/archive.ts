/** An archive as its files, read once: everything that is asked of it afterwards is asked of these bytes. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../fixtures/usage-error.ts';

/** Path below the archive → its bytes. */
export type Archive = ReadonlyMap<string, Buffer>;

export const SUMS = 'SHA256SUMS';
export const CERTIFICATE = 'certificate.json';
export const SUMMARY = 'summary.md';
export const LOCK = 'bystander.lock.json';
export const ATTESTATION = 'attestation.intoto.jsonl';

/** Folders in which nothing may lie that is not listed. */
export const OWN = /^(evidence|controls)\//;

/** @throws UsageError where there is no archive. */
export function readArchive(dir: string): Archive {
	if (!existsSync(dir) || !statSync(dir).isDirectory())
		throw new UsageError(`there is no folder ${dir}: give the folder of an archive, for example reports/out`);
	const sums = join(dir, SUMS);
	if (!existsSync(sums) && !existsSync(join(dir, CERTIFICATE)))
		throw new UsageError(`${dir} holds no archive: neither ${SUMS} nor ${CERTIFICATE} is there`);
	const listed = existsSync(sums) ? listedIn(readFileSync(sums)).map(({ path }) => path) : [];
	const own = globSync(['evidence/*', 'controls/*', CERTIFICATE, SUMMARY, LOCK, ATTESTATION], { cwd: dir });
	const files = [...new Set([SUMS, ...listed, ...own])].filter(
		(path) =>
			!path.split('/').includes('..') && statSync(join(dir, path), { throwIfNoEntry: false })?.isFile(),
	);
	return new Map(files.map((path) => [path, readFileSync(join(dir, path))]));
}

/** The lines of SHA256SUMS; a line that is none has an empty hash, which no file has. */
export const listedIn = (sums: Buffer): readonly { readonly path: string; readonly sha256: string }[] =>
	sums
		.toString('latin1')
		.split('\n')
		.slice(0, -1)
		.map((line) => {
			const [, sha256 = '', path = line] = /^([0-9a-f]{64}) {2}([\w./-]+)$/.exec(line) ?? [];
			return { path, sha256 };
		});
