/**
 * What a strike in mid-run waits for. Postgres announces neither a commit of somebody else's nor a wait for a lock, so
 * these look again and again; each has a deadline, since a subject may never come so far.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TruthGate } from '../fixtures/failures/truth-gate.ts';
import { commitSpans } from '../probes/observe/span.ts';
import { DEADLINE } from './deadlines.ts';
import type { PhaseRun } from './phase-run.ts';
import type { Part } from './workload.ts';

/** Event of the timeline. */
export const FIRST_COMMITTED = 'truth first committed';

/** Resolves when something of one of these runs is committed for good; its row of runs is yet to be written again. */
export async function untilCommitted(run: PhaseRun, keys: readonly string[]): Promise<void> {
	const { truth } = run.site.subject;
	const steps = truth.filter(({ holds, scenario }) => holds !== 'runs' && scenario !== undefined);
	const planes = { truth: steps.length > 0 ? steps : truth, telemetry: [] };
	const deadline = performance.now() + DEADLINE.stall;
	for (;;) {
		const { first } = (await commitSpans(run.database.adminUrl, planes, keys)).truth;
		// Noted now: where every row is written again, none says later when the first was committed.
		if (first !== undefined) return run.note(FIRST_COMMITTED, first, 'commit timestamp');
		if (performance.now() > deadline)
			throw new Error(`none of the runs had a row of truth within ${DEADLINE.stall} ms`);
		await delay(5);
	}
}

/** So many begun runs are enough: whoever waits for more finds some of them answered. */
const ENOUGH = 3;

/**
 * Resolves when several runs of this part are begun and not answered, when the first is answered (some subjects write a
 * run down at its end, or have few at once), or when they have had the time for it. With a `gate`, when they have come to it.
 */
export async function untilUnderWay(run: PhaseRun, part: Part, gate?: TruthGate): Promise<void> {
	if (gate !== undefined) return untilCome(run, gate, READERS);
	const all = new Set(run.works(part).map(({ key }) => key));
	const deadline = performance.now() + DEADLINE.stall;
	while (performance.now() < deadline) {
		const keys = run.client.underWay.filter((key) => all.has(key));
		if (keys.length < all.size || (await run.truth.begun(keys)) >= ENOUGH) return;
		await delay(1);
	}
}

/** Loads that read truth meanwhile, each by one request at a time: these come to the gate as well. */
const READERS = 2;

/** Some have no connection left to come with: those that wait are enough when no other has come for so long. */
const LAST_CAME_MS = 500;

/** Less than a product waits for a lock, a load for its next answer, and a read for its own. */
const GATHERED_MS = 3_000;

/**
 * Resolves when all that are under way wait at the gate, when no more of them come, or when they have had the time for it; with
 * so many `readers` that may wait there as well.
 */
export async function untilCome(run: PhaseRun, gate: TruthGate, readers = 0): Promise<void> {
	const began = performance.now();
	let [waiting, since] = [0, began];
	while (performance.now() - began < GATHERED_MS && run.client.underWay.length > 0) {
		const now = await gate.waiting();
		if (now !== waiting) [waiting, since] = [now, performance.now()];
		if (waiting >= run.client.underWay.length + readers) return;
		if (waiting > readers && performance.now() - since > LAST_CAME_MS) return;
		await delay(1);
	}
}

/** Resolves when a start has reached for truth and waits there, when it is over, or when it has had the time for it. */
export async function untilMidStart(gate: TruthGate, starting: Promise<unknown>): Promise<void> {
	const deadline = performance.now() + DEADLINE.start;
	let over = false;
	const end = (): void => {
		over = true;
	};
	starting.then(end, end);
	while (!over && (await gate.waiting()) === 0 && performance.now() < deadline) await delay(1);
}
