/**
 * Pure: what of an observation two runs with the same seed must share. Clocks, figures that follow from them (how often
 * something was read while a load lasted, who happened to wait) and what a cut caught under way are left aside.
 */
import { isRequest } from '../../probes/invariants/walls.ts';
import type { Observation, Stage } from '../../probes/observe/observation.ts';
import { digestOf } from '../canonical.ts';
import { unfold } from '../compact.ts';
import type { Archive } from './archive.ts';
import { parse } from './parse.ts';
import type { EvidenceDetails } from './rebuild.ts';

/** Truth is read while runs are made: how many there are already is a matter of moments. */
const MOVING: ReadonlySet<Stage> = new Set<Stage>(['gates', 'load', 'frozen']);

/** `W3 boot (sticky) facts` → the digest of that part of its observation. */
export function observationsIn(archive: Archive): ReadonlyMap<string, string> {
	const wrong: string[] = [];
	const parsed = parse(archive, wrong);
	if (parsed === undefined) throw new Error(wrong.join('; '));
	const { evidence, controls } = parsed;
	return new Map(
		[...evidence].flatMap(([id, { details }]) =>
			(details as unknown as EvidenceDetails).phases.flatMap(({ label, ...kept }) => {
				const { observed } = unfold(kept, controls);
				if (observed === undefined) return [];
				return Object.entries(steady(observed)).map(
					([part, value]) => [`${id} ${label} ${part}`, digestOf(value)] as const,
				);
			}),
		),
	);
}

export function steady(observed: Observation): Readonly<Record<string, unknown>> {
	// Which of them a stop or a crash met under way is a matter of moments.
	const stages = new Set(
		observed.executions.filter((run) => run.cut !== undefined).map(({ stage }) => stage),
	);
	if (observed.phase === 'stop') stages.add('load');
	const cut = new Set(observed.executions.filter(({ stage }) => stages.has(stage)).map(({ key }) => key));
	const byKey = (entries: Readonly<Record<string, string>>) =>
		Object.fromEntries(Object.entries(entries).filter(([key]) => key !== '' && !cut.has(key)));
	return {
		phase: observed.phase,
		mode: observed.mode ?? '',
		executions: observed.executions
			.filter(({ key }) => !cut.has(key))
			.map(({ key, scenario, stage, status }) => ({ key, scenario, stage, status })),
		truth: observed.truth.map(({ table, holds, before, byKey: rows }) => ({
			table,
			holds,
			before: before.rows,
			unchanged: before.was === before.now,
			byKey: byKey(rows),
		})),
		facts: observed.facts.filter(({ key }) => !cut.has(key)),
		replays: observed.replays.filter(({ key }) => !cut.has(key)),
		reads: observed.reads
			.filter(({ stage, key = '' }) => !MOVING.has(stage) && !cut.has(key))
			.map(({ endpoint, key = '', stage, status, sha256, values }) => ({
				endpoint,
				key,
				stage,
				status,
				// A list shows what became of the runs that were cut, too.
				...(key === '' && cut.size > 0 ? {} : { sha256, values }),
			})),
		walls: observed.walls.map(({ during, stage, relations, proven, touches }) => ({
			during,
			stage,
			relations,
			proven,
			touched: touches.some(isRequest),
		})),
		blocked: observed.locks.waits.some(({ telemetry, waiter }) => telemetry && waiter.plane !== 'telemetry'),
		frozen: observed.frozen.map(({ gate, holding, ahead }) => ({ gate, holding, ahead: ahead.length > 0 })),
		lifecycle: observed.lifecycle.map(({ action, outcome }) => ({ action, outcome })),
		relations: observed.telemetry.relations,
		dropped: observed.deletion?.dropped ?? [],
	};
}
