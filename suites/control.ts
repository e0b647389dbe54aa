/**
 * The control of each phase: the same workload on the same machine without the failure. One per run and
 * subject digest, made by the first worker that needs it and shared by all injections.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Observation, Phase } from '../probes/observe/observation.ts';
import { asKept, scrubText } from '../reports/canonical.ts';
import { observe } from './observe.ts';
import { PhaseRun } from './phase-run.ts';
import type { Site } from './site.ts';

/** Of a worker that died: a control that fails says so. The making of ten million rows goes before it, and takes minutes. */
const DEADLINE_MS = 800_000;

/** Without secrets: the worker that reads it does not know those of the one that made it. */
export interface Control {
	readonly observation: Observation;
	/** Digest → the row or body it stands for, so that a difference can be shown. */
	readonly texts: Readonly<Record<string, string>>;
}

type Kept = Control | { readonly error: string };

/** Those of all phases are made beside each other: alone, one would be quicker than any phase held against it can be. */
export async function controlOf(site: Site, phase: Phase): Promise<Control> {
	const fileOf = (one: Phase) => join(site.folder, `control-${one}-${site.digest.slice(-16)}.json`);
	const make = async (one: Phase): Promise<void> => {
		if (await claim(`${fileOf(one)}.claimed`)) await keep(fileOf(one), await makeControl(site, one));
	};
	await Promise.all([...new Set([phase, ...site.phases])].map(make));
	const file = fileOf(phase);
	const deadline = Date.now() + DEADLINE_MS;
	while (!existsSync(file)) {
		if (Date.now() > deadline)
			throw new Error(`the control of phase ${phase} was not there within ${DEADLINE_MS} ms`);
		await delay(20);
	}
	const kept = JSON.parse(await readFile(file, 'utf8')) as Kept;
	if ('error' in kept) throw new Error(`the control of phase ${phase} failed: ${kept.error}`);
	return kept;
}

/** Runs the phase with nothing struck. */
export async function makeControl(site: Site, phase: Phase): Promise<Kept> {
	try {
		const run = await PhaseRun.prepare(site, { phase, control: true });
		try {
			return asKept({ observation: await observe(run), texts: Object.fromEntries(run.texts()) });
		} finally {
			await run.close();
		}
	} catch (error) {
		return { error: scrubText(error instanceof Error ? (error.stack ?? error.message) : String(error)) };
	}
}

/** The first to make the folder has the work. */
const claim = (folder: string): Promise<boolean> =>
	mkdir(folder).then(
		() => true,
		() => false,
	);

/** Whole or not at all: readers wait for the name to appear. */
async function keep(file: string, kept: Kept): Promise<void> {
	await writeFile(`${file}.part`, JSON.stringify(kept));
	await rename(`${file}.part`, file);
}
