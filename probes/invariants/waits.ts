/** Who waited for whom: truth-plane backends that telemetry, or the suite's stand-in for it, held up. */
import type { Backend, Observation, Wait } from '../observe/observation.ts';
import { duration, examples, type Finding, violation } from './findings.ts';

const SHOWN = 3;

export function* truthWaits(observed: Observation): Generator<Finding> {
	const blocked = observed.locks.waits.filter(waitsForTelemetry).sort((a, b) => b.ms - a.ms);
	const truth = new Set(observed.truth.map(({ table }) => table));
	for (const wait of blocked.slice(0, SHOWN)) yield violation(sentence(wait, truth));
	if (blocked.length > SHOWN)
		yield violation(`and ${blocked.length - SHOWN} more waits of truth-plane backends for telemetry`);
}

/** A truth-plane backend that telemetry, directly or through others, held up. */
export const waitsForTelemetry = ({ waiter, telemetry, blockers }: Wait): boolean =>
	ofTruth(waiter) && (telemetry || blockers.some(ofTelemetry));

const ofTruth = ({ plane }: Backend): boolean => plane === 'truth' || plane === 'both';

/** `both` too: its transaction holds a lock on telemetry or asks for one, and truth waits for its end either way. */
const ofTelemetry = ({ plane }: Backend): boolean => plane !== 'truth' && plane !== 'other';

/** Of truth it holds locks of plain reads alone, as far as they were seen. */
function onlyReads({ plane, holds }: Backend, truth: ReadonlySet<string>): boolean {
	const locks = holds.filter((lock) => truth.has(lock.slice(lock.indexOf(' on ') + 4)));
	return plane === 'both' && locks.length > 0 && locks.every((lock) => lock.startsWith('AccessShareLock '));
}

/** `backend 811 (truth, app) waited 9.8 s for backend 4312 (telemetry, writer), wanting …; 4312 holds …`. */
function sentence({ waiter, wanted, blockers, ms, at }: Wait, truth: ReadonlySet<string>): string {
	const planeOf = (backend: Backend): string => {
		if (onlyReads(backend, truth)) return 'telemetry that reads truth';
		return backend.plane === 'both' ? 'truth and telemetry' : backend.plane;
	};
	const who = (backend: Backend): string => `backend ${backend.pid} (${planeOf(backend)}, ${backend.role})`;
	const held = blockers
		.filter((blocker) => blocker.holds.length > 0)
		.map((blocker) => `backend ${blocker.pid} holds ${examples(blocker.holds)}`);
	const own = waiter.holds.length > 0 ? [`it holds ${examples(waiter.holds)} meanwhile`] : [];
	return [
		`${who(waiter)} waited ${duration(ms)} for ${examples(blockers.map(who)) || 'a backend that had gone'}, ` +
			`wanting ${wanted}, at ${at}`,
		...own,
		...(held.length > 0 ? [examples(held)] : []),
		`its statement: ${waiter.statement || 'not known'}`,
		lookFirst(waiter, truth),
	].join('; ');
}

function lookFirst(waiter: Backend, truth: ReadonlySet<string>): string {
	if (onlyReads(waiter, truth))
		return 'look first at that transaction: it has read truth, and keeps that lock while it waits';
	return waiter.plane === 'both'
		? 'look first at that transaction: it touches truth and telemetry in one'
		: 'look first at what that statement shares with telemetry: a trigger, a lock, a table';
}
