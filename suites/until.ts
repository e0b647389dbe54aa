/**
 * What a strike in mid-run waits for. Postgres announces neither a commit nor a connection: whoever wants to know has
 * to look, again and again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Plane } from '../fixtures/failures/plane.ts';
import { look } from '../probes/observe/session.ts';
import { commitSpans } from '../probes/observe/span.ts';
import { DEADLINE } from './deadlines.ts';
import type { PhaseRun } from './phase-run.ts';
import { type Part, partOf } from './workload.ts';

/** Resolves when something of one of these runs is committed for good; its row of runs is yet to be written again. */
export async function untilCommitted(run: PhaseRun, keys: readonly string[]): Promise<void> {
	const { truth } = run.site.subject;
	const steps = truth.filter(({ holds, scenario }) => holds !== 'runs' && scenario !== undefined);
	const planes = { truth: steps.length > 0 ? steps : truth, telemetry: [] };
	const deadline = performance.now() + DEADLINE.stall;
	while ((await commitSpans(run.database.adminUrl, planes, keys)).truth.first === undefined) {
		if (performance.now() > deadline)
			throw new Error(`none of the runs had a row of truth within ${DEADLINE.stall} ms`);
		await delay(5);
	}
}

/** Begun at once: one alone may be answered in the moment between the look and what then strikes. */
const ENOUGH = 3;

/** Resolves when several of these are begun and not answered yet, or all are answered: some write a run down at its end. */
export async function untilUnderWay({ client, truth }: PhaseRun, part: Part): Promise<void> {
	const deadline = performance.now() + DEADLINE.stall;
	while (performance.now() < deadline) {
		const keys = client.underWay.filter((key) => partOf(key) === part);
		if (keys.length === 0 || (await truth.begun(keys)) >= Math.min(ENOUGH, keys.length)) return;
		await delay(1);
	}
}

/** Resolves when the subject has a connection to its database, or has had the time for one. */
export async function untilConnected({ adminUrl, roles }: Plane): Promise<void> {
	const deadline = performance.now() + DEADLINE.stall;
	while (performance.now() < deadline) {
		const [found] = await look(adminUrl, (run) =>
			run<{ backends: number }>(
				'select count(*)::int as backends from pg_stat_activity where datname = current_database() and usename::text = any($1::text[])',
				[roles],
			),
		);
		if ((found?.backends ?? 0) > 0) return;
		await delay(5);
	}
}
