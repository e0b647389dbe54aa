/** Runs injections against saboteurs: the very test files that certify, one Vitest project for each saboteur. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { BaseSequencer, createVitest, type Reporter, type TestSpecification } from 'vitest/node';
import { serverUrl } from '../../fixtures/databases/index.ts';
import { startGuardian } from '../../fixtures/guardian.ts';
import { PHASES } from '../../probes/observe/observation.ts';
import { scrub } from '../../reports/canonical.ts';
import { expectedPhases } from '../../reports/cells.ts';
import { messages } from '../../reports/collect.ts';
import type { PhaseRecord } from '../../reports/record.ts';
import { runFolder } from '../folder.ts';
import { INJECTIONS, type InjectionId, injectionName, row } from '../matrix.ts';
import { fileOf, ROOT, RUN } from '../project.ts';
import { type Settings, settingsFrom } from '../settings.ts';
import { titleOf } from './proof.ts';

/** A phase of a saboteur mostly waits, for what never comes. */
const WORKERS = availableParallelism() * 3;

/** Vitest would sort by what it remembers of files, which are the same for all. */
class AsGiven extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		return files;
	}
}

/** What one saboteur is struck with. */
export interface Trial {
	readonly name: string;
	/** Of the module that exports the subject. */
	readonly path: string;
	/** A saboteur of any subject, for the subject at `path`. */
	readonly wrapped?: string;
	/** Titles of phases, by injection. */
	readonly strikes: Readonly<Partial<Record<InjectionId, readonly string[]>>>;
	/** Whether phases go on to delete telemetry and to restore it. */
	readonly mends: boolean;
}

/**
 * Calls `onPhase` for each phase as it ends; nothing is stopped at a violation, since violations are what is looked
 * for. Resolves to whether nothing went wrong beside them.
 */
export async function runTrials(
	trials: readonly Trial[],
	onPhase: (trial: Trial, record: PhaseRecord) => void,
): Promise<boolean> {
	const guardian = await startGuardian(serverUrl(process.env.BYSTANDER_DATABASE ?? ''));
	const { folder, remove } = await runFolder();
	const byName = new Map(trials.map((trial) => [trial.name, trial]));
	let broken = '';
	const reporter: Reporter = {
		onTestRunEnd(modules, errors) {
			broken = messages([...errors, ...modules.flatMap((module) => module.errors())]);
		},
		onTestCaseResult(test) {
			const trial = byName.get(test.project.name);
			const record = test.meta().bystander;
			if (trial === undefined || record === undefined) return;
			if (test.result().state !== 'skipped' || record.notApplicable !== undefined)
				onPhase(trial, scrub(record));
		},
	};
	try {
		const vitest = await createVitest('test', {
			root: ROOT,
			config: false,
			watch: false,
			reporters: [reporter],
			maxWorkers: WORKERS,
			sequence: { sequencer: AsGiven },
			projects: trials.map((trial) => ({
				test: {
					name: trial.name,
					include: Object.keys(trial.strikes).map((id) => fileOf(row(id as InjectionId).scope, id)),
					provide: { bystander: settingsOf(trial, ownFolder(folder, trial)) },
					...RUN,
				},
			})),
		});
		try {
			await vitest.runTestSpecifications(await specifications(vitest, byName));
		} finally {
			await vitest.close();
		}
		// What a saboteur breaks is recorded; this is ours.
		if (broken !== '')
			process.stderr.write(`bystander: something went wrong beside the saboteurs: ${broken}\n`);
		return broken === '';
	} finally {
		await remove();
		await guardian.stop();
	}
}

/** Slots are counted by folder: trials do not wait for each other's. */
function ownFolder(folder: string, { name }: Trial): string {
	const own = join(folder, name.replaceAll('/', '-'));
	mkdirSync(own);
	return own;
}

function settingsOf({ path, wrapped, strikes, mends }: Trial, folder: string): Settings {
	const struck = new Set(
		Object.values(strikes)
			.flat()
			.map((title) => title.split(',')[0]),
	);
	return {
		...settingsFrom(process.env, { folder, phases: PHASES.filter((phase) => struck.has(phase)) }),
		subject: path,
		...(wrapped === undefined ? {} : { wrapped }),
		keepGoing: true,
		mends,
	};
}

async function specifications(
	vitest: Awaited<ReturnType<typeof createVitest>>,
	byName: ReadonlyMap<string, Trial>,
): Promise<TestSpecification[]> {
	const found = await vitest.globTestSpecifications();
	return found.map(({ project, moduleId }) => {
		const id = basename(moduleId).split('-')[0] as InjectionId;
		const titles = byName.get(project.name)?.strikes[id] ?? [];
		return project.createSpecification(moduleId, {
			testNames: titles.map((title) => `${injectionName(id)} > ${title}`),
		});
	});
}

/** Where the saboteur of this name stands. */
export const saboteurFile = (name: string): string => join(ROOT, 'fixtures/saboteurs', `${name}.ts`);

/** The whole matrix. */
export const everyPhase = (): Trial['strikes'] =>
	Object.fromEntries(INJECTIONS.map((id) => [id, expectedPhases(id).map(titleOf)]));
