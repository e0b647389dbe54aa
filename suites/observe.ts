/** The script of a phase from its strike to the mended plane, and the facts it leaves: one {@link Observation}. */
import { setTimeout as delay } from 'node:timers/promises';
import { accepted } from '../probes/invariants/findings.ts';
import type { Latency, Observation, Refusal } from '../probes/observe/observation.ts';
import { refusalsOf } from '../probes/observe/refusals.ts';
import { commitSpans } from '../probes/observe/span.ts';
import { readTelemetry } from '../probes/observe/telemetry.ts';
import { sharedTransactions } from '../probes/observe/transactions.ts';
import { DEADLINE } from './deadlines.ts';
import { driveFrozen } from './gates.ts';
import { mend } from './mend.ts';
import type { PhaseRun } from './phase-run.ts';
import { FIRST_COMMITTED, untilCome } from './until.ts';
import { stageOf } from './workload.ts';

export async function observe(run: PhaseRun): Promise<Observation> {
	const { client, site, options, database } = run;
	await run.timed('load', () => SCRIPT[options.phase](run));
	await client.drain();
	await run.settle();
	const known = [...run.keys('baseline'), ...run.keys('load')];
	await run.timed('quiet', () => run.look('quiet', known, known));
	await run.timed('metrics', () => client.readMetrics('quiet'));
	const locks = await run.sampler.stop();
	const { subject, server } = site;
	const telemetry = await readTelemetry(database.adminUrl, subject, run.plane.roles, stageOf);
	const transactions = await sharedTransactions(database.adminUrl, subject);
	const refusals = refusalsOf(await server.log.since(run.prepared.mark, database.name), run.plane.roles);
	await noteCommits(run, refusals);
	const deletion = site.mends ? await run.timed('mend', () => mend(run)) : undefined;
	const truth = await run.timed('truth', () => run.truth.read());
	await client.lookAtProcesses();
	await client.kill();
	run.release();
	return {
		phase: options.phase,
		...(options.mode === undefined ? {} : { mode: options.mode }),
		...(server.lacks.log === undefined ? {} : { unlogged: server.lacks.log }),
		executions: inOrder(client.executions).map(({ ms, ...run }) =>
			accepted(run.status) ? run : { ...run, ms },
		),
		truth: truth.tables,
		facts: truth.facts,
		replays: client.replays,
		reads: inOrder(client.reads),
		walls: run.walls,
		locks,
		sleeps: run.sampler.sleeps(),
		metrics: client.metrics,
		counts: run.counts,
		frozen: run.frozen,
		loads: run.loads,
		lifecycle: client.lifecycle,
		processes: client.processes,
		transactions,
		telemetry,
		refusals,
		...(deletion === undefined ? {} : { deletion }),
		timeline: run.timeline,
		attempts: [latencyOf(run)],
		samples: {},
	};
}

/** By their words: in which order concurrent requests were answered says nothing, and would make two equal runs differ. */
const inOrder = <T extends object>(all: readonly T[]): readonly T[] =>
	all
		.map((one) => ({
			one,
			words: Object.values(one)
				.filter((value) => typeof value === 'string')
				.join(' '),
		}))
		.sort((a, b) => (a.words < b.words ? -1 : a.words > b.words ? 1 : 0))
		.map(({ one }) => one);

/** What each phase does between the strike and the quiet window. */
const SCRIPT: Record<PhaseRun['options']['phase'], (run: PhaseRun) => Promise<void>> = {
	async live(run) {
		await run.driveRest('load', 'strike', 'midway', 'load');
		await run.settle('holding');
		// What the load has queued would be lost at the gate, and be missed where telemetry is counted.
		await run.client.drain();
		if (!run.driven.has('frozen')) await driveFrozen(run);
	},
	async boot(run) {
		const [met] = run.client.lifecycle.slice(run.prepared.lifecycle);
		// A start that a crash has met may fail; whoever supervises the subject starts it again, and that one may not.
		if (met === undefined || (met.cut !== undefined && met.outcome === 'failed')) await run.client.start();
		await run.driveRest('load', 'strike', 'load');
	},
	async stop(run) {
		// Telemetry meets the failure before the stop: what the stop then cuts short shows nothing of it.
		await run.driveRest('load', 'strike', 'struck');
		// A drain that was given up goes on in the subject, and may write what the stop is to find.
		await bringToRest(run);
		const gate = await run.beforeStop();
		const answered = new Set<string>();
		const works = run.works('load');
		const loading = works.map((work) => run.client.execute(work).then(() => answered.add(work.key)));
		const reading = run.client.haveMetricsRead();
		const keys = works.map(({ key }) => key);
		await (gate === undefined ? allTaken(run, keys, answered) : untilCome(run, gate));
		await run.stop(() => run.client.stop());
		run.note(`stopped with ${run.client.lifecycle.at(-1)?.inFlight} runs in flight`);
		await Promise.all([...loading, reading]);
		await run.afterStop();
		await run.client.start();
	},
};

