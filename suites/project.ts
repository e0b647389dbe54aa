/**
 * The certification as a project of somebody's own Vitest, so that `vitest -t W3`, `--shard`, watch mode and their
 * tests live together:
 *
 *     projects: [certification({ subject: './subject.ts' }), { test: { include: ['test/**'] } }],
 *     reporters: ['default', new CertificationReporter()],
 */
import { join, resolve } from 'node:path';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { UsageError } from '../fixtures/usage-error.ts';
import { soleInjection } from '../reports/asked.ts';
import { INJECTIONS, MATRIX, type Scope } from './matrix.ts';

export { OtherAnnotations } from '../reports/actions/others.ts';
export { junit } from '../reports/feeds/junit.ts';
export { CertificationReporter } from '../reports/reporter.ts';

export interface Certification {
	/** Path of the module that exports the subject by default, or of a black box's config, from the current folder. */
	readonly subject?: string;
	/** `full` when absent. */
	readonly matrix?: 'full' | 'minimal';
	/** `auto`, `embedded` or `docker`; `auto` when absent. The URL of a server belongs into `BYSTANDER_DATABASE`. */
	readonly database?: string;
	/** Orders the workload; 1 when absent. */
	readonly seed?: number;
}

declare module 'vitest' {
	interface ProvidedContext {
		certification: Certification;
	}
}

export const PROJECT = 'certification';

/** Where `suites/` is. */
export const ROOT = resolve(import.meta.dirname, '..');

/**
 * Files of injections at once: two, whatever the machine, so that what is under way beside a phase is the same for its
 * control; more where more phases are asked for than two files mostly have under way.
 */
export const workersFor = (atOnce = 0): number => Math.max(2, Math.ceil(atOnce / 2));

/** Every operation inside has a deadline of its own; this one, in milliseconds, is for a fault of ours. */
const HOOK_DEADLINE_MS = 900_000;

/** What decides how the files of injections are run, whichever command does it. */
export const RUN = {
	isolate: false,
	maxConcurrency: 4,
	hookTimeout: HOOK_DEADLINE_MS,
	// As a dependency, the files are below node_modules, which Vitest leaves out by itself.
	exclude: [] as string[],
	// `vitest list` reads the files of tests, and not what Node is left to load.
	server: { deps: { inline: [/\/suites\/[a-z]+\/[^/]+\.test\.[jt]s$/] } },
};

export function certification(given: Certification = {}): TestProjectInlineConfiguration {
	const { matrix = 'full', subject, database = 'auto' } = given;
	if (/^postgres(ql)?:/i.test(database))
		throw new UsageError(
			'certification({ database }) was given a URL, which may hold a password: put it into BYSTANDER_DATABASE instead',
		);
	const sole = soleInjection(process.argv);
	const ids = INJECTIONS.filter(
		(id) => (matrix === 'full' || MATRIX[id].minimal) && (sole === undefined || id === sole),
	);
	return {
		root: ROOT,
		test: {
			name: PROJECT,
			include: ids.map((id) => fileOf(MATRIX[id].scope, id)),
			globalSetup: join(import.meta.dirname, `setup${SUFFIX}`),
			provide: {
				certification: { ...given, ...(subject === undefined ? {} : { subject: resolve(subject) }) },
			},
			maxWorkers: workersFor(),
			...RUN,
		},
	};
}

/** `.ts` in the repository, `.js` where it is installed. */
const SUFFIX = import.meta.filename.slice(-3);

/** A pattern for the file of an injection, below {@link ROOT}. */
export const fileOf = (scope: Scope, id: string): string => `suites/${scope}/${id}-*.test${SUFFIX}`;
