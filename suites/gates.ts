/** Load and looks at the gates: what do frozen telemetry writers hold, and does truth go on without them? */
import { setTimeout as delay } from 'node:timers/promises';
import {
	closeRowGate,
	type DescribedRow,
	type FrozenBackend,
	type Gate,
	type RelationGate,
	raiseRelationGate,
} from '../fixtures/failures/gate.ts';
import { DEADLINE } from './deadlines.ts';
import type { PhaseRun } from './phase-run.ts';
import { frozenLoad, WIDTH } from './workload.ts';

const POLL_MS = 25;

/** One round at the row gate and one at the commit gate: which locks does a frozen writer hold, is truth ahead of it? */
export async function tourGates(run: PhaseRun): Promise<void> {
	if (run.options.bare) return run.driveRest('gates', 'row', 'commit');
	for (const which of ['row', 'commit'] as const) {
		if (run.options.control) {
			await run.drive(which, WIDTH.single);
			continue;
		}
		const gate = await closeRowGate(run.plane, which);
		try {
			const arrival = arrived(run, gate);
			const driving = run.drive(which, WIDTH.single, () => gate.open()).then(() => hurry(run));
			const frozen = await arrival;
			const described = await aboutTruth(gate, frozen.length > 0 ? run.site.subject.batchMs : 0);
			run.frozen.push({
				gate: which,
				backends: frozen.length,
				holding: truthAmong(run, frozen),
				described: described.length,
				ahead: await run.truth.missing(described),
			});
			await driving;
		} finally {
			await gate.open();
		}
		await run.client.drain();
	}
}

/** The rows at the gate that describe truth. One batch goes to several tables, and these may be not the first of it. */
async function aboutTruth(gate: Gate, batchMs = 0): Promise<readonly DescribedRow[]> {
	const deadline = performance.now() + batchMs;
	for (;;) {
		const described = (await gate.described()).filter(({ describes }) => describes !== '');
		if (described.length > 0 || performance.now() >= deadline) return described;
		await delay(POLL_MS);
	}
}

/** Sustained load, wider and longer than any pool, with every telemetry writer frozen at the relation gate. */
export async function driveFrozen(run: PhaseRun): Promise<void> {
	if (run.options.control) {
		if (batched(run)) await run.drive('batch', WIDTH.single);
		await run.drive('frozen', frozenLoad(run.site.subject.connections).width);
	} else await behindRelationGate(run, (gate) => loadAt(run, gate));
}

export const batched = ({ site }: PhaseRun): boolean => site.subject.batchMs !== undefined;

/** Asks for the batch that is held back and would come by itself later; not waited for, since it is to freeze at a gate. */
function hurry(run: PhaseRun): void {
	if (batched(run)) void run.client.drain();
}

/** The frozen load itself, at a gate that is raised; what froze is written down. */
async function loadAt(run: PhaseRun, gate: RelationGate): Promise<void> {
	const unreachable = gate.relations.length === 0 ? 'no telemetry relation is left to lock' : undefined;
	const arrival = unreachable === undefined ? arrived(run, gate) : [];
	// A batch is waited for, so that its writer is frozen from the beginning of the load.
	if (batched(run)) {
		await run.drive('batch', WIDTH.single, () => gate.rollback());
		hurry(run);
		await arrival;
	}
	await run.drive('frozen', frozenLoad(run.site.subject.connections).width, () => gate.rollback());
	const frozen = await arrival;
	run.frozen.push({
		gate: 'relation',
		backends: frozen.length,
		holding: truthAmong(run, frozen),
		described: 0,
		ahead: [],
		...(unreachable === undefined ? {} : { unreachable }),
	});
}

/** Runs `act` while the suite holds the relation gate; rolled back unless `act` commits it. */
export async function behindRelationGate(
	run: PhaseRun,
	act: (gate: RelationGate) => Promise<void>,
): Promise<void> {
	const gate = await raiseRelationGate(run.plane);
	try {
		await act(gate);
	} finally {
		await gate.rollback();
	}
	await run.client.drain();
}

/** Whoever is seen at the gate in time: nobody is a fact too, and leaves the cell inconclusive. Of a subject that is over nobody comes. */
export async function arrived(
	{ site, client }: PhaseRun,
	gate: Pick<RelationGate, 'arrived' | 'frozen'>,
	deadlineMs: number = DEADLINE.stall,
): Promise<readonly FrozenBackend[]> {
	const settled = new AbortController();
	try {
		return await Promise.race([
			gate.arrived(deadlineMs + (site.subject.batchMs ?? 0)),
			client.over(settled.signal).then(() => gate.frozen()),
		]);
	} catch (error) {
		if (error instanceof Error && error.message.startsWith('No telemetry writer arrived')) return [];
		throw error;
	} finally {
		settled.abort();
	}
}

/** Truth relations that a frozen transaction has written. */
function truthAmong({ site }: PhaseRun, frozen: readonly FrozenBackend[]): readonly string[] {
	const truth = new Set(site.subject.truth.map(({ name }) => name));
	const written = frozen
		.flatMap(({ locks }) => locks)
		.filter(({ relation, mode }) => truth.has(relation) && mode === 'RowExclusiveLock');
	return [...new Set(written.map(({ relation }) => relation))];
}
