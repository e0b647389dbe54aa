/**
 * What the suite asks of a subject on one database, and what came back: executions, reads and replays. It
 * records and never judges; a subject that refuses, hangs or dies is an entry, not an exception.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../fixtures/databases/port.ts';
import type { Endpoint, Subject } from '../fixtures/subjects/port.ts';
import { readMetrics } from '../probes/observe/metrics.ts';
import type {
	Execution,
	Load,
	MetricsRead,
	Read,
	Replay,
	Stage,
	Status,
} from '../probes/observe/observation.ts';
import { countTelemetry } from '../probes/observe/telemetry.ts';
import { DEADLINE, within } from './deadlines.ts';
import { Lifetime, message } from './lifetime.ts';
import { eachRead, Reads, readEndpoint } from './reads.ts';
import { STAGE_OF, stageOf, type Work } from './workload.ts';

/** Longer than a product's telemetry usually gathers before it is flushed, in milliseconds. */
const CALM_MS = 2_000;

/** Between two reads beside a load, in milliseconds, for each time that all has been read; up to the longest. */
const READ_EVERY_MS = 15;
const READ_SELDOM_MS = 250;

const REPLAYED: Readonly<Partial<Record<Stage, Replay['recorded']>>> = {
	baseline: 'before',
	restored: 'after',
};

export interface LoadOptions {
	readonly width: number;
	/** Endpoints to read all the while, for these scenario keys. */
	readonly reads?: { readonly endpoints: readonly Endpoint[]; readonly keys: readonly string[] };
	/** Called once when nothing completed for {@link DEADLINE.stall}: what to write down, and what to let go. */
	readonly onStall?: () => Promise<readonly string[]>;
}

type Cut = NonNullable<Execution['cut']>;

export class Client extends Lifetime {
	readonly executions: (Execution & { readonly ms: number })[] = [];
	readonly replays: Replay[] = [];
	readonly metrics: MetricsRead[] = [];
	/** Digest → text of every body seen, for showing a difference. */
	readonly texts = new Map<string, string>();
	/** Scenario key → the subject's id of the run; those of the database's own past are put there by who knows them. */
	readonly runs = new Map<string, string>();
	readonly #reads = new Reads();
	readonly #owed = new Set<Promise<unknown>>();
	/** Executions under way, and what has cut them. */
	readonly #underWay = new Set<{ readonly key: string; cut?: Cut }>();
	/** Set while the database is down. */
	#outage: 'crash' | undefined;
	#outages = 0;

	readonly #capabilities: Subject['capabilities'];
	readonly #telemetryRows: () => Promise<number>;
	readonly #calmMs: number;

	constructor(subject: Subject, database: Database) {
		super(subject, database);
		this.#capabilities = subject.capabilities;
		this.#calmMs = CALM_MS + (subject.batchMs ?? 0);
		this.#telemetryRows = () => countTelemetry(database.adminUrl, subject, () => true);
	}

	get reads(): readonly Read[] {
		return this.#reads.all;
	}

