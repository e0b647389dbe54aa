/** The lifetimes of a subject on one database: starts, stops, and what became of its processes. */
import { setTimeout as delay } from 'node:timers/promises';
import { alive } from '../fixtures/processes.ts';
import type { RunningSubject, Subject, SubjectDatabase } from '../fixtures/subjects/port.ts';
import type { Lifecycle, ProcessFacts } from '../probes/observe/observation.ts';
import { DEADLINE, within } from './deadlines.ts';
import { hideCredentials } from './secrets.ts';

/** Seldom, since the list of all processes is read each time. */
const OVER_POLL_MS = 100;

export class Lifetime {
	readonly lifecycle: Lifecycle[] = [];
	readonly processes: ProcessFacts[] = [];
	readonly #subject: Subject;
	readonly #database: SubjectDatabase;
	readonly #killed = new Set<number>();
	#seen = new Map<number, string>();
	#running: RunningSubject | undefined;
	/** Resolves when the last start is over, whatever came of it. */
	#started: Promise<void> = Promise.resolve();

	constructor(subject: Subject, database: SubjectDatabase) {
		this.#subject = subject;
		this.#database = database;
	}

	/** The subject as it runs now, `undefined` when it does not. */
	get running(): RunningSubject | undefined {
		return this.#running;
	}

	async start(): Promise<boolean> {
		const began = performance.now();
		const deadline = AbortSignal.timeout(DEADLINE.start);
		const starting = this.#subject.start({ database: this.#database, deadlineMs: DEADLINE.start });
		const { promise, resolve: over } = Promise.withResolvers<void>();
		this.#started = promise;
		try {
			this.#running = await within(starting, deadline);
			hideCredentials(this.#running);
			this.#note('start', 'done', began);
			await this.lookAtProcesses();
			return true;
		} catch (error) {
			this.#note('start', deadline.aborted ? 'deadline' : 'failed', began, { detail: message(error) });
			// What comes up after all is not wanted any more.
			starting.then((late) => late.kill()).catch(() => undefined);
			return false;
		} finally {
			over();
		}
	}

	/** Asks the subject to stop, with `inFlight` executions under way; kills it when it does not in time. */
	async stop(inFlight: number): Promise<void> {
		const running = this.#running;
		if (running === undefined) return;
		const pids = await this.#end(running);
		const began = performance.now();
		const deadline = AbortSignal.timeout(DEADLINE.stop);
		try {
			await within(running.stop(deadline), deadline);
			// The subject's word is not enough: it has stopped when the operating system lists it no more.
			while (pids.some(alive)) await delay(5, undefined, { signal: deadline });
			this.#note('stop', 'done', began, { inFlight });
		} catch (error) {
			const left = pids.filter(alive);
			const detail = left.length === 0 ? message(error) : `process ${left.join(', ')} still runs`;
			this.#note('stop', deadline.aborted ? 'deadline' : 'failed', began, { detail, inFlight });
		} finally {
			this.#running = undefined;
			await running.kill();
		}
	}

	/** Ends the subject without asking; not part of what is judged. */
	async kill(): Promise<void> {
		// One that is still starting would come up after all.
		await this.#started;
		const running = this.#running;
		this.#running = undefined;
		if (running === undefined) return;
		try {
			await this.#end(running);
		} finally {
			await running.kill();
		}
	}

	/** Takes down which processes there are now: one that is missing later has died. */
	async lookAtProcesses(): Promise<void> {
		for (const { pid, name } of (await this.#running?.processes()) ?? []) this.#seen.set(pid, name);
	}

	/** Resolves when it does not run, or none of its processes is left that were seen. */
	async over(signal: AbortSignal): Promise<void> {
		for (;;) {
			await this.lookAtProcesses();
			if (this.#running === undefined || (this.#seen.size > 0 && ![...this.#seen.keys()].some(alive))) return;
			await delay(OVER_POLL_MS, undefined, { signal });
		}
	}

	/** The suite has killed this process itself. */
	killed(pid: number): void {
		this.#killed.add(pid);
	}

	/** Writes down what became of the processes of a lifetime that is about to end; gives those that live. */
	async #end(running: RunningSubject): Promise<readonly number[]> {
		for (const { pid, name } of await running.processes()) this.#seen.set(pid, name);
		for (const [pid, name] of this.#seen) {
			const ended = this.#killed.has(pid) ? 'killed' : alive(pid) ? 'asked' : 'died';
			this.processes.push({ name, pid, ended });
		}
		const pids = [...this.#seen.keys()].filter(alive);
		this.#seen = new Map();
		return pids;
	}

	#note(
		action: Lifecycle['action'],
		outcome: Lifecycle['outcome'],
		began: number,
		more: Pick<Lifecycle, 'detail' | 'inFlight'> = {},
	): void {
		this.lifecycle.push({ action, outcome, ms: Math.round((performance.now() - began) * 10) / 10, ...more });
	}
}

export const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
