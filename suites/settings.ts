/** What a run was asked for: set once by the command or the environment, read by every worker. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { broken } from '../fixtures/saboteurs/any/any.ts';
import { ANY_SABOTEURS } from '../fixtures/saboteurs/any/index.ts';
import type { Subject } from '../fixtures/subjects/port.ts';
import { UsageError } from '../fixtures/usage-error.ts';
import type { Phase } from '../probes/observe/observation.ts';
import type { Certification } from './project.ts';

export interface Settings {
	/** Path of the module whose default export is the subject. */
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

const REFERENCE = resolve(import.meta.dirname, '../fixtures/subjects/reference.ts');

/** The subject that is meant when none is named: the reference, which is in the repository and in no package. */
export function defaultSubject(): string {
	if (existsSync(REFERENCE)) return REFERENCE;
	throw new UsageError(
		'no subject was named: use --subject ./my-subject.ts, a module that exports one by default',
	);
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
	subject: resolve(environment.BYSTANDER_SUBJECT ?? asked.subject ?? defaultSubject()),
	database: environment.BYSTANDER_DATABASE ?? asked.database ?? 'auto',
	seed: Number(environment.BYSTANDER_SEED ?? asked.seed ?? 1),
	keepGoing: environment.BYSTANDER_KEEP_GOING === '1',
	withheld: environment.BYSTANDER_WITHHOLD === '1',
	mends: true,
	folder,
	phases,
});

export const settings = (): Settings => inject('bystander');

/** Imports a subject, with the saboteur `wrapped` around it; a module without one is the user's mistake. */
export async function loadSubject(path: string, wrapped?: string): Promise<Subject> {
	if (!existsSync(path))
		throw new UsageError(
			`there is no subject file ${path}: give the path of a module that exports one by default`,
		);
	const module = (await import(pathToFileURL(path).href).catch((cause: unknown) => {
		throw new UsageError(
			`subject file ${path} cannot be imported: ${cause instanceof Error ? cause.message : cause}`,
			{ cause },
		);
	})) as { default?: unknown };
	if (!isSubject(module.default))
		throw new UsageError(
			`${path} must export a subject by default (export default defineSubject({ … })), but its default export is ${describe(module.default)}`,
		);
	const saboteur = ANY_SABOTEURS[wrapped ?? ''];
	return saboteur === undefined ? module.default : broken(module.default, saboteur);
}

const REQUIRED = [
	'name',
	'version',
	'roles',
	'truth',
	'telemetry',
	'endpoints',
	'replayReads',
	'capabilities',
	'digest',
	'migrate',
	'restoreTelemetry',
	'start',
] as const;

const isSubject = (value: unknown): value is Subject =>
	typeof value === 'object' && value !== null && REQUIRED.every((name) => name in value);

function describe(value: unknown): string {
	if (typeof value !== 'object' || value === null)
		return value === undefined ? 'missing' : `a ${typeof value}`;
	return `an object without ${REQUIRED.filter((name) => !(name in value)).join(', ')}`;
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
