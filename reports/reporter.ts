/**
 * The Vitest reporter of a certification. Everything is built at the end of the run from task meta, so that merged
 * blobs give the same certificate; the live hooks only print. Silent in a run without certification tests.
 */
import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { arch, availableParallelism, platform, release } from 'node:os';
import { join, relative } from 'node:path';
import type { WriteStream } from 'node:tty';
import type { TestArtifact } from 'vitest';
import type {
	Reporter,
	SerializedError,
	TestCase,
	TestModule,
	TestRunEndReason,
	TestSpecification,
	TestSuite,
	Vitest,
} from 'vitest/node';
import { UsageError } from '../fixtures/usage-error.ts';
import { INJECTIONS, type InjectionId } from '../suites/matrix.ts';
import { askedFor, type Narrowed, soleInjection } from './asked.ts';
import { unattested } from './attest.ts';
import { type BesideOptions, writeBeside } from './beside.ts';
import { scrubText } from './canonical.ts';
import { resultOf, type Status } from './cells.ts';
import { type Certificate, type ExitCode, exitCode, type Run } from './certificate.ts';
import { collect, injectionOf, messages, spanOf } from './collect.ts';
import { SUMMARY } from './paths.ts';
import { closing } from './terminal/closing.ts';
import { drawable } from './terminal/drawable.ts';
import { Progress } from './terminal/progress.ts';
import { STEP } from './terminal/step.ts';
import { clearOutput, prepareOutput, writeArchive } from './write.ts';

export interface CertificationOptions extends BesideOptions {
	/** Folder of the archive; `reports/out` below Vitest's root when absent. */
	readonly out?: string;
	/** The set that a certificate needs; what the project says when absent. */
	readonly matrix?: 'full' | 'minimal';
	/** Only these, as `--only` says: a partial run. */
	readonly only?: readonly InjectionId[];
	readonly keepGoing?: boolean;
	readonly seed?: number;
	/** An Ed25519 private key: a whole run is attested with it. */
	readonly key?: KeyObject;
	/** Silence after which a line says what is still running. */
	readonly heartbeatMs?: number;
	/** Told at the end, also when nothing ran (`certificate` undefined on a usage error). */
	readonly onResult?: (code: ExitCode, certificate: Certificate | undefined) => void;
}

/** What it ran on, as far as two runs may differ by it. */
const machine = (vitest: string): Run['versions'] => ({
	node: process.version,
	vitest,
	os: `${platform()} ${release()} ${arch()}`,
	cpus: String(availableParallelism()),
});

const matrixOf = ({ projects }: Vitest): 'full' | 'minimal' =>
	projects.map((project) => project.getProvidedContext().certification?.matrix).find(Boolean) ?? 'full';

/** `reporters: ['default', new CertificationReporter({ … })]` (spec §7, §8). */
export class CertificationReporter implements Reporter {
	readonly #options: CertificationOptions;
	#vitest: Vitest | undefined;
	#narrowed: Narrowed | undefined;
	#startedAt = Date.now();
	/** Certification tests began, and their result is not yet written. */
	#open = false;
	#unwritable: UsageError | undefined;
	#stopped: string | undefined;
	#code: ExitCode = 0;
	#progress: Progress | undefined;

	constructor(options: CertificationOptions = {}) {
		this.#options = options;
	}

