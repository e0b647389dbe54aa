/**
 * Pure: everything that an archive claims, derived again from the archive alone. Nothing is run. Edited verdicts are found
 * even with all their hashes, since the observations do not support them; edited observations only by a signature.
 */
import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type InjectionId, row } from '../../suites/matrix.ts';
import { unlikeAttested } from '../attest.ts';
import { canonical, sha256 } from '../canonical.ts';
import type { InjectionResult } from '../cells.ts';
import { type Certificate as Attested, certify, evidenceHash } from '../certificate.ts';
import type { KeptControl } from '../compact.ts';
import { matrixDigest } from '../evidence.ts';
import { lockOf, lockText } from '../lock.ts';
import * as schemas from '../schemas.ts';
import { summary } from '../summary.ts';
import { type Archive, ATTESTATION, CERTIFICATE, LOCK, SUMMARY, SUMS } from './archive.ts';
import { type Check, checkFiles } from './files.ts';
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
	/** Public key of whoever must have signed it. */
	readonly key?: KeyObject;
}

type Seen = schemas.Evidence | schemas.FailureEvidence;

interface Parsed {
	readonly certificate: schemas.Certificate;
	readonly evidence: ReadonlyMap<InjectionId, Seen>;
	readonly controls: ReadonlyMap<string, KeptControl>;
}

const claimed = (what: string, found: string): Check => ({ what, outcome: 'as claimed', found });
const contradicted = (what: string, wrong: readonly string[]): Check => ({
	what,
	outcome: 'contradicted',
	found: wrong.join('; '),
});
const told = (what: string, wrong: readonly string[], found: string): Check =>
	wrong.length > 0 ? contradicted(what, wrong) : claimed(what, found);

/** In the order in which they are told; what follows something that cannot be read is not looked at. */
export async function checkArchive(archive: Archive, means: Means): Promise<readonly Check[]> {
	const files = checkFiles(archive);
	if (!archive.has(CERTIFICATE))
		return [files, { what: 'certificate', outcome: 'missing', found: `there is no ${CERTIFICATE}` }];
	const wrong: string[] = [];
	const parsed = parse(archive, wrong);
	if (wrong.length > 0 && ofOtherShape(archive))
		return [
			files,
			{
				what: 'contents',
				outcome: 'missing',
				found: 'its schemas are those of another version of Bystander: only that one can derive its verdicts',
			},
		];
	if (parsed === undefined) return [files, contradicted('contents', wrong)];
	const contents = told('contents', wrong, `${archive.size} files, as the schemas say`);
	const version = checkVersion(parsed, means);
	const signature = checkSignature(archive, parsed, means);
	// Where a file is not there, what should follow from it cannot.
	if (version.outcome !== 'as claimed' || files.outcome === 'missing')
		return [files, contents, version, signature];
	return [files, contents, version, ...(await checkVerdicts(archive, parsed, means)), signature];
}

function checkSignature(archive: Archive, { certificate }: Parsed, { key }: Means): Check {
	const what = 'signature';
	const line = archive.get(ATTESTATION)?.toString('utf8');
	if (key === undefined)
		return {
			what,
			outcome: 'not looked at',
			found:
				line === undefined
					? 'there is none: the archive is consistent, and nothing shows who made it'
					: 'no --key was given: the archive is consistent, and nothing shows who made it',
		};
	if (line === undefined) return { what, outcome: 'missing', found: `there is no ${ATTESTATION}` };
	const sums = archive.get(SUMS)?.toString('utf8') ?? '';
	const why = unlikeAttested(line, certificate as unknown as Attested, sums, key);
	return told(
		what,
		why === undefined ? [] : [`${ATTESTATION}: ${why}`],
		'signed by the holder of the key, over every file',
	);
}

/** Another version writes other shapes, and says so in its schemas: that contradicts nothing. */
const ofOtherShape = (archive: Archive): boolean =>
	Object.entries(schemas.jsonSchemas()).some(
		([name, schema]) => archive.get(`schemas/${name}`)?.toString('utf8') !== canonical(schema),
	);

