/** The `certify` command: Vitest runs the suites, the reporter writes the archive, the exit code says what came of it. */
import { basename, join, resolve } from 'node:path';
import { BaseSequencer, startVitest, type TestSpecification } from 'vitest/node';
import { z } from 'zod';
import { askedFor, chooseProvider } from '../fixtures/databases/index.ts';
import { askForMajor } from '../fixtures/databases/majors.ts';
import { subjectFile } from '../fixtures/subjects/load.ts';
import type { Subject } from '../fixtures/subjects/port.ts';
import { UsageError } from '../fixtures/usage-error.ts';
import { readKey } from '../reports/attest.ts';
import { readSide } from '../reports/changes/side.ts';
import { junit, scrubJunit } from '../reports/feeds/junit.ts';
import { CertificationReporter } from '../reports/reporter.ts';
import { prepareOutput } from '../reports/write.ts';
import { outsideOf } from './applicable.ts';
import { INJECTIONS, type InjectionId, MATRIX } from './matrix.ts';
import { optionsFrom } from './options.ts';
import { printLine } from './print.ts';
import { certification, fileOf, ROOT, workersFor } from './project.ts';
import { recheck } from './recheck.ts';
import { loadSubject } from './settings.ts';
import { checkMerge, checkShard, Shard, shardPath } from './shards.ts';
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
	atOnce: z.coerce.number().int().min(1).max(8).optional(),
	sign: z.string().optional(),
	check: z.boolean().default(false),
	base: z.string().optional(),
	shard: Shard.optional(),
	merge: z.string().optional(),
});

/** Resolves to the exit code; throws a UsageError before anything is started when the request cannot be met. */
export async function certify(given: Record<string, unknown>): Promise<number> {
	const options = optionsFrom(Options, { ...given, database: askedFor(given.database) });
	const { matrix, only } = selection(options);
	const out = resolve(options.out);
	const ids = only ?? INJECTIONS.filter((id) => matrix === 'full' || MATRIX[id].minimal);
	const { shard, merge } = options;
	if ([options.check, shard !== undefined, merge !== undefined].filter(Boolean).length > 1)
		throw new UsageError(
			'--check runs nothing, --shard runs a part and --merge puts parts together: give one of them',
		);
	if (shard !== undefined) checkShard(shard, ids.length);
	if (merge !== undefined) checkMerge(merge);
	if (!options.check) prepareOutput(out);
	const key = options.sign === undefined ? undefined : readKey(options.sign, 'private');
	const subject = subjectFile(options.subject);
	const loaded = await loadSubject(subject);
	const base = options.base === undefined ? undefined : readSide(options.base);
	if (merge === undefined) {
		askForMajor(options.postgres);
		const provider = await chooseProvider(options.database);
		if (options.check) return recheck(provider, loaded);
		await tryAdapter(provider, loaded);
		process.env.BYSTANDER_DATABASE = options.database === 'auto' ? provider.name : options.database;
	}
	Object.assign(process.env, {
		BYSTANDER_SUBJECT: subject,
		BYSTANDER_SEED: String(options.seed),
		BYSTANDER_KEEP_GOING: options.keepGoing ? '1' : '0',
		...(options.atOnce === undefined ? {} : { BYSTANDER_AT_ONCE: String(options.atOnce) }),
	});
	for (const line of outsideOf(loaded, ids)) printLine(`○ ${line}`);
	let code = 2;
	const reporter = new CertificationReporter({
		out,
		matrix,
		// A part has what fell to it of what was asked for; what is put together has to have all of it.
		...(only === undefined || shard !== undefined ? {} : { only }),
		keepGoing: options.keepGoing,
		seed: options.seed,
		...(key === undefined ? {} : { key }),
		...(base === undefined ? {} : { base }),
		actions: shard === undefined,
		onResult: (result) => {
			code = result;
		},
	});
	const project = certification({ matrix });
	const vitest = await startVitest('test', [], {
		root: ROOT,
		config: false,
		watch: false,
		projects: [
			{
				...project,
				test: {
					...project.test,
					include: ids.map((id) => fileOf(MATRIX[id].scope, id)),
					maxWorkers: workersFor(options.atOnce ?? loaded.atOnce),
				},
			},
		],
		testNamePattern: `^(${ids.join('|')}) `,
		sequence: { sequencer: RowsFirst },
		reporters: [
			reporter,
			shard === undefined ? junit(out) : ['blob', { outputFile: join(out, shardPath(shard)) }],
		],
		...(shard === undefined ? {} : { shard }),
		...(merge === undefined ? {} : { mergeReports: resolve(merge) }),
	});
	await vitest.close();
	if (shard === undefined) scrubJunit(out);
	return code;
}

/** The longest first, as Vitest remembers them; before all R4, whose ten million rows are copied while others run. */
class RowsFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const isFirst = ({ moduleId }: TestSpecification) => Number(basename(moduleId).startsWith('R4-'));
		return (await super.sort(files)).toSorted((one, other) => isFirst(other) - isFirst(one));
	}
}

type Chosen = Awaited<ReturnType<typeof chooseProvider>>;

/** The adapter before the system: what it does wrong is its user's to mend, and no verdict. */
async function tryAdapter(provider: Chosen, subject: Subject): Promise<void> {
	printLine(`certifying ${subject.name} ${subject.version} on ${provider.name}: ${provider.why}`);
	await withSite(provider, subject, async ({ baseline, server }) => {
		printLine(
			`the adapter does what it promises on PostgreSQL ${server.version} (${baseline.size} runs, replayed)`,
		);
	});
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
