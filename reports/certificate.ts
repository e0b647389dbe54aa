/** Pure: the results of a run become one certificate, one sentence and one exit code (spec §7, §8). */
import { UsageError } from '../fixtures/usage-error.ts';
import { INJECTIONS, type InjectionId, row } from '../suites/matrix.ts';
import { plural } from './amounts.ts';
import { asRead, digestOf } from './canonical.ts';
import { type InjectionResult, judgedOf, ran, type Status, type Trouble, worstStatus } from './cells.ts';
import { departuresOf, lawless } from './departures.ts';
import { matrixDigest, openOf, type Violation, violationsOf } from './evidence.ts';
import type { PhaseRecord } from './record.ts';

export type MatrixName = 'MINIMAL' | 'FULL' | 'PARTIAL';

/** What a run was asked to show. */
export interface Asked {
	readonly matrix: MatrixName;
	readonly ids: readonly InjectionId[];
	/** Why the others were not asked for, e.g. `not selected by -t W3`. */
	readonly others: string;
}

/** Everything a certificate is made of, as plain data. */
export interface Run {
	readonly asked: Asked;
	readonly results: readonly InjectionResult[];
	/** What happened outside of any injection: unhandled errors, files that did not load. */
	readonly troubles: readonly Trouble[];
	/** Why the run ended before its end. */
	readonly interrupted?: string;
	readonly keepGoing: boolean;
	readonly seed?: number;
	readonly startedAt: string;
	readonly now: string;
	readonly durationMs: number;
	readonly versions: Readonly<Record<string, string>>;
}

/** One file of the archive, as SHA256SUMS lists it. */
export interface Hashed {
	readonly path: string;
	/** Lower-case hex. */
	readonly sha256: string;
}

interface Open {
	readonly injection_id: InjectionId;
	/** An invariant, or `witness`, `outcome`, `restoration`, `probes`. */
	readonly cell: string;
	readonly reason: string;
}

/** An injection of which nothing was struck, and all that is known of it. */
export type Unstruck = Pick<InjectionResult, 'id' | 'records' | 'troubles'>;

/** Where nothing was struck, nothing was seen, and there is no evidence file. */
export const wasSeen = (result: InjectionResult): boolean =>
	!['not run', 'not applicable'].includes(result.status) || ran(result).length > 0;

export interface CertificateDetails {
	readonly verdict: string;
	/** What is certified: `FULL`, `MINIMAL`, or either of them `minus` what does not apply. Absent when nothing is. */
	readonly certified?: string;
	/** Every reason why this is no certificate; empty when it is one, or a partial run that held. */
	readonly obstacles: readonly string[];
	readonly asked: readonly InjectionId[];
	readonly cells: Readonly<Record<string, Readonly<Record<string, Status>>>>;
	readonly not_run: readonly Open[];
	readonly inconclusive: readonly Open[];
	/** What the subject does not declare and these cells would look at: they were never struck. */
	readonly not_applicable: readonly Open[];
	/** Probes of the data law that the subject declares not to pass, each with its reason; absent when there is none. */
	readonly departures?: Readonly<Record<string, string>>;
	readonly matrix_digest: string;
	readonly probe_digest: readonly string[];
	readonly subject: readonly PhaseRecord['subject'][];
	readonly database: readonly PhaseRecord['database'][];
	readonly seed?: number;
	readonly keep_going: boolean;
	/** Why the run ended before its end, what went wrong outside of any injection, and why others were not asked for. */
	readonly interrupted?: string;
	readonly troubles?: readonly Trouble[];
	readonly others: string;
	/** What is known of injections without an evidence file: nothing was struck. */
	readonly unstruck: readonly Unstruck[];
	readonly versions: Readonly<Record<string, string>>;
	readonly started_at: string;
	readonly duration_ms: number;
	/** Milliseconds spent in each injection. */
	readonly durations: Readonly<Record<string, number>>;
}

export interface Certificate {
	readonly phase: 'C1';
	/** The set that was asked for, e.g. `FULL`; with injections that do not apply, `FULL minus R1, R2`. */
	readonly failure_matrix: string;
	readonly executed_injections: readonly InjectionId[];
	readonly total_injections: number;
	readonly violations: readonly Violation[];
	readonly all_invariants_held: boolean;
	/** The whole set held. Never with anything left out: {@link CertificateDetails.certified} says what then stands. */
	readonly certification_ready: boolean;
	readonly timestamp_utc: string;
	readonly evidence_hash: string;
	readonly details: CertificateDetails;
}

