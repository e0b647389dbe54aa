/** The archive on disk: canonical bytes, hashed; nothing of a former run is left to be mistaken for this one. */
import type { KeyObject } from 'node:crypto';
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../fixtures/usage-error.ts';
import { INJECTIONS } from '../suites/matrix.ts';
import { attest, unattested } from './attest.ts';
import { canonical, scrubText, sha256 } from './canonical.ts';
import { type Certificate, certify, type Hashed, type Run, wasSeen } from './certificate.ts';
import { controlsOf } from './compact.ts';
import { evidenceOf } from './evidence.ts';
import { lockOf, lockText } from './lock.ts';
import { page } from './page/page.ts';
import {
	ATTESTATION,
	CERTIFICATE,
	controlPath,
	evidencePath,
	LOCK,
	PAGE,
	SUMMARY,
	SUMS,
	sumsOf,
} from './paths.ts';
import { schemaFiles } from './schemas.ts';
import { summary } from './summary.ts';

/** What a former run may have left and this one could leave out; schemas are always written again. */
const FORMER = [...INJECTIONS.map(evidencePath), CERTIFICATE, SUMMARY, PAGE, LOCK, SUMS, ATTESTATION];

/** Named by their digests. */
const FORMER_CONTROLS = 'controls/{live,boot,stop}-*.json';

function inFolder<T>(dir: string, act: () => T): T {
	try {
		return act();
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? String(error);
		throw new UsageError(
			`The output folder "${scrubText(dir)}" cannot be written (${code}): choose another with --out.`,
		);
	}
}

/** Makes sure that the folder can be written, before a run of many minutes starts. @throws UsageError */
export function prepareOutput(dir: string): void {
	inFolder(dir, () => {
		const trial = join(dir, 'evidence', `.writable-${process.pid}`);
		mkdirSync(dirname(trial), { recursive: true });
		writeFileSync(trial, '');
		rmSync(trial);
	});
}

/** Removes the files of a former run, and only those. @throws UsageError */
export function clearOutput(dir: string): void {
	inFolder(dir, () => {
		for (const path of FORMER) rmSync(join(dir, path), { force: true });
		for (const name of globSync(FORMER_CONTROLS, { cwd: dir })) rmSync(join(dir, name), { force: true });
	});
}

/**
 * Writes the archive of a run, signed with `key` where the run is a whole one, and returns its certificate. Synchronous,
 * because an interrupted process writes it while it exits. @throws UsageError
 */
export function writeArchive(dir: string, run: Run, key?: KeyObject): Certificate {
	const files: (Hashed & { readonly text: string })[] = [];
	const add = (path: string, text: string): void => {
		files.push({ path, sha256: sha256(text), text });
	};
	const seen = run.results.filter(wasSeen);
	for (const result of seen) add(evidencePath(result.id), canonical(evidenceOf(result, run.now)));
	const certificate = certify(run, files);
	for (const [digest, control] of controlsOf(seen.flatMap(({ records }) => records)))
		add(controlPath(digest, control.phase), canonical(control));
	add(CERTIFICATE, canonical(certificate));
	for (const [path, text] of schemaFiles()) add(path, text);
	add(SUMMARY, summary(certificate, run.results));
	add(PAGE, page(certificate, run.results));
	const lock = lockOf(certificate);
	if (lock !== undefined) add(LOCK, lockText(lock));

	clearOutput(dir);
	inFolder(dir, () => {
		for (const { path, text } of files) {
			mkdirSync(dirname(join(dir, path)), { recursive: true });
			writeFileSync(join(dir, path), text);
		}
		const sums = sumsOf(files);
		writeFileSync(join(dir, SUMS), sums);
		if (key !== undefined && unattested(certificate) === undefined)
			writeFileSync(join(dir, ATTESTATION), attest(certificate, sums, key));
	});
	return certificate;
}
