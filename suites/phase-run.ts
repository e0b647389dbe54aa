/**
 * One phase of one injection, or of its control, on a database of its own: prepared, driven, observed,
 * mended. The control runs the very same script; only nothing is struck.
 */
import type { Database } from '../fixtures/databases/port.ts';
import { drop } from '../fixtures/failures/drop.ts';
import { install } from '../fixtures/failures/instruments.ts';
import type { Plane } from '../fixtures/failures/plane.ts';
import type { Struck } from '../fixtures/failures/struck.ts';
import type { TruthGate } from '../fixtures/failures/truth-gate.ts';
import { type Catalog, readCatalog } from '../probes/observe/catalog.ts';
import { type LockSampler, sampleLocks } from '../probes/observe/lock-graph.ts';
import type { Frozen, Load, Mode, Phase, Stage, TimelineEntry, Wall } from '../probes/observe/observation.ts';
import type { Gap } from '../probes/observe/telemetry.ts';
import { openTruth, type Truth } from '../probes/observe/truth.ts';
import { raiseWall } from '../probes/observe/wall.ts';
import type { ProbeRun, Shown } from '../reports/record.ts';
import { Client } from './client.ts';
import { tourGates } from './gates.ts';
import { attributed } from './idle.ts';
import { eachRead, truthReads } from './reads.ts';
import { planeOf, probe, type Site } from './site.ts';
import { slotsOf, takeSlot } from './slots.ts';
import { type Part, STAGE_OF, WIDTH, type Work, workload } from './workload.ts';

export interface PhaseOptions {
	readonly phase: Phase;
	readonly mode?: Mode;
	/** No gate is closed and nothing is deleted; nothing is struck, but for what {@link bare} is struck with. */
	readonly control: boolean;
	/** A control without any telemetry, struck in the same way: what a crash leaves even so. */
	readonly bare?: true;
}

/** Parts of the workload beside which metrics are read: under the failure, and owed an answer. */
const METRICS_BESIDE: ReadonlySet<Part> = new Set<Part>(['load', 'struck']);

export class PhaseRun {
	readonly site: Site;
	readonly options: PhaseOptions;
	readonly database: Database;
	readonly plane: Plane;
	readonly client: Client;
	readonly catalog: Catalog;
	readonly truth: Truth;
	readonly sampler: LockSampler;
	/** Frees the slot that this phase holds. */
	readonly release: () => void;
	readonly probes: ProbeRun[] = [];
	readonly restoration: Shown[] = [];
	readonly frozen: Frozen[] = [];
	readonly loads: Load[] = [];
	readonly walls: Wall[] = [];
	readonly timeline: TimelineEntry[] = [];
	/** Milliseconds spent, by step. */
	readonly timings: Record<string, number> = {};
	/** What was struck, newest last; all of it is healed in the end. */
	readonly struck: Struck[] = [];
	/** The same strikes again, for a repetition on a fresh database. */
	readonly strikes: ((again: PhaseRun) => Promise<void>)[] = [];
	/** Entries of the client, and the end of the log, before the strike. */
	prepared = { lifecycle: 0, executions: 0, mark: 0 };
	/** What was struck is undone. */
	healed = false;
	/** What the strikes have counted, by name. */
	readonly counts: Record<string, number> = {};
	readonly #settled = new Set<Struck>();
	/** The plane right after the strike. */
	gap: Gap | undefined;
	/** How the subject is stopped: a strike may meet the stop. */
	stop: (stop: () => Promise<void>) => Promise<void> = (stop) => stop();
	/** Closes a gate before the runs are asked for that a stop cuts. */
	beforeStop: () => Promise<TruthGate | undefined> = async () => undefined;
	readonly stopBy = (act: PhaseRun['stop'], before = this.beforeStop): void => {
		this.stop = act;
		this.beforeStop = before;
	};
	/** Called before anything is healed. */
	onMend: () => void = () => undefined;
	/** What a moment has left to do once the subject has stopped. */
	afterStop: () => Promise<void> = async () => undefined;
	/** Parts of the workload that a moment has driven already. */
	readonly driven = new Set<Part>();