	/** Scenario keys of the runs that have been asked for and not answered. */
	get underWay(): readonly string[] {
		return [...this.#underWay].map(({ key }) => key);
	}

	/** Starts the subject; says of a start that a crash has met that it was cut. */
	override async start(): Promise<boolean> {
		const met = this.#watchOutages();
		const started = await super.start();
		const last = this.lifecycle.at(-1);
		if (last !== undefined && met()) this.lifecycle.splice(-1, 1, { ...last, cut: 'crash' });
		return started;
	}

	/** Asks the subject to stop, whatever is under way. */
	override async stop(): Promise<void> {
		for (const execution of this.#underWay) execution.cut ??= 'stop';
		await super.stop(this.#underWay.size);
	}

	/** Gives whether the database has been down at any time since. */
	#watchOutages(): () => boolean {
		const [down, before] = [this.#outage !== undefined, this.#outages];
		return () => down || this.#outages !== before;
	}

	/** Its database was crashed. */
	get crashed(): boolean {
		return this.#outages > 0;
	}

	/** What is under way while `act` crashes the database and starts it again, or is asked for meanwhile, is cut. */
	async cut<T>(act: () => Promise<T>): Promise<T> {
		this.#outage = 'crash';
		this.#outages += 1;
		for (const execution of this.#underWay) execution.cut = 'crash';
		try {
			return await act();
		} finally {
			this.#outage = undefined;
		}
	}

	/** Runs `works` with `width` under way at once, and reads truth all the while. */
	async load(
		stage: Stage,
		works: readonly Work[],
		options: LoadOptions,
	): Promise<Omit<Load, 'peakBackends'>> {
		const stuck: string[] = [];
		let completed = 0;
		let atStall: number | undefined;
		let finished = false;
		const stall = (): void => {
			atStall = completed;
			stalled = options.onStall?.().then(
				(lines) => void stuck.push(...lines),
				(error) => void stuck.push(`what the backends were doing could not be read: ${message(error)}`),
			);
		};
		let stalled: Promise<void> | undefined;
		let watchdog = setTimeout(stall, DEADLINE.stall);
		const queue = works.values();
		const lanes = Array.from({ length: options.width }, async () => {
			for (const work of queue) {
				if ((await this.execute(work)) <= 0) continue;
				completed += 1;
				if (atStall === undefined) {
					clearTimeout(watchdog);
					watchdog = setTimeout(stall, DEADLINE.stall);
				}
			}
		});
		const reading = this.#readUntil(() => finished, stage, options.reads);
		await Promise.all(lanes);
		clearTimeout(watchdog);
		await stalled;
		finished = true;
		const reads = await reading;
		return {
			stage,
			width: options.width,
			asked: works.length,
			completed: atStall ?? completed,
			reads,
			stuck,
		};
	}

	/** Runs one scenario to its end; gives the status. */
	async execute(work: Work): Promise<Status> {
		const began = performance.now();
		const deadline = AbortSignal.timeout(DEADLINE.execute);
		const execution: { readonly key: string; cut?: Cut } = {
			key: work.key,
			...(this.#outage === undefined ? {} : { cut: this.#outage }),
		};
		this.#underWay.add(execution);
		let status: Status = 0;
		try {
			const { running } = this;
			if (running !== undefined) {
				const { key, scenario } = work;
				const acknowledgement = await within(running.execute({ key, scenario }, deadline), deadline);
				status = acknowledgement.status;
				if (acknowledgement.run !== undefined) this.runs.set(work.key, acknowledgement.run);
			}
		} catch {
			status = deadline.aborted ? -1 : 0;
		}
		this.#underWay.delete(execution);
		this.executions.push({
			scenario: work.scenario,
			stage: STAGE_OF[work.part],
			status,
			ms: round(performance.now() - began),
			...execution,
		});
		return status;
	}

	/** Reads one endpoint, of the run with this key where the path names a run. */
	async read(stage: Stage, endpoint: Endpoint, key?: string): Promise<void> {
		const met = this.#watchOutages();
		// What lists everything says something else at every moment of a load: only its answering is a fact.
		const varies = key === undefined && (stage === 'load' || stage === 'frozen');
		const { text, ...found } = await readEndpoint(this.running, endpoint, varies, this.runs.get(key ?? ''));
		if (text !== undefined) this.texts.set(found.sha256, text);
		this.#reads.add({
			endpoint: endpoint.name,
			...(key === undefined ? {} : { key }),
			stage,
			...found,
			...(met() ? { cut: 'crash' as const } : {}),
			times: 1,
		});
	}

	async replay(stage: Stage, key: string): Promise<void> {
		const recorded = REPLAYED[stageOf(key) ?? 'load'] ?? 'during';
		const deadline = AbortSignal.timeout(DEADLINE.read);
		try {
			const run = this.runs.get(key);
			if (this.running === undefined || run === undefined) throw new Error('there is no such run to replay');
			const bytes = await within(this.running.replay(run, deadline), deadline);
			const sha256 = bytes.length === 0 ? '' : createHash('sha256').update(bytes).digest('hex');
			this.replays.push({ key, recorded, stage, sha256, bytes: bytes.length });
		} catch (error) {
			const why = deadline.aborted ? `no answer within ${DEADLINE.read} ms` : message(error);
			this.replays.push({ key, recorded, stage, sha256: '', bytes: 0, error: why });
		}
	}

	/** What people see of telemetry right now: every metrics endpoint and the page. */
	async readMetrics(stage: MetricsRead['stage']): Promise<void> {
		this.metrics.push(...(await readMetrics(this.#capabilities, this.running, stage, this.#owed)));
	}

	/** Has every metrics read under way, whatever comes of it: a subject that stops owes none. */
	async haveMetricsRead(): Promise<void> {
		await readMetrics(this.#capabilities, this.running, 'load', this.#owed);
	}

	/** Metrics reads that the suite has given up and that the subject has yet to answer. */
	get owesMetrics(): boolean {
		return this.#owed.size > 0;
	}

	/** Resolves when it has answered all of them, or has had the time for it. */
	async metricsAnswered(): Promise<void> {
		await within(Promise.allSettled(this.#owed), AbortSignal.timeout(DEADLINE.drain)).catch(() => {});
	}

	/** Resolves when nothing is queued any more: `true` when that was shown, by the subject's word or by a calm window. */
	async drain(): Promise<boolean> {
		const { running } = this;
		if (running === undefined) return false;
		const deadline = AbortSignal.timeout(DEADLINE.drain);
		try {
			if (running.drain === undefined) await this.#calm(deadline);
			else await within(running.drain(deadline), deadline);
			return true;
		} catch {
			return false;
		}
	}

	/** Waits until the telemetry rows have stood still for {@link CALM_MS} and the time that a batch is held back. */
	async #calm(signal: AbortSignal): Promise<void> {
		let rows = -1;
		for (let since = performance.now(); performance.now() - since < this.#calmMs; ) {
			const now = await this.#telemetryRows();
			if (now !== rows) since = performance.now();
			rows = now;
			await delay(CALM_MS / 10, undefined, { signal });
		}
	}

	async #readUntil(done: () => boolean, stage: Stage, reads: LoadOptions['reads']): Promise<number> {
		if (reads === undefined) return 0;
		const all = eachRead(reads.endpoints, reads.keys);
		let count = 0;
		do {
			for (const { endpoint, key } of all) {
				await this.read(stage, endpoint, key);
				count += 1;
				// One full round at least, so that control and observation have read the same.
				if (done() && count >= all.length) return count;
				// Paced once all was read, and more the longer it lasts: the reader must not take what the load is there to use.
				await delay(Math.min(READ_EVERY_MS * Math.floor(count / all.length), READ_SELDOM_MS));
			}
		} while (!done());
		return count;
	}
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