/** Resolves when nothing is queued any more, with strikes aside where they would not let it come to that. */
export async function bringToRest({
	client,
	struck,
	aside,
}: Pick<PhaseRun, 'struck' | 'aside'> & {
	readonly client: Pick<PhaseRun['client'], 'drain'>;
}): Promise<void> {
	if (await client.drain()) return;
	if (struck.some((one) => one.aside !== undefined)) await aside(() => client.drain());
}

/** When truth and telemetry of the runs around the strike were committed, for the timeline. */
async function noteCommits(run: PhaseRun, refusals: readonly Refusal[]): Promise<void> {
	const { adminUrl } = run.database;
	const load = run.works('load').map(({ key }) => key);
	const { subject } = run.site;
	// Truth that only came once the failure let it is no measure of when that struck.
	const late = run.client.executions
		.filter(({ status, cut }) => !accepted(status) && cut === undefined)
		.map(({ key }) => key);
	const strike = run.keys('strike').filter((key) => !late.includes(key));
	const { truth, telemetry } = await commitSpans(adminUrl, subject, strike);
	const later = await commitSpans(adminUrl, { truth: subject.truth, telemetry: [] }, load);
	const note = (event: string, at: string | undefined) => {
		if (at !== undefined) run.note(event, at, 'commit timestamp');
	};
	if (!run.timeline.some(({ event, at }) => event === FIRST_COMMITTED && at === truth.first))
		note(FIRST_COMMITTED, truth.first);
	note('truth last committed', truth.last);
	note('truth of the load last committed', later.truth.last);
	note('telemetry first committed', telemetry.first);
	const refused = refusals.filter(({ statement }) => /^\s*(insert|copy)\b/i.test(statement));
	const first = refused.map((refusal) => refusal.first).sort()[0];
	if (first !== undefined) run.note('telemetry attempted: first refused', first, 'log');
	run.timeline.sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** Resolves when each of these runs has a row in Postgres or an answer, or the deadline passes: one may hang. */
async function allTaken(
	run: PhaseRun,
	keys: readonly string[],
	answered: ReadonlySet<string>,
): Promise<void> {
	const deadline = performance.now() + DEADLINE.stall;
	while (performance.now() < deadline) {
		const open = keys.filter((key) => !answered.has(key));
		if ((await run.truth.begun(open)) === open.length) return;
		await delay(5);
	}
}

/** Of what came after the strike: a subject that was up before it has nothing to show by its start. */
function latencyOf({ client, prepared }: PhaseRun): Latency {
	const executions = client.executions.slice(prepared.executions);
	const lifecycle = client.lifecycle.slice(prepared.lifecycle);
	const times = executions
		// What was cut waited for what was done to it.
		.filter(({ status, cut }) => status > 0 && cut === undefined)
		.map(({ ms }) => ms)
		.sort((a, b) => a - b);
	const slowestMs = times.at(-1) ?? 0;
	const slowest = (action: 'start' | 'stop') =>
		Math.max(
			0,
			...lifecycle
				.filter((one) => one.action === action && !(one.cut !== undefined && one.outcome === 'failed'))
				.map(({ ms }) => ms),
		);
	return {
		slowestMs,
		spreadMs: slowestMs - (times[Math.floor(times.length / 2)] ?? 0),
		startMs: slowest('start'),
		stopMs: slowest('stop'),
	};
}