/** A number with an exponent, which can be spelt shorter than it is written. */
const EXPONENT = /[:,[]-?\d[\d.]*e/i;

/**
 * Nothing stands in the text but what was read from it: a key that is there twice would be read differently by others. But for
 * exponents no spelling of JSON is shorter than the one that is written, so its length tells.
 */
const isPlain = (text: string, value: unknown): boolean =>
	EXPONENT.test(text) ? canonical(value) === text : JSON.stringify(value).length === text.length;

function parse(archive: Archive, wrong: string[]): Parsed | undefined {
	const read = <T>(path: string, check: (value: unknown, text: string) => T): T | undefined => {
		try {
			const text = archive.get(path)?.toString('utf8') ?? '';
			const value: unknown = JSON.parse(text);
			if (!isPlain(text, value)) wrong.push(`${path} says something twice, or otherwise than it is written`);
			return check(value, text);
		} catch (error) {
			const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
			wrong.push(`${path} cannot be read: ${said}`);
			return undefined;
		}
	};
	const within = (folder: string): string[] =>
		[...archive.keys()].filter((path) => path.startsWith(`${folder}/`)).sort();
	const certificate = read(CERTIFICATE, (value) => schemas.certificate.parse(value));
	const evidence = within('evidence').flatMap((path) => {
		const one = read(path, (value) => {
			('status' in Object(value) ? schemas.failureEvidence : schemas.evidence).parse(value);
			// Itself, not a copy: what is taken over from it need not be compared with it.
			return value as Seen;
		});
		if (one !== undefined && path !== `evidence/${one.injection_id}.json`)
			wrong.push(`${path} is the evidence of ${one.injection_id}`);
		return one === undefined ? [] : [[one.injection_id, one] as const];
	});
	const controls = within('controls').flatMap((path) => {
		// By the digest of its bytes: one that is not canonical is nobody's control.
		const keyed = (value: unknown, text: string) => {
			schemas.control.parse(value);
			return [[`sha256:${sha256(text)}`, value as KeptControl] as const];
		};
		return read(path, keyed) ?? [];
	});
	if (certificate === undefined) return undefined;
	return { certificate, evidence: new Map(evidence), controls: new Map(controls) };
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
	const lacking: string[] = [];
	for (const [id, one] of evidence) {
		try {
			all.push(await resultAgain(id, one, controls, means.factsAgain));
		} catch (error) {
			lacking.push(`${id}: ${error instanceof Error ? error.message : error}`);
		}
	}
	if (lacking.length > 0) return [{ what: 'observations', outcome: 'missing', found: lacking.join('; ') }];
	const results = all.map(({ result }) => result);
	const run = runAgain(certificate, results);
	const wrong = all.flatMap((again) => differences(again, evidence, run.now));
	const phases = results.flatMap(({ records }) => records);
	const cells = results.reduce((sum, result) => sum + result.cells.length, 0);
	const facts = phases.reduce((sum, { witness, outcome }) => sum + witness.length + outcome.length, 0);
	const hashes = [...evidence.keys()].map((id) => {
		const path = `evidence/${id}.json`;
		return { path, sha256: sha256(archive.get(path)?.toString('utf8') ?? '') };
	});
	const again = certify(run, hashes);
	const about = [
		...(evidenceHash(hashes) === certificate.evidence_hash
			? []
			: ['evidence_hash is not that of the evidence']),
		...(canonical(again) === archive.get(CERTIFICATE)?.toString('utf8') ? [] : [unlike(certificate, again)]),
		...(summary(again, run.results) === archive.get(SUMMARY)?.toString('utf8')
			? []
			: [`${SUMMARY} is not what follows from it`]),
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
	const path = `evidence/${result.id}.json`;
	if (isDeepStrictEqual(evidence(now), claim)) return [];
	const { cells } = claim.details as unknown as Pick<InjectionResult, 'cells'>;
	const other = result.cells.flatMap(({ invariant, status, reason }) => {
		const said = Array.isArray(cells)
			? cells.find((cell) => cell.invariant === invariant)?.status
			: undefined;
		return said === status
			? []
			: [`${result.id} ${invariant} is ${status}, not ${said}${reason ? `: ${reason}` : ''}`];
	});
	if (other.length > 0) return other;
	const { phases } = claim.details as unknown as EvidenceDetails;
	const shown = result.records.flatMap(({ witness, outcome }, index) =>
		[...witness, ...outcome].filter((fact) => {
			const said = phases[index];
			return !JSON.stringify([said?.witness, said?.outcome]).includes(JSON.stringify(fact.facts));
		}),
	);
	const [first] = shown;
	return [
		first === undefined
			? `${path} says what does not follow from its observations (${row(result.id).title})`
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
