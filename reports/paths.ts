/** What the files of an archive are called, and the list of them. */
import type { Phase } from '../probes/observe/observation.ts';
import type { InjectionId } from '../suites/matrix.ts';
import type { Hashed } from './certificate.ts';

export const SUMS = 'SHA256SUMS';
export const CERTIFICATE = 'certificate.json';
export const SUMMARY = 'summary.md';
export const CTRF = 'ctrf.json';
export const BADGE = 'badge.json';
export const PAGE = 'index.html';
/** In the order in which they are listed. */
export const DERIVED = [SUMMARY, PAGE, CTRF, BADGE] as const;
export const LOCK = 'bystander.lock.json';
export const ATTESTATION = 'attestation.intoto.jsonl';

/** Beside the archive, and no part of it: one tells of two archives, the other is Vitest's own. */
export const CHANGES = 'changes.md';
export const JUNIT = 'junit.xml';

export const evidencePath = (id: InjectionId): string => `evidence/${id}.json`;

/** Path below the archive, e.g. `controls/live-3fa20b1c9d04.json`. */
export const controlPath = (digest: string, phase: Phase): string =>
	`controls/${phase}-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}.json`;

/** `<sha256>  <path>` per line: `sha256sum -c SHA256SUMS` checks it from inside the folder. */
export const sumsOf = (files: readonly Hashed[]): string =>
	files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join('');
