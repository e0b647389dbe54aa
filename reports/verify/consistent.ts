/** Pure: whether the parts of an archive fit each other, besides the verdicts. */
import { INJECTIONS } from '../../suites/matrix.ts';
import { type InjectionResult, ran } from '../cells.ts';
import type { Certificate as Attested } from '../certificate.ts';
import { lockOf } from '../lock.ts';
import { CERTIFICATE, controlPath, evidencePath, LOCK, PAGE, SUMMARY, SUMS } from '../paths.ts';
import type { PhaseRecord } from '../record.ts';
import { schemaFiles } from '../schemas.ts';
import { type Archive, listedIn } from './archive.ts';
import type { Means } from './check.ts';
import type { Parsed } from './parse.ts';
import type { EvidenceDetails } from './rebuild.ts';

/** Files that nobody refers to, schemas that are not those, and a list in another order than a run writes it. */
export function strangers(
	archive: Archive,
	again: Attested,
	evidence: Parsed['evidence'],
): readonly string[] {
	const written = [...evidence.values()].flatMap((one) => (one.details as unknown as EvidenceDetails).phases);
	const controls = written.flatMap(({ phase, control }) =>
		control ? controlPath(control.digest, phase) : [],
	);
	const shapes = schemaFiles();
	const expected = [
		...INJECTIONS.filter((id) => evidence.has(id)).map(evidencePath),
		...new Set(controls),
		CERTIFICATE,
		...shapes.map(([path]) => path),
		SUMMARY,
		PAGE,
		...(lockOf(again) === undefined ? [] : [LOCK]),
	];
	const listed = listedIn(archive.get(SUMS) ?? Buffer.alloc(0)).map(({ path }) => path);
	return [
		...(listed.join('\n') === expected.join('\n')
			? []
			: [
					`${SUMS} lists ${listed.filter((path) => !expected.includes(path)).join(', ') || 'other files, or in another order,'} than such a run writes`,
				]),
		...shapes.flatMap(([path, text]) =>
			archive.get(path)?.toString('utf8') === text ? [] : [`${path} is not that schema`],
		),
	];
}

/** Runs of the probes whose results are not of the probes that their digest names. */
export const unnamed = (phases: readonly PhaseRecord[], { probeNames }: Means): readonly string[] =>
	phases
		.flatMap(({ probes }) => probes)
		.some(({ results }) => results.map(({ name }) => name).join() !== probeNames.join())
		? ['the results of the probes are not of the probes that their digest names']
		: [];

/** What was struck shows what the subject declares: what it declares does apply. */
export function stillApplies(results: readonly InjectionResult[]): readonly string[] {
	const struck = results.flatMap(ran);
	const undeclared = new Set(
		struck.flatMap(({ subject }) => subject.undeclared ?? []).map((line) => line.split(':')[0]),
	);
	const reasons = results.flatMap(({ id, records }) =>
		records.flatMap(({ notApplicable }) => (notApplicable === undefined ? [] : [{ id, notApplicable }])),
	);
	return struck.length === 0
		? []
		: [
				...new Set(
					reasons.flatMap(({ id, notApplicable }) => {
						const lacks = notApplicable.replace(/^the subject declares /, '').split(' and ');
						return lacks.every((lack) => undeclared.has(lack))
							? []
							: [`${id} does apply: what was struck shows no lack of that (${notApplicable})`];
					}),
				),
			];
}
