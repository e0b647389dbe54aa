/** Pure: the files of an archive that say again what its certificate and its evidence say, each for another reader. */
import { canonical } from './canonical.ts';
import type { InjectionResult } from './cells.ts';
import type { Certificate } from './certificate.ts';
import { badge } from './feeds/badge.ts';
import { ctrf } from './feeds/ctrf.ts';
import { page } from './page/page.ts';
import { BADGE, CTRF, PAGE, SUMMARY } from './paths.ts';
import { summary } from './summary.ts';

/** Path and text of each, in the order in which they are listed: what writes an archive and what verifies it make the same. */
export const derived = (
	certificate: Certificate,
	results: readonly InjectionResult[],
): readonly (readonly [path: string, text: string])[] => [
	[SUMMARY, summary(certificate, results)],
	[PAGE, page(certificate, results)],
	[CTRF, canonical(ctrf(certificate, results))],
	[BADGE, canonical(badge(certificate, results))],
];
