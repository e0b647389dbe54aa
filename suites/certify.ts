/** The `certify` command: Vitest runs the suites, the reporter writes the archive, the exit code says what came of it. */
import { resolve } from 'node:path';
import { startVitest } from 'vitest/node';
import { z } from 'zod';
import { askedFor, chooseProvider } from '../fixtures/databases/index.ts';
import { askForMajor } from '../fixtures/databases/majors.ts';
import { subjectFile } from '../fixtures/subjects/load.ts';
import { UsageError } from '../fixtures/usage-error.ts';
import { readKey } from '../reports/attest.ts';
import { CertificationReporter } from '../reports/reporter.ts';
import { prepareOutput } from '../reports/write.ts';
import { outsideOf } from './applicable.ts';
import { INJECTIONS, type InjectionId, MATRIX } from './matrix.ts';
import { optionsFrom } from './options.ts';
import { printLine } from './print.ts';
import { certification, ROOT } from './project.ts';
import { recheck } from './recheck.ts';
import { loadSubject } from './settings.ts';
import { withSite } from './site.ts';

const Options = z.object({
	matrix: z.string(),
	only: z.string().optional(),
	database: z.string(),
	postgres: z.unknown().optional(),
	subject: z.string().optional(),
	out: z.string(),
	keepGoing: z.boolean().default(false),
	seed: z.coerce.number().int(),
	sign: z.string().optional(),
	check: z.boolean().default(false),
});

/** Resolves to the exit code; throws a UsageError before anything is started when the request cannot be met. */
export async function certify(given: Record<string, unknown>): Promise<number> {
	const options = optionsFrom(Options, { ...given, database: askedFor(given.database) });
	const { matrix, only } = selection(options);
	const out = resolve(options.out);
	if (!options.check) prepareOutput(out);
	const key = options.sign === undefined ? undefined : readKey(options.sign, 'private');
	const subject = subjectFile(options.subject);
	const loaded = await loadSubject(subject);
	askForMajor(options.postgres);
	const provider = await chooseProvider(options.database);
	if (options.check) return recheck(provider, loaded);
	printLine(`certifying ${loaded.name} ${loaded.version} on ${provider.name}: ${provider.why}`);
	// The adapter before the system: what it does wrong is its user's to mend, and no verdict.
	await withSite(provider, loaded, async ({ baseline, server }) => {
		printLine(
			`the adapter does what it promises on PostgreSQL ${server.version} (${baseline.size} runs, replayed)`,
		);
	});

	Object.assign(process.env, {
		BYSTANDER_SUBJECT: subject,
		BYSTANDER_DATABASE: options.database === 'auto' ? provider.name : options.database,
		BYSTANDER_SEED: String(options.seed),
		BYSTANDER_KEEP_GOING: options.keepGoing ? '1' : '0',
	});
	const ids = only ?? INJECTIONS.filter((id) => matrix === 'full' || MATRIX[id].minimal);
	for (const line of outsideOf(loaded, ids)) printLine(`○ ${line}`);
	let code = 2;
	const reporter = new CertificationReporter({
		out,
		matrix,
		...(only === undefined ? {} : { only }),
		keepGoing: options.keepGoing,
		seed: options.seed,
		...(key === undefined ? {} : { key }),
		onResult: (result) => {
			code = result;
		},
	});
	const vitest = await startVitest('test', [], {
		root: ROOT,
		config: false,
		watch: false,
		projects: [certification()],
		testNamePattern: `^(${ids.join('|')}) `,
		reporters: [reporter],
	});
	await vitest.close();
	return code;
}

function selection({ matrix, only }: z.infer<typeof Options>): {
	matrix: 'full' | 'minimal';
	only?: InjectionId[];
} {
	if (matrix !== 'full' && matrix !== 'minimal')
		throw new UsageError(`there is no matrix ${matrix}: use --matrix minimal or --matrix full`);
	if (only === undefined) return { matrix };
	const ids = only.split(',').map((id) => id.trim());
	const unknown = ids.filter((id) => !(id in MATRIX));
	if (unknown.length > 0)
		throw new UsageError(
			`there is no injection ${unknown.join(', ')}: --only takes ids among ${INJECTIONS.join(', ')}, separated by commas`,
		);
	return { matrix, only: [...new Set(ids as InjectionId[])] };
}
