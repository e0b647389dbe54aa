/** Vitest's global setup: a guardian and a folder for the run, and its settings for every worker. */
import type { TestProject } from 'vitest/node';
import { serverUrl, withPassword } from '../fixtures/databases/index.ts';
import { startGuardian } from '../fixtures/guardian.ts';
import { PHASES } from '../probes/observe/observation.ts';
import { runFolder } from './folder.ts';
import { INJECTIONS, injectionName, row } from './matrix.ts';
import { settingsFrom } from './settings.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const { BYSTANDER_DATABASE: database = '' } = process.env;
	if (database !== '') process.env.BYSTANDER_DATABASE = withPassword(database);
	const guardian = await startGuardian(serverUrl(process.env.BYSTANDER_DATABASE ?? ''));
	const { folder, remove } = await runFolder();
	const pattern = project.vitest.getGlobalTestNamePattern();
	const asked = INJECTIONS.filter((id) => pattern === undefined || pattern.test(`${injectionName(id)} live`));
	const phases = PHASES.filter((phase) => asked.some((id) => !(phase in row(id).notIn)));
	const { certification } = project.getProvidedContext();
	project.provide('bystander', settingsFrom(process.env, { folder, phases, certification }));
	return async () => {
		await remove();
		await guardian.stop();
	};
}
