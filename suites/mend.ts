/** Heals what was struck, deletes telemetry for real (I6), restores the plane and shows that all is nominal. */
import { dropTelemetry } from '../fixtures/failures/drop.ts';
import { emptyTelemetry } from '../fixtures/failures/empty.ts';
import { accepted } from '../probes/invariants/findings.ts';
import { differences, readCatalog } from '../probes/observe/catalog.ts';
import type { Deletion, Stage } from '../probes/observe/observation.ts';
import { countTelemetry, now } from '../probes/observe/telemetry.ts';
import { message } from './lifetime.ts';
import type { PhaseRun } from './phase-run.ts';
import { probe } from './site.ts';
import { type Part, WIDTH } from './workload.ts';

/** The control goes the same way, without a failure to heal and without deleting anything. */
export async function mend(run: PhaseRun): Promise<Deletion | undefined> {
	const { client, site, database, options } = run;
	run.onMend();
	const healed = await restored(run, async () => {
		for (const struck of run.struck.toReversed()) await struck.heal?.();
		run.healed = true;
		// What is whole is not made again: many a strike is healed by itself, and a subject may take its time to restore.
		if (!options.control && (await lacking(run)).length > 0) await site.subject.restoreTelemetry(database);
	});
	if (!healed) return undefined;
	if (client.running === undefined) await client.start();
	// With no telemetry nothing is deleted or restored between one run and the next.
	if (options.bare) {
		await run.driveRest('restored', 'after', 'emptied', 'dropped', 'restored');
		return undefined;
	}
	await settle(run, 'after');
	for (const key of run.keys('after')) await client.replay('restored', key);

	const deletion = options.control ? undefined : await emptyTelemetry(run.plane);
	await use(run, 'emptied', 'after');
	const dropped = options.control ? undefined : await dropTelemetry(run.plane);
	await use(run, 'dropped', 'emptied');
	// What could not be dropped is still there.
	if (dropped !== undefined && dropped.refused === undefined)
		await restored(run, () => site.subject.restoreTelemetry(database));
	const since = await now(database.adminUrl);
	await settle(run, 'restored');
	const ofRestored = (key: string): boolean => key.startsWith('restored-');
	const stored = await countTelemetry(database.adminUrl, site.subject, ofRestored, since);
	if (!options.control) await check(run, stored);
	if (deletion === undefined || dropped === undefined) return undefined;
	return {
		removed: deletion.removed,
		left: deletion.left,
		dropped: dropped.relations,
		...(dropped.refused === undefined ? {} : { refused: dropped.refused }),
		storedAfterRestore: stored,
	};
}

/** Whether it could be done; if not, that is a verdict of its own: what was seen under the failure is judged all the same. */
async function restored(run: PhaseRun, restore: () => Promise<void>): Promise<boolean> {
	try {
		await restore();
		return true;
	} catch (error) {
		run.restoration.push({ name: 'the plane is restored', shown: false, facts: message(error) });
		return false;
	}
}

/** What the catalog has not as it was, and what is new in it. */
const lacking = async ({ catalog, database, site }: PhaseRun): Promise<readonly string[]> =>
	differences(catalog, await readCatalog(database.adminUrl, site.subject));

async function settle(run: PhaseRun, part: Part): Promise<void> {
	await run.client.load('restored', run.works(part), { width: WIDTH.single });
	await run.client.drain();
}

/** O1, replay, audit export and a further run, with the telemetry gone. */
async function use(
	run: PhaseRun,
	stage: Extract<Stage & Part, 'emptied' | 'dropped'>,
	last: Part,
): Promise<void> {
	const keys = run.keys(last);
	await run.look(stage, keys, keys);
	await run.client.load(stage, run.works(stage), { width: WIDTH.single });
	await run.client.drain();
}

/** The catalog is what it was, the 15 probes pass again, and a run works and leaves telemetry. */
async function check(run: PhaseRun, stored: number): Promise<void> {
	const { client, database, site } = run;
	const differ = await lacking(run);
	run.restoration.push({
		name: 'the catalog is what it was',
		shown: differ.length === 0,
		facts:
			differ.length === 0 ? `${run.catalog.entries.length} entries equal` : differ.slice(0, 5).join('; '),
	});
	run.probes.push(
		await run.timed('probes', () => probe(site.subject, database, client, 'after', site.probes)),
	);
	const nominal = client.executions.filter(
		({ key, status }) => key.startsWith('restored-') && accepted(status),
	);
	run.restoration.push({
		name: 'the system is nominal',
		shown: nominal.length > 0 && stored > 0,
		facts: `${nominal.length} runs acknowledged, ${stored} telemetry rows stored`,
	});
}
