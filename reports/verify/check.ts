/**
 * Pure: everything that an archive claims, derived again from the archive alone. Nothing is run. Edited verdicts are found
 * even with all their hashes, since the observations do not support them; edited observations only by a signature.
 */
import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { row } from '../../suites/matrix.ts';
import { unlikeAttested } from '../attest.ts';
import { canonical, sha256 } from '../canonical.ts';
import type { InjectionResult } from '../cells.ts';
import { type Certificate as Attested, certify, evidenceHash } from '../certificate.ts';
import { NoControl } from '../compact.ts';
import { matrixDigest } from '../evidence.ts';
import { lockOf, lockText } from '../lock.ts';
import { page } from '../page/page.ts';
import { ATTESTATION, CERTIFICATE, evidencePath, LOCK, PAGE, SUMMARY, SUMS } from '../paths.ts';
import type * as schemas from '../schemas.ts';
import { summary } from '../summary.ts';
import type { Archive } from './archive.ts';
import { stillApplies, strangers, unnamed } from './consistent.ts';
import { type Check, checkFiles } from './files.ts';
import { ofOtherShape, type Parsed, parse, type Seen } from './parse.ts';
import {
	type Again,
	detailsOf,
	type EvidenceDetails,
	type FactsAgain,
	resultAgain,
	runAgain,
} from './rebuild.ts';

export interface Means {
	readonly factsAgain: FactsAgain;
	/** Digest of the frozen probes of this version. */
	readonly probes: string;
	/** Their names, in the frozen order. */
	readonly probeNames: readonly string[];
	/** Public key of whoever must have signed it. */
	readonly key?: KeyObject;
}

const claimed = (what: string, found: string): Check => ({ what, outcome: 'as claimed', found });
const contradicted = (what: string, wrong: readonly string[]): Check => ({
	what,
	outcome: 'contradicted',
	found: wrong.join('; '),
});
const missing = (what: string, found: string): Check => ({ what, outcome: 'missing', found });
const told = (what: string, wrong: readonly string[], found: string): Check =>
	wrong.length > 0 ? contradicted(what, wrong) : claimed(what, found);

/** In the order in which they are told; what follows something that cannot be read is not looked at. */
export async function checkArchive(archive: Archive, means: Means): Promise<readonly Check[]> {
	const files = checkFiles(archive);
	const wrong: string[] = [];
	const parsed = parse(archive, wrong);
	const signature = checkSignature(archive, parsed?.certificate, means);
	if (!archive.has(CERTIFICATE))
		return [files, missing('certificate', `there is no ${CERTIFICATE}`), signature];
	if (wrong.length > 0 && ofOtherShape(archive)) return [files, missing('contents', OTHER_SHAPE), signature];
	if (parsed === undefined) return [files, contradicted('contents', wrong), signature];
	const contents = told('contents', wrong, `${archive.size} files, as the schemas say`);
	const version = checkVersion(parsed, means);
	// Where a file is not there, what should follow from it cannot.
	if (version.outcome !== 'as claimed' || files.outcome === 'missing')
		return [files, contents, version, signature];
	return [files, contents, version, ...(await checkVerdicts(archive, parsed, means)), signature];
}

const OTHER_SHAPE =
	'its schemas are those of another version of Bystander: only that one can derive its verdicts';

function checkSignature(
	archive: Archive,
	certificate: schemas.Certificate | undefined,
	{ key }: Means,
): Check {
	const what = 'signature';
	const line = archive.get(ATTESTATION)?.toString('utf8');
	if (key === undefined) {
		const none = line === undefined ? 'there is none' : 'no --key was given';
		const found = `${none}: the archive is consistent at best, and nothing shows who made it`;
		return { what, outcome: 'not looked at', found };
	}
	if (line === undefined) return missing(what, `there is no ${ATTESTATION}`);
	const sums = archive.get(SUMS)?.toString('utf8') ?? '';
	const why = unlikeAttested(line, certificate as unknown as Attested | undefined, sums, key);
	return told(
		what,
		why === undefined ? [] : [`${ATTESTATION}: ${why}`],
		`signed by the holder of the key, over ${SUMS}`,
	);
}

/** Verdicts can only be derived by the matrix and the probes that they were reached with. */
function checkVersion({ certificate, evidence }: Parsed, { probes }: Means): Check {
	const what = 'matrix and probes';
	const details = detailsOf(certificate);
	const matrices = [
		details.matrix_digest,
		...[...evidence.values()].map((one) => one.details?.matrix_digest),
	];
	const other = matrices.some((digest) => digest !== matrixDigest());
	const foreign = details.probe_digest.filter((digest) => digest !== probes);
	if (!other && foreign.length === 0)
		return claimed(what, `those of this version: ${matrixDigest()}, ${probes}`);
	return {
		what,
		outcome: 'missing',
		found: `made with ${[...(other ? ['another matrix'] : []), ...(foreign.length > 0 ? ['other probes'] : [])].join(' and ')}: only the version of Bystander that made it can derive its verdicts`,
	};
}

