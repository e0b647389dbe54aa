import { describe } from 'vitest';
import { CUT_OFF } from '../../fixtures/failures/cut-off.ts';
import { interrupt } from '../../fixtures/failures/restart.ts';
import type { Struck } from '../../fixtures/failures/struck.ts';
import { truthGate } from '../../fixtures/failures/truth-gate.ts';
import { counted, cutRuns, figures } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import type { Strike } from '../moments.ts';
import { untilMidStart } from '../until.ts';

/**
 * What is begun cannot end behind the gate before the crash. Only a transaction that waits for its upstream keeps it from
 * closing for longer, and a crash undoes that whole.
 */
const GATE_MS = 250;

const crash: Strike = async ({ plane, subject, database, cut, start, atStop, underWay, disregard }) => {
	const gate = await truthGate(
		plane,
		subject.truth.map(({ name }) => name),
	);
	disregard(gate.pid);
	const steps = subject.truth.filter(({ holds }) => holds === 'traces').map(({ name }) => name);
	// Each run is met at its first step, so that no two crashes cut them in another place; none is met in a later one.
	const closeSteps = async (): Promise<typeof gate | undefined> =>
		steps.length > 0 && (await gate.close(GATE_MS, steps)) ? gate : undefined;
	const strike = (when: () => Promise<void>): Promise<Struck> =>
		interrupt(plane, database.owner, { when }).finally(gate.release);
	if (atStop === undefined)
		return cut(() =>
			strike(async () => {
				if (start !== undefined) {
					await gate.close();
					return untilMidStart(gate, start());
				}
				const closed = await closeSteps();
				await underWay?.(closed);
				if (closed === undefined) await gate.close(GATE_MS);
			}),
		);
	const { promise: struck, resolve, reject } = Promise.withResolvers<Struck>();
	struck.catch(() => {}); // heard of when it settles
	const { promise: over, resolve: end } = Promise.withResolvers<void>();
	let closed: typeof gate | undefined;
	const crashAt = async (stop: () => Promise<void>): Promise<void> => {
		let stopping: Promise<void> | undefined;
		const when = async (): Promise<void> => {
			if (closed === undefined) await gate.close(GATE_MS);
			stopping = stop();
		};
		await strike(when).then(resolve, reject);
		await stopping;
	};
	atStop(
		(stop) => (closed === undefined ? cut(() => crashAt(stop)) : crashAt(stop).finally(end)),
		async () => {
			closed = await closeSteps();
			// What comes to the gate ends with the crash, or for having waited there.
			if (closed !== undefined) void cut(() => over);
			return closed;
		},
	);
	const method = `while the subject stops, ${plane.server.lacks.crash === undefined ? 'SIGQUIT to the postmaster, then started again' : CUT_OFF}`;
	// Where no stop comes, the gate is still to be released.
	const heal = async (): Promise<void> => {
		end();
		await gate.release();
	};
	return { method, heal, settle: async () => (await struck).settle?.() ?? {} };
};

describe('X3 database restart mid-run', phases, () => {
	beforeEach(({ moment }) => moment.duringBatch(crash));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		// A server of somebody's own is not crashed: what is violated by the cut shows, and nothing is held.
		const instead = Object.hasOwn(seen.counts, 'connections refused') ? `; ${CUT_OFF}` : '';
		expect
			.soft(seen)
			.toWitness('the postmaster start time changed', counted(seen, 'restarts') > 0, figures(seen) + instead);
		expect.soft(seen).toWitness('connections were cut', counted(seen, 'connections cut') > 0, figures(seen));
		const cut = cutRuns(seen);
		// A boot is met before anything was asked of the subject.
		if (seen.phase !== 'boot') expect.soft(seen).toWitness('runs were under way', cut.times > 0, cut.facts);
		expect
			.soft(seen)
			.toComeOut(
				'acknowledged work survives, unfinished runs are recovered or failed cleanly',
				cut.clean,
				cut.facts,
			);
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