	onInit(vitest: Vitest): void {
		this.#vitest = vitest;
		process.on('exit', this.#onExit);
	}

	async onTestRunStart(specifications: readonly TestSpecification[]): Promise<void> {
		this.#startedAt = Date.now();
		this.#open = false;
		this.#code = 0;
		this.#stopped = undefined;
		const vitest = this.#vitest;
		if (!vitest) return;
		const { tagsFilter, mergeReports } = vitest.config;
		const pattern = vitest.getGlobalTestNamePattern();
		// Merged blobs stand for the whole run: a shard that is lost makes it incomplete, not small.
		const fewer = !mergeReports && specifications.length < (await vitest.globTestSpecifications()).length;
		const sole = soleInjection(process.argv);
		// Files were left out before Vitest was told of them.
		const narrowed = sole && `-t ${sole}`;
		const how = [
			...(narrowed === undefined ? [] : [narrowed]),
			...(pattern && narrowed === undefined ? [`-t ${pattern.source}`] : []),
			...(tagsFilter?.length ? [`--tags-filter ${tagsFilter.join(' ')}`] : []),
			...(fewer ? ['only some of the test files were run'] : []),
		];
		const files = fewer || narrowed !== undefined;
		this.#narrowed = how.length > 0 ? { how: how.join(', '), files } : undefined;
	}

	onTestModuleQueued(): void {
		// Vitest forgets its listeners when a run starts, so this cannot be done any earlier.
		this.#vitest?.onCancel((reason) => {
			this.#stopped ??=
				reason === 'test-failure' ? 'a test failed, and --bail ends the run there' : 'it was interrupted';
		});
	}

	onTestCaseReady(test: TestCase): void {
		const id = injectionOf(test);
		// A test that is skipped, or cancelled before it began, is announced as well.
		if (!id || test.result().state === 'skipped') return;
		if (!this.#open) this.#begin();
		this.#progress?.begin(id, test.id, test.name);
	}

	onTestCaseArtifactRecord(test: TestCase, artifact: TestArtifact): void {
		const id = injectionOf(test);
		if (id && artifact.type === STEP) this.#progress?.step(id, test.id, artifact.step);
	}

	onTestCaseResult(test: TestCase): void {
		const id = injectionOf(test);
		if (!id) return;
		const record = test.meta().bystander;
		const status: Status = record ? resultOf(id, [record], [], []).status : 'inconclusive';
		this.#progress?.end(id, test.id, status, test.diagnostic()?.duration);
	}

	onTestSuiteResult(suite: TestSuite): void {
		const id = injectionOf(suite);
		if (id) this.#progress?.finish(id);
	}

	onTestRunEnd(
		modules: readonly TestModule[],
		errors: readonly SerializedError[],
		reason: TestRunEndReason,
	): void {
		this.#finish(
			modules,
			errors,
			reason === 'interrupted' ? (this.#stopped ?? 'it was interrupted') : undefined,
		);
	}

	get #out(): string {
		return this.#options.out ?? join(this.#vitest?.config.root ?? '.', 'reports/out');
	}

	/** Where the files are, those for people first; what is not there is not named. */
	#files(): Record<string, string> {
		const below = relative(process.cwd(), this.#out) || '.';
		const out = below.startsWith('..') ? this.#out : below;
		const named = Object.entries({ Page: 'index.html', Summary: SUMMARY })
			.filter(([, name]) => existsSync(join(this.#out, name)))
			.map(([what, name]) => [what, join(out, name)]);
		return { ...Object.fromEntries(named), 'Certificate, evidence and checksums': out };
	}

	readonly #print = (...lines: readonly string[]): void => {
		for (const line of lines) this.#vitest?.logger.log(scrubText(line));
	};

	/** At the first certification test: a former certificate must not outlive the start of a new run. */
	#begin(): void {
		this.#open = true;
		this.#unwritable = undefined;
		const terminal = this.#vitest && drawable(this.#vitest, this);
		this.#progress?.stop();
		this.#progress = new Progress({
			...(terminal ? { terminal } : {}),
			print: this.#print,
			heartbeatMs: this.#options.heartbeatMs ?? 10_000,
		});
		this.#progress.start();
		try {
			prepareOutput(this.#out);
			clearOutput(this.#out);
		} catch (error) {
			if (!(error instanceof UsageError)) throw error;
			this.#unwritable = error;
			// Not awaited: it ends when the run has ended.
			void this.#vitest?.cancelCurrentRun('keyboard-input');
		}
	}

	#finish(
		modules: readonly TestModule[],
		errors: readonly SerializedError[],
		interrupted: string | undefined,
	): void {
		this.#open = false;
		this.#progress?.stop();
		const vitest = this.#vitest;
		if (!vitest) return;
		// Should anything below throw, this run must not end well: the code is applied on exit.
		this.#code = 2;
		const { only, onResult, seed } = this.#options;
		const pattern = vitest.getGlobalTestNamePattern();
		const collected = collect(modules, {
			...(pattern ? { pattern } : {}),
			tags: (vitest.config.tagsFilter ?? []).length > 0,
		});
		const { selected, filtered, records, troubles, others } = collected;
		const wanted = only !== undefined || onResult !== undefined;
		// Someone running unit tests asked for no certificate; a selection that matches nothing at all did.
		if (selected.length === 0 && !wanted && (others > 0 || filtered.length === 0)) {
			this.#code = 0;
			return;
		}

		const asked = askedFor(
			{
				matrix: this.#options.matrix ?? matrixOf(vitest),
				...(only ? { only } : {}),
				...(this.#narrowed === undefined ? {} : { narrowed: this.#narrowed }),
			},
			collected,
		);
		const shown = INJECTIONS.filter((id) => asked.ids.includes(id) || selected.includes(id));
		const now = Date.now();
		const span = vitest.config.mergeReports ? spanOf(records) : undefined;
		const startedAt = span?.startedAt ?? this.#startedAt;
		const run: Run = {
			asked,
			results: shown.map((id) => resultOf(id, records, troubles)),
			troubles:
				errors.length > 0 ? [{ kind: 'error', what: `an error was not handled: ${messages(errors)}` }] : [],
			...(interrupted === undefined ? {} : { interrupted }),
			keepGoing: this.#options.keepGoing ?? false,
			...(seed === undefined ? {} : { seed }),
			startedAt: new Date(startedAt).toISOString(),
			now: new Date(now).toISOString(),
			durationMs: span?.durationMs ?? now - startedAt,
			versions: machine(vitest.version),
		};
		try {
			if (this.#unwritable) throw this.#unwritable;
			const certificate = writeArchive(this.#out, run, this.#options.key);
			const { isTTY, columns } = vitest.logger.outputStream as Partial<WriteStream>;
			this.#print(...closing(certificate, run.results, this.#files(), (isTTY && columns) || undefined));
			this.#print(...writeBeside(this.#out, certificate, run, this.#options, { vitest, modules }));
			const why = unattested(certificate);
			if (this.#options.key && why !== undefined) this.#print(`Not signed: ${why}`);
			this.#leave(exitCode(certificate));
			onResult?.(this.#code, certificate);
		} catch (error) {
			if (!(error instanceof UsageError)) throw error;
			this.#print(error.message);
			this.#leave(exitCode(error));
			onResult?.(this.#code, undefined);
		}
	}

	/** Vitest's own code is 1 for whatever failed: ours says why. A usage error (3) stands, a zero undoes nothing. */
	#leave(code: ExitCode): void {
		this.#code = code;
		if (code !== 0 && process.exitCode !== 3) process.exitCode = code;
	}

	/** A signal ends the process without the end of the run: what is known is written on the way out. */
	readonly #onExit = (): void => {
		if (this.#open && this.#vitest) {
			const { state } = this.#vitest;
			const errors = state.getUnhandledErrors() as SerializedError[];
			this.#finish(state.getTestModules(), errors, this.#stopped ?? 'the process was told to end');
		}
		this.#leave(this.#code);
	};
}
