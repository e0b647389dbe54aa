/**
 * The control of each phase: the same workload on the same machine without the failure. One per run and
 * subject digest, made by the first worker that needs it and shared by all injections.
 */
import { join } from 'node:path';
import type { Observation, Phase } from '../probes/observe/observation.ts';
import { asKept, scrubText } from '../reports/canonical.ts';
import { madeOnce } from './claim.ts';
import { observe } from './observe.ts';
import { PhaseRun } from './phase-run.ts';
import type { Site } from './site.ts';

/** Without secrets: the worker that reads it does not know those of the one that made it. */
export interface Control {
	readonly observation: Observation;
	/** Digest → the row or body it stands for, so that a difference can be shown. */
	readonly texts: Readonly<Record<string, string>>;
}

type Kept = Control | { readonly error: string };

/** Those of all phases are made beside each other: alone, one would be quicker than any phase held against it can be. */
export async function controlOf(site: Site, phase: Phase): Promise<Control> {
	const made = (one: Phase): Promise<string> =>
		madeOnce(join(site.folder, `control-${one}-${site.digest.slice(-16)}.json`), async () =>
			JSON.stringify(await makeControl(site, one)),
		);
	const [own] = await Promise.all([made(phase), ...site.phases.filter((one) => one !== phase).map(made)]);
	return controlIn(JSON.parse(own) as Kept, phase);
}

function controlIn(kept: Kept, phase: Phase): Control {
	if ('error' in kept) throw new Error(`the control of phase ${phase} failed: ${kept.error}`);
	return kept;
}

/** Latencies of the control, made once more. */
export const measureControl = async (site: Site, phase: Phase): Promise<Observation['attempts']> =>
	controlIn(await makeControl(site, phase), phase).observation.attempts;

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
