/** Drives a run to its moment relative to the truth commit, by gates, and strikes there. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../fixtures/databases/port.ts';
import { closeRowGate, type FrozenBackend, type Gate, type RelationGate } from '../fixtures/failures/gate.ts';
import type { Plane } from '../fixtures/failures/plane.ts';
import { stick } from '../fixtures/failures/sticky.ts';
import type { Struck } from '../fixtures/failures/struck.ts';
import type { TruthGate } from '../fixtures/failures/truth-gate.ts';
import type { Subject } from '../fixtures/subjects/port.ts';
import type { Mode } from '../probes/observe/observation.ts';
import { readGap } from '../probes/observe/telemetry.ts';
import { DEADLINE } from './deadlines.ts';
import { arrived, batched, behindRelationGate, driveFrozen } from './gates.ts';
import type { PhaseRun } from './phase-run.ts';
import { untilCommitted, untilUnderWay } from './until.ts';
import { WIDTH, type Work } from './workload.ts';

/** What a failure finds at its moment. */
export interface Reached {
	readonly plane: Plane;
	readonly subject: Subject;
	readonly database: Database;
	/** Of a boot. */
	readonly mode: Mode | undefined;
	/** Ids of the runs recorded so far. */
	readonly runs: readonly string[];
	/** Backends of telemetry writers that are frozen right now. */
	readonly frozen: readonly FrozenBackend[];
	/** Set where the moment lies inside the relation gate's transaction: DDL belongs there. */
	readonly gate?: RelationGate;
	/** Set where they are frozen at the row gate. */
	readonly rowGate?: Gate;
	/** In a boot, where the strike is to meet the start: starts it. Else it starts when the strike is done. */
	readonly start?: () => Promise<unknown>;
	/**
	 * In a stop, where the strike is to meet it: called when the subject is to be asked, instead of asking it. A gate that is
	 * closed `before` is there when the runs are asked for that the stop cuts.
	 */
	readonly atStop?: PhaseRun['stopBy'];
	/** Scenario key of a run that the subject has acknowledged. */
	readonly keyOf: (run: string) => string | undefined;
	/**
	 * Set for what strikes in mid-run: asks for more runs, and resolves when several are in Postgres and not answered yet. With a
	 * gate that is closed, when they have come to it.
	 */
	readonly underWay?: (gate?: TruthGate) => Promise<void>;
	/** Says that executions under way in `act`, or asked for meanwhile, are cut by it. */
	readonly cut: <T>(act: () => Promise<T>) => Promise<T>;
	/** Nobody is charged with a wait for this backend of the suite. */
	readonly disregard: (pid: number) => void;
	/** Pid of the separate writer process, where the subject has one. */
	readonly writer?: number;
}

export type Strike = (reached: Reached) => Promise<Struck>;

/** How long a run's telemetry may take to reach the gate before another run is asked for, in milliseconds. */
const ARRIVAL_MS = 2_000;

/** How often a sticky kill hits a writer that comes back. */
const INCARNATIONS = 3;

type Guard = <T>(act: () => Promise<T>) => Promise<T>;

export class Moment {
	readonly #run: PhaseRun;
	readonly #guard: Guard;

	/** `guard` hears of what goes wrong on the way. */
	constructor(run: PhaseRun, guard: Guard = (act) => act()) {
		this.#run = run;
		this.#guard = guard;
	}

	/** Before any of the runs that follow commits its truth. */
	before = (strike: Strike): Promise<void> =>
		this.#reach('before', strike, () => this.#strikePlainly(strike));

	/** While runs are under way, some of their truth committed and some not. For a boot, before it. */
	during = (strike: Strike): Promise<void> =>
		this.#reach('during', strike, () => this.#strikeInMidRun(strike));

	/**
	 * The same, but those runs alone are under way that the strike asks for, so that it always meets the same; and live, where
	 * telemetry is written in batches, one of them: few strikes would meet one.
	 */
	duringBatch = (strike: Strike): Promise<void> =>
		this.#reach('duringBatch', strike, async ({ options: { phase, bare } }) => {
			const meets = phase === 'live' && !bare && batched(this.#run);
			const gate = meets ? await closeRowGate(this.#run.plane, 'row') : undefined;
			try {
				await this.#strikeInMidRun(strike, { gate });
			} finally {
				await gate?.open();
			}
		});

