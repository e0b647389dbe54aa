/** Tells GitHub Actions what came of a run, where that is where it ran: a job summary, and annotations for the log. */
import { basename } from 'node:path';
import type { TestModule } from 'vitest/node';
import type { InjectionId } from '../../suites/matrix.ts';
import { idOf } from '../collect.ts';
import { annotations } from './annotations.ts';
import { appendJobSummary, type Environment, type Told } from './job-summary.ts';
import { placeOf } from './places.ts';

/** Lines for the log, in which GitHub finds the annotations; none elsewhere. */
export function tellActions(
	told: Omit<Told, 'placeOf'>,
	modules: readonly TestModule[],
	subject: string | undefined,
	env: Environment = process.env,
): readonly string[] {
	const repository = env.GITHUB_WORKSPACE || process.cwd();
	const at = (id: InjectionId) => {
		const suite = modules.find(({ moduleId }) => idOf(basename(moduleId)) === id);
		return placeOf(repository, suite?.moduleId, subject);
	};
	return [
		...appendJobSummary({ ...told, placeOf: at }, env),
		...(env.GITHUB_ACTIONS === 'true' ? annotations(told.results, at) : []),
	];
}