/** Over the sorted list of {path, sha256} of the evidence files alone (spec §7). */
export const evidenceHash = (files: readonly Hashed[]): string =>
	digestOf(
		files
			.map(({ path, sha256 }) => ({ path, sha256 }))
			.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
	);

function distinct<T>(values: readonly T[]): T[] {
	return [...new Map(values.map((value) => [digestOf(value), value])).values()];
}

/** Every reason why a run is not what it was asked to be, worst first. */
function obstaclesOf(run: Run, records: readonly PhaseRecord[]): string[] {
	const of = (id: InjectionId): InjectionResult | undefined => run.results.find((result) => result.id === id);
	const are = (status: Status): string[] => {
		const ids = run.results.filter((result) => result.status === status).map((result) => result.id);
		return ids.length === 0 ? [] : [`${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} ${status}`];
	};
	// A phase that did not come far enough has no digest to differ.
	const subjects = new Set(
		recordsOf(run).flatMap(({ subject: { name, version, digest } }) =>
			digest === '' ? [] : `${name} ${version} ${digest}`,
		),
	);
	const built = new Set(
		recordsOf(run).flatMap(({ subject: { schema, git } }) =>
			schema === undefined ? [] : `${schema} ${git?.commit ?? ''}`,
		),
	);
	const probes = new Set(records.flatMap((record) => record.probes.map((probe) => probe.digest)));
	const outside = notApplicable(run);
	const absent = run.asked.ids.filter((id) => (of(id)?.status ?? 'not run') === 'not run');
	return [
		...(run.interrupted === undefined ? [] : [`the run stopped short: ${run.interrupted}`]),
		...run.troubles.map((trouble) => trouble.what),
		...(records.length === 0
			? [
					outside.length > 0
						? `nothing that was asked for applies to this subject: ${minus(outside)}`
						: 'no certification test ran',
				]
			: []),
		...are('violated'),
		...are('inconclusive'),
		...(records.length > 0 && absent.length > 0 ? [`${absent.join(', ')} did not run`] : []),
		...run.results
			.filter((result) => result.status === 'not run' && ran(result).length > 0)
			.map((result) => `${result.id} did not run in every phase`),
		...(subjects.size > 1 ? ['the subject changed in between: its digests differ'] : []),
		...(built.size > 1 ? ['the subject changed in between: its schema or its commit differ'] : []),
		...(probes.size > 1 ? ['the probe set changed in between: its digests differ'] : []),
		...(run.keepGoing && run.asked.matrix !== 'PARTIAL'
			? ['--keep-going is for dashboards and certifies nothing']
			: []),
		...lawless(records),
	];
}

/** Every record there is, of phases that did not run as well. */
const recordsOf = (run: Run): readonly PhaseRecord[] => run.results.flatMap(({ records }) => records);

/** The injections that do not apply to the subject. */
const notApplicable = (run: Run): readonly InjectionResult[] =>
	run.results.filter(({ status }) => status === 'not applicable');

/** `R1, R2 (the subject declares no metrics endpoint), C1 (the subject declares no cleanup job)` */
function minus(results: readonly InjectionResult[]): string {
	const reasons = Map.groupBy(results, ({ cells }) => cells[0]?.reason ?? 'no reason was recorded');
	return [...reasons].map(([reason, of]) => `${of.map(({ id }) => id).join(', ')} (${reason})`).join(', ');
}

/** `FULL`, or `FULL minus R1, R2`: no set is called whole that is not. */
function setOf(run: Run): string {
	const ids = notApplicable(run).map(({ id }) => id);
	return ids.length === 0 ? run.asked.matrix : `${run.asked.matrix} minus ${ids.join(', ')}`;
}

function sentence(
	run: Run,
	violations: readonly Violation[],
	obstacles: readonly string[],
	cells: number,
): string {
	const injections = plural(run.results.filter((result) => ran(result).length > 0).length, 'injection');
	const held = `${plural(cells, 'cell')} of ${injections} held`;
	const [first] = violations;
	if (first) {
		const more = violations.length > 1 ? `, the first of ${violations.length} violations` : '';
		const what = /^I\d$/.test(first.invariant) ? first.invariant : `its ${first.invariant}`;
		return `VIOLATED: ${first.injection_id} breaks ${what}${more}; telemetry is not a bystander here.`;
	}
	const law = lawless(run.results.flatMap(ran));
	if (law.length > 0 && obstacles.length === law.length)
		return `NOT CERTIFIED: ${held}, but ${obstacles.join()}.`;
	if (obstacles.length > 0) {
		const more = obstacles.length > 1 ? ` (and ${plural(obstacles.length - 1, 'more reason')})` : '';
		return `INCONCLUSIVE: nothing is certified, because ${obstacles[0]}${more}.`;
	}
	const outside = notApplicable(run);
	if (run.asked.matrix === 'PARTIAL') {
		const without = outside.length > 0 ? `; not applicable: ${minus(outside)}` : '';
		return `HELD: ${held}${without}; a partial run certifies nothing.`;
	}
	return outside.length > 0
		? `CERTIFIED: ${held}: ${run.asked.matrix} minus ${minus(outside)}.`
		: `CERTIFIED: ${held}, the whole ${run.asked.matrix.toLowerCase()} matrix.`;
}

