/**
 * Vitest's `github-actions` for the tests beside a certification, which has annotations of its own: an injection fails in several
 * phases and cells, and GitHub shows ten annotations of a step.
 */
import { basename } from 'node:path';
import { GithubActionsReporter, type SerializedError, type TestModule } from 'vitest/node';
import { idOf } from '../collect.ts';

export class OtherAnnotations extends GithubActionsReporter {
	override onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
		super.onTestRunEnd(
			modules.filter(({ moduleId }) => idOf(basename(moduleId)) === undefined),
			errors,
		);
	}
}