async function checkVerdicts(archive: Archive, parsed: Parsed, means: Means): Promise<readonly Check[]> {
	try {
		return await verdictsAgain(archive, parsed, means);
	} catch (error) {
		// A shape that no run writes.
		return [contradicted('verdicts', [`they cannot be derived from what is there: ${String(error)}`])];
	}
}

async function verdictsAgain(archive: Archive, parsed: Parsed, means: Means): Promise<readonly Check[]> {
	const { certificate, evidence, controls } = parsed;
	const all: Again[] = [];
	const [lacking, unfit]: [string[], string[]] = [[], []];
	for (const [id, one] of evidence) {
		try {
			all.push(await resultAgain(id, one, controls, means.factsAgain));
		} catch (error) {
			(error instanceof NoControl ? lacking : unfit).push(`${id}: ${(error as Error).message}`);
		}
	}
	if (unfit.length > 0) return [contradicted('observations', unfit)];
	if (lacking.length > 0) return [missing('observations', lacking.join('; '))];
	const results = all.map(({ result }) => result);
	const run = runAgain(certificate, results);
	const wrong = all.flatMap((again) => differences(again, evidence, run.now));
	const phases = results.flatMap(({ records }) => records);
	const cells = results.reduce((sum, result) => sum + result.cells.length, 0);
	const facts = phases.reduce((sum, { witness, outcome }) => sum + witness.length + outcome.length, 0);
	const hashes = [...evidence.keys()].map((id) => {
		const path = evidencePath(id);
		return { path, sha256: sha256(archive.get(path) ?? '') };
	});
	const again = certify(run, hashes);
	const about = [
		...strangers(archive, again, evidence),
		...unnamed(phases, means),
		...stillApplies(run.results),
		...(evidenceHash(hashes) === certificate.evidence_hash
			? []
			: ['evidence_hash is not that of the evidence']),
		...(canonical(again) === archive.get(CERTIFICATE)?.toString('utf8') ? [] : [unlike(certificate, again)]),
		...(summary(again, run.results) === archive.get(SUMMARY)?.toString('utf8')
			? []
			: [`${SUMMARY} is not what follows from it`]),
		...(page(again, run.results) === archive.get(PAGE)?.toString('utf8')
			? []
			: [`${PAGE} is not what follows from it`]),
		...(lockTextOf(again) === archive.get(LOCK)?.toString('utf8')
			? []
			: [`${LOCK} is not what follows from it`]),
	];
	return [
		told(
			'verdicts',
			wrong,
			`${cells} cells, ${facts} witnesses and outcomes of ${phases.length} phases follow from the observations`,
		),
		told('certificate', about, `it follows from them: ${detailsOf(certificate).verdict}`),
	];
}

const lockTextOf = (certificate: Attested): string | undefined => {
	const lock = lockOf(certificate);
	return lock && lockText(lock);
};

/** Where an evidence file says what does not follow from its own observations. */
function differences(
	{ result, evidence }: Again,
	claims: Parsed['evidence'],
	now: string,
): readonly string[] {
	const claim = claims.get(result.id) as Seen;
	if (isDeepStrictEqual(evidence(now), claim)) return [];
	const { cells, phases } = claim.details as unknown as Pick<InjectionResult, 'cells'> & EvidenceDetails;
	const other = result.cells.flatMap(({ invariant, status, reason }) => {
		const said = cells.find((cell) => cell.invariant === invariant)?.status;
		return said === status
			? []
			: [`${result.id} ${invariant} is ${status}, not ${said}${reason ? `: ${reason}` : ''}`];
	});
	if (other.length > 0) return other;
	const shown = result.records.flatMap(({ witness, outcome }, index) => {
		const said = [...(phases[index]?.witness ?? []), ...(phases[index]?.outcome ?? [])];
		return [...witness, ...outcome].filter((fact, at) => !isDeepStrictEqual(fact, said[at]));
	});
	const [first] = shown;
	return [
		first === undefined
			? `${evidencePath(result.id)} says what does not follow from its observations (${row(result.id).title})`
			: `${result.id}: "${first.name}" is ${first.shown ? '' : 'not '}shown: ${first.facts}`,
	];
}

/** The first key in which two certificates differ. */
function unlike(claim: schemas.Certificate, again: object): string {
	const flat = (one: object): Record<string, unknown> => ({
		...one,
		...(one as { details: object }).details,
		details: undefined,
	});
	const [is, said] = [flat(again), flat(claim)];
	const key = Object.keys({ ...is, ...said }).find(
		(name) => canonical([is[name]]) !== canonical([said[name]]),
	);
	return `${key} does not follow from the evidence: ${canonical(is[key ?? '']).slice(0, 200)}, not ${canonical(said[key ?? '']).slice(0, 200)}`;
}