	/** `alone`: once other runs have ended and, with a `gate`, a batch is frozen there. */
	async #strikeInMidRun(strike: Strike, alone?: { readonly gate: Gate | undefined }): Promise<void> {
		const gate = alone?.gate;
		const run = this.#run;
		if (run.options.phase === 'boot') return this.#strikePlainly(strike);
		run.driven.add('strike');
		// A quick one is held back, so that truth is committed after the strike has begun; those that take their time are not: but
		// where the strike asks for its own, some are under way then.
		const [late, first] = partition(run.works('strike'), ({ scenario }) => scenario === 'success');
		const driving = run.execute('load', first, WIDTH.single, async () => gate?.open());
		await untilCommitted(
			run,
			first.map(({ key }) => key),
		);
		if (alone !== undefined) await driving;
		const frozen = gate === undefined ? [] : await arrived(run, gate);
		if (frozen.length > 0)
			run.note(`telemetry attempted: backend ${frozen[0]?.pid} is frozen at the row gate`);
		// All at once, and only when it is asked for: some are under way whenever it comes.
		let asked: readonly Promise<void>[] | undefined;
		const driveLate = (): Promise<void> => run.execute('load', late, 1);
		const striking = this.#strikePlainly(strike, (closed) => {
			asked = [run.drive('midway', WIDTH.load), ...(alone === undefined ? [] : [driveLate()])];
			return untilUnderWay(run, 'midway', closed);
		});
		await Promise.all([striking, driving, ...(alone === undefined ? [driveLate()] : [])]);
		await Promise.all(asked ?? (alone === undefined ? [] : [driveLate()]));
	}

	/** After the truth of runs, and the telemetry of it, has been committed. For a boot, that of the baseline. */
	after = (strike: Strike): Promise<void> =>
		this.#reach('after', strike, async (run) => {
			if (run.options.phase !== 'boot') {
				await run.drive('strike', WIDTH.single);
				await run.client.drain();
			}
			await this.#strikePlainly(strike);
		});

	/**
	 * After truth has committed and before its telemetry is flushed: writers wait at the relation gate, and the
	 * failure is committed in the gate's own transaction. For a boot, truth is what the baseline committed.
	 */
	afterTruthCommit = (strike: Strike): Promise<void> =>
		this.#reach('afterTruthCommit', strike, async (run) => {
			const boot = run.options.phase === 'boot';
			// At a gate of its own: should nothing go on there, it is opened, and the strike would have none.
			if (run.options.phase === 'live') await driveFrozen(run);
			await behindRelationGate(run, async (gate) => {
				const frozen = boot ? [] : await this.#writeAt(gate);
				const [last] = (await run.truth.committed(run.keys(boot ? 'baseline' : 'strike'))).slice(-1);
				if (last !== undefined) run.note(`truth of ${last.key} committed`, last.at, 'commit timestamp');
				await this.#strike(strike, { frozen, gate });
				if (run.options.mode === 'sticky') run.struck.push(await stick(run.plane, gate));
				await gate.commit();
				await this.#noteGap();
				run.note('failure committed', await run.truth.commitTime(gate.xid), 'commit timestamp');
			});
		});

	/** A few runs commit their truth while their telemetry waits at the gate. */
	async #writeAt(gate: RelationGate): Promise<readonly FrozenBackend[]> {
		const run = this.#run;
		const arrival = arrived(run, gate);
		await run.drive('strike', WIDTH.single);
		const frozen = await arrival;
		if (frozen.length > 0)
			run.note(`telemetry attempted: backend ${frozen.at(-1)?.pid} waits at the relation gate`);
		return gate.frozen();
	}

	/** While telemetry is being written: one batch has committed, the next is frozen at the row gate. */
	duringFlush = (strike: Strike): Promise<void> =>
		this.#reach('duringFlush', strike, async (run) => {
			run.driven.add('strike');
			const { phase, mode } = run.options;
			const queue = [...run.works('strike')];
			if (phase !== 'boot') {
				await run.execute('load', queue.splice(0, 1), 1);
				await run.client.drain();
			}
			const gate = await closeRowGate(run.plane, 'row');
			run.afterStop = () => gate.open();
			if (phase === 'boot' && !(await run.client.start())) return gate.open();
			// Whoever reads telemetry is there when its writer dies.
			const reading = run.client.haveMetricsRead();
			for (let time = 0; time < (mode === 'sticky' ? INCARNATIONS : 1); time += 1) {
				if (await this.#strikeFrozen(strike, gate, queue)) continue;
				if (time === 0) throw new Error('no telemetry writer arrived at the row gate in any of the runs');
				run.note('no telemetry writer came back to the row gate');
				break;
			}
			// A stop comes with the gate still closed: the writer's successor is frozen while the subject is asked.
			if (phase !== 'stop') await gate.open();
			await Promise.all([run.execute('load', queue, WIDTH.single), reading]);
		});

	/**
	 * Asks for one run after another until a writer brings its telemetry to the gate: a plane may drop a few. False
	 * where none does.
	 */
	async #strikeFrozen(strike: Strike, gate: Gate, queue: Work[]): Promise<boolean> {
		const run = this.#run;
		const writer = await this.#writer();
		for (;;) {
			const [work] = queue.splice(0, 1);
			if (work === undefined) return false;
			const arrival = arrived(run, gate, ARRIVAL_MS);
			const driving = run.execute('load', [work], 1, () => gate.open());
			const frozen = await arrival;
			if (frozen.length > 0) {
				run.note(`telemetry attempted: backend ${frozen[0]?.pid} is frozen at the row gate`);
				await this.#strike(strike, { frozen, rowGate: gate, ...(writer === undefined ? {} : { writer }) });
			}
			await driving;
			if (frozen.length > 0) return true;
		}
	}

	/** After the workload and before anything is replayed. */
	beforeReplay = (strike: Strike): Promise<void> =>
		this.#reach('beforeReplay', strike, async (run) => {
			await run.drive('strike', WIDTH.single);
			await run.drive('load', WIDTH.load);
			await driveFrozen(run);
			await run.client.drain();
			await this.#strike(strike, {});
		});

	async #strikePlainly(strike: Strike, underWay?: Reached['underWay']): Promise<void> {
		const run = this.#run;
		let starting: Promise<unknown> | undefined;
		const start = () => {
			starting ??= run.client.start();
			return starting;
		};
		await this.#strike(strike, {
			...(run.options.phase === 'boot' ? { start } : {}),
			...(underWay === undefined ? {} : { underWay }),
		});
		await starting;
		if (run.options.mode === 'sticky') run.struck.push(await stick(run.plane));
	}

	/** Takes down how to strike again, for a repetition on a fresh database. */
	#reach(
		moment:
			| 'before'
			| 'during'
			| 'duringBatch'
			| 'after'
			| 'afterTruthCommit'
			| 'duringFlush'
			| 'beforeReplay',
		strike: Strike,
		drive: (run: PhaseRun) => Promise<void>,
	): Promise<void> {
		const run = this.#run;
		run.strikes.push((again) => new Moment(again)[moment](strike));
		return this.#guard(() => run.timed('strike', () => drive(run)));
	}

	async #strike(strike: Strike, reached: Partial<Reached>): Promise<void> {
		const run = this.#run;
		run.note('strike begins');
		const struck = await (run.site.withheld ? withhold : strike)({
			plane: run.plane,
			subject: run.site.subject,
			database: run.database,
			mode: run.options.mode,
			keyOf: (id) => [...run.client.runs].find(([, one]) => one === id)?.[0],
			disregard: (pid) => run.sampler.disregard(pid),
			cut: (act) => {
				run.note('strike begins: the database is cut off');
				return run.client.cut(act);
			},
			...(run.options.phase === 'stop' ? { atStop: run.stopBy } : {}),
			runs: [...run.client.runs.values()],
			frozen: [],
			...reached,
		});
		run.struck.push(struck);
		if (reached.writer !== undefined && struck.killed === true) run.client.killed(reached.writer);
		run.note(`struck: ${struck.method}`);
		if (reached.gate === undefined) await this.#noteGap();
	}

	/** What is left of the plane right after the strike: the witness where a subject heals itself at once. */
	async #noteGap(): Promise<void> {
		const { database, site, plane } = this.#run;
		this.#run.gap = await readGap(database.adminUrl, site.subject, plane.roles);
	}

	/** The writer that runs now: the operating system's list, asked until a restarted one is on it. */
	async #writer(): Promise<number | undefined> {
		const { client, site } = this.#run;
		const name = site.subject.capabilities.writerProcess;
		if (name === undefined) return undefined;
		const deadline = performance.now() + DEADLINE.stall;
		for (;;) {
			await client.lookAtProcesses();
			const writer = (await client.running?.processes())?.find((one) => one.name === name);
			if (writer !== undefined) return writer.pid;
			await delay(5);
			if (performance.now() > deadline)
				throw new Error(`no process ${name} came up within ${DEADLINE.stall} ms`);
		}
	}
}

const partition = <T>(all: readonly T[], which: (one: T) => boolean): [T[], T[]] => [
	all.filter(which),
	all.filter((one) => !which(one)),
];

/** Stands in for every strike when witnesses are tested: what a witness shows then, it shows of nothing. */
const withhold: Strike = async () => ({ method: 'none: the failure was withheld' });
