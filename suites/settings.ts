/** What a run was asked for: set once by the command or the environment, read by every worker. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { broken } from '../fixtures/saboteurs/any/any.ts';
import { ANY_SABOTEURS } from '../fixtures/saboteurs/any/index.ts';
import { loadSubject as load, subjectFile } from '../fixtures/subjects/load.ts';
import type { Subject } from '../fixtures/subjects/port.ts';
import type { Phase } from '../probes/observe/observation.ts';
import type { Certification } from './project.ts';

export interface Settings {
	/** Path of the subject's module or config. */
	readonly subject: string;
	/** Name of a saboteur of any subject, put around it. */
	readonly wrapped?: string;
	/** `auto`, `embedded`, `docker` or a URL. */
	readonly database: string;
	readonly seed: number;
	/** Carry on after a violation; such a run cannot certify. */
	readonly keepGoing: boolean;
	/** For tests of the witnesses alone: every moment is reached and nothing is struck, so nothing can be held. */
	readonly withheld: boolean;
	/** Not for the proof of a saboteur that is caught before: phases end with the quiet window, and I6 is not known. */
	readonly mends: boolean;
	/** Phases that the injections of this run have. */
	readonly phases: readonly Phase[];
	/** A folder of this run, shared by its workers and gone after it. */
	readonly folder: string;
}

declare module 'vitest' {
	interface ProvidedContext {
		bystander: Settings;
	}
}

/** The environment, which the `certify` command fills in, before what the project `asked` for. */
export const settingsFrom = (
	environment: NodeJS.ProcessEnv,
	{
		folder,
		phases,
		certification: asked = {},
	}: Pick<Settings, 'folder' | 'phases'> & { readonly certification?: Certification },
): Settings => ({
	subject: subjectFile(environment.BYSTANDER_SUBJECT ?? asked.subject),
	database: environment.BYSTANDER_DATABASE ?? asked.database ?? 'auto',
	seed: Number(environment.BYSTANDER_SEED ?? asked.seed ?? 1),
	keepGoing: environment.BYSTANDER_KEEP_GOING === '1',
	withheld: environment.BYSTANDER_WITHHOLD === '1',
	mends: true,
	folder,
	phases,
});

export const settings = (): Settings => inject('bystander');

/** Loads a subject, with the saboteur `wrapped` around it; a file without one is the user's mistake. */
export async function loadSubject(path: string, wrapped?: string): Promise<Subject> {
	const subject = await load(path);
	const saboteur = ANY_SABOTEURS[wrapped ?? ''];
	return saboteur === undefined ? subject : broken(subject, saboteur);
}

const stopFile = (folder: string): string => join(folder, 'stop');

/** The stop rule: after the first violation nothing new starts, in whichever worker. */
export function stopRun(why: string): void {
	const { folder, keepGoing } = settings();
	if (!keepGoing && stoppedBecause() === undefined) writeFileSync(stopFile(folder), why);
}

export function stoppedBecause(): string | undefined {
	const file = stopFile(settings().folder);
	return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