	private constructor(
		parts: Pick<
			PhaseRun,
			'site' | 'options' | 'database' | 'plane' | 'client' | 'catalog' | 'truth' | 'sampler' | 'release'
		>,
	) {
		({
			site: this.site,
			options: this.options,
			database: this.database,
			plane: this.plane,
			client: this.client,
			catalog: this.catalog,
			truth: this.truth,
			sampler: this.sampler,
			release: this.release,
		} = parts);
	}

	/**
	 * A fresh database with the baseline in it, instruments in before the subject connects, preconditions looked at.
	 * `begins` is called when its turn has come, and throws where it is not to begin after all.
	 */
	static async prepare(
		site: Site,
		options: PhaseOptions,
		begins: () => void = () => undefined,
	): Promise<PhaseRun> {
		const release = await takeSlot(site.folder, slotsOf(site.subject));
		try {
			begins();
			return await PhaseRun.#prepare(site, options, release);
		} catch (error) {
			release();
			throw error;
		}
	}

	static async #prepare(site: Site, options: PhaseOptions, release: () => void): Promise<PhaseRun> {
		const began = performance.now();
		const { subject, server } = site;
		const mark = await server.log.mark();
		const database = await server.createDatabase({ roles: subject.roles, template: site.template.name });
		const plane = planeOf(site, database);
		const catalog = await readCatalog(database.adminUrl, subject);
		await install(plane);
		if (options.bare) await drop(plane);
		const truth = await openTruth(database.adminUrl, subject);
		const sampler = await sampleLocks({ ...plane, truth: subject.truth, mark });
		const client = new Client(subject, database);
		for (const [key, id] of site.baseline) client.runs.set(key, id);
		const parts = { site, options, database, plane, client, catalog, truth, sampler, release };
		const run = new PhaseRun(parts);
		run.timings['spin-up'] = Math.round(performance.now() - began);
		try {
			if (options.phase === 'boot') run.probes.push(site.probes);
			else {
				await run.timed('start', () => client.start());
				if (!options.control)
					run.probes.push(
						await run.timed('probes', () => probe(subject, database, client, 'before', site.probes)),
					);
			}
			if (options.phase === 'live') await run.timed('gates', () => tourGates(run));
		} catch (error) {
			await run.close();
			throw error;
		}
		run.prepared = {
			lifecycle: client.lifecycle.length,
			executions: client.executions.length,
			mark: await server.log.mark(),
		};
		return run;
	}

	/** Runs one part of the workload, once. */
	async drive(part: Part, width: number, letGo?: () => Promise<unknown>): Promise<void> {
		this.driven.add(part);
		await this.execute(STAGE_OF[part], this.works(part), width, letGo);
	}

	/** Runs those of these parts that no moment has driven, as one load of this stage: what hangs in each is waited for once. */
	async driveRest(stage: Stage, ...parts: readonly Part[]): Promise<void> {
		const rest = parts.filter((part) => !this.driven.has(part));
		for (const part of rest) this.driven.add(part);
		const works = rest.flatMap((part) => this.works(part));
		if (works.length > 0) await this.execute(stage, works, WIDTH.load);
	}

	/** Runs `works` with truth read meanwhile; `letGo` is called when nothing completes any more. */
	async execute(
		stage: Stage,
		works: readonly Work[],
		width: number,
		letGo?: () => Promise<unknown>,
	): Promise<void> {
		const reads = { endpoints: truthReads(this.site.subject), keys: this.keys('baseline') };
		const onStall = async () => {
			const backends = await this.sampler.backends();
			await letGo?.();
			return backends;
		};
		const [load] = await Promise.all([
			this.client.load(stage, works, { width, reads, onStall }),
			works.some(({ part }) => METRICS_BESIDE.has(part)) ? this.client.readMetrics('load') : undefined,
		]);
		this.loads.push({ ...load, peakBackends: this.sampler.takePeak() });
	}

	works(part: Part): readonly Work[] {
		return workload(part, this.site.seed, this.site.subject.connections);
	}

	/** While what is struck lets the plane come to rest; it stays struck. */
	readonly aside = <T>(act: () => Promise<T>): Promise<T> =>
		this.struck.reduce((inner, { aside }) => (aside === undefined ? inner : () => aside(inner)), act)();

	/** With background work drained: every O1 read and the replays behind the lock wall. */
	async look(stage: Stage, keys: readonly string[], replays: readonly string[]): Promise<void> {
		const { client, site } = this;
		const calm = await client.drain();
		// What the subject still reads for an answer that nobody waits for would meet the wall in the name of another.
		if (client.owesMetrics) await this.aside(() => client.metricsAnswered());
		const wall = await raiseWall({ ...this.plane, log: site.server.log, raising: this.aside });
		// A lock refused at once is seen in the log alone.
		const proven = calm && site.server.lacks.log === undefined && (await wall.prove());
		const walled = async (
			during: Wall['during'],
			watched: number,
			act: () => Promise<void>,
		): Promise<void> => {
			await act();
			await wall.watch(`background work after ${during}`, async () => void (await client.drain()));
			const down = wall.inTheWay();
			this.walls.push({
				during,
				stage,
				relations: wall.relations,
				proven,
				...(down === undefined ? {} : { down }),
				watched,
				// Without calm a touch may be of work from before: nothing is known then.
				touches: calm
					? await attributed(wall, { ...site.subject, owing: client.owesMetrics }, await wall.takeTouches())
					: [],
			});
		};
		try {
			const { auditExport } = site.subject.capabilities;
			const endpoints = [...truthReads(site.subject), ...(auditExport === undefined ? [] : [auditExport])];
			const reads = eachRead(endpoints, keys);
			await walled('o1', reads.length, async () => {
				for (const { endpoint, key } of reads)
					await wall.watch(`GET ${endpoint.name}`, () => client.read(stage, endpoint, key));
			});
			await walled('replay', replays.length, async () => {
				for (const key of replays) await wall.watch(`replay of ${key}`, () => client.replay(stage, key));
			});
		} finally {
			await wall.lower();
		}
	}

	/** The load is over: strikes end what would not let the plane come to rest; `holding` those alone that keep locks. */
	async settle(which: 'holding' | 'all' = 'all'): Promise<void> {
		for (const struck of this.struck) {
			if (this.#settled.has(struck) || (which === 'holding' && struck.holding !== true)) continue;
			this.#settled.add(struck);
			Object.assign(this.counts, await struck.settle?.());
		}
	}

	note(event: string, at = new Date().toISOString(), source: TimelineEntry['source'] = 'suite'): void {
		this.timeline.push({ at, event, source });
	}

	async timed<T>(step: string, act: () => Promise<T>): Promise<T> {
		const began = performance.now();
		try {
			return await act();
		} finally {
			this.timings[step] = (this.timings[step] ?? 0) + Math.round(performance.now() - began);
		}
	}

	/** Digest → the row or body it stands for, of all that was seen. */
	texts(): ReadonlyMap<string, string> {
		return new Map([...this.client.texts, ...this.truth.texts]);
	}

	/** Ends everything of this phase, whatever state it is in. */
	async close(): Promise<void> {
		const ends = await Promise.allSettled([
			this.client.kill(),
			this.afterStop(),
			...(this.healed ? [] : this.struck.map(async (struck) => struck.heal?.().catch(() => {}))),
			this.sampler.stop(),
			this.truth.close(),
		]);
		this.release();
		await this.database.drop();
		for (const end of ends) if (end.status === 'rejected') throw end.reason;
	}

	/** The keys of one round of a part: every scenario once. */
	keys(part: Part): readonly string[] {
		return this.works(part)
			.map(({ key }) => key)
			.filter((key) => key.startsWith(`${part}-1-`));
	}
}