/** The certificate of a run whose evidence files are already hashed. */
export function certify(run: Run, files: readonly Hashed[]): Certificate {
	const executed = run.results.filter((result) => ran(result).length > 0);
	const records = executed.flatMap(ran);
	const cells = executed.flatMap((result) => result.cells);
	const violations = run.results.flatMap(violationsOf);
	const obstacles = obstaclesOf(run, records);
	const set = setOf(run);
	const departures = departuresOf(records);
	const stands = run.asked.matrix !== 'PARTIAL' && obstacles.length === 0;
	const open = (status: Status): Open[] =>
		run.results.flatMap((result) =>
			openOf(result, status).map(({ name, reason }) => ({ injection_id: result.id, cell: name, reason })),
		);
	const unasked = INJECTIONS.filter((id) => run.results.every((result) => result.id !== id)).flatMap((id) =>
		row(id).invariants.map((cell) => ({ injection_id: id, cell, reason: run.asked.others })),
	);
	// As its file gives it back: whatever is made of it can be made of the file.
	return asRead({
		phase: 'C1' as const,
		failure_matrix: set,
		executed_injections: executed.map((result) => result.id),
		total_injections: executed.length,
		violations,
		all_invariants_held: worstStatus(cells.map((cell) => cell.status)) === 'held',
		certification_ready: stands && set === run.asked.matrix,
		timestamp_utc: run.now,
		evidence_hash: evidenceHash(files),
		details: {
			verdict: sentence(run, violations, obstacles, cells.length),
			...(stands ? { certified: set } : {}),
			obstacles,
			asked: run.asked.ids,
			cells: Object.fromEntries(
				run.results.map((result) => [
					result.id,
					Object.fromEntries(judgedOf(result).map(({ name, status }) => [name, status])),
				]),
			),
			not_run: [...open('not run'), ...unasked],
			inconclusive: open('inconclusive'),
			not_applicable: open('not applicable'),
			...(Object.keys(departures).length === 0 ? {} : { departures }),
			matrix_digest: matrixDigest(),
			probe_digest: [...new Set(records.flatMap((record) => record.probes.map((probe) => probe.digest)))],
			subject: distinct(
				(records.length > 0 ? records : recordsOf(run))
					.filter(({ notRun, subject }) => notRun === undefined && subject.digest !== '')
					.map(({ subject }) => subject),
			),
			database: distinct(records.map((record) => record.database)),
			...(run.seed === undefined ? {} : { seed: run.seed }),
			keep_going: run.keepGoing,
			...(run.interrupted === undefined ? {} : { interrupted: run.interrupted }),
			...(run.troubles.length === 0 ? {} : { troubles: run.troubles }),
			others: run.asked.others,
			unstruck: run.results
				.filter((result) => !wasSeen(result))
				.map(({ id, records, troubles }) => ({ id, records, troubles })),
			versions: run.versions,
			started_at: run.startedAt,
			duration_ms: run.durationMs,
			durations: Object.fromEntries(
				executed.map((result) => [
					result.id,
					ran(result).reduce((total, record) => total + record.durationMs, 0),
				]),
			),
		},
	});
}

/** What the whole came to, in the words of its cells; `held` as well where it is partial, and so certifies nothing. */
export const statusOf = ({
	violations,
	details,
}: Certificate): Extract<Status, 'held' | 'violated' | 'inconclusive'> =>
	violations.length > 0 ? 'violated' : details.obstacles.length > 0 ? 'inconclusive' : 'held';

export type ExitCode = 0 | 1 | 2 | 3;

const CODES = { held: 0, violated: 1, inconclusive: 2 } as const;

/** 0 certified, or held for a partial run · 1 violated · 2 anything short of that · 3 usage or environment (spec §8). */
export function exitCode(came: Certificate | UsageError | undefined): ExitCode {
	if (came === undefined) return 2;
	if (came instanceof UsageError) return 3;
	return CODES[statusOf(came)];
}
