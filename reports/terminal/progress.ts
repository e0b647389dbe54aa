/** What a certification shows while it runs: lines drawn in place on a terminal of its own, else lines of a log. */
import type { WriteStream } from 'node:tty';
import { type InjectionId, row } from '../../suites/matrix.ts';
import { seconds } from '../amounts.ts';
import { type Status, worstStatus } from '../cells.ts';
import { SIGN } from '../summary.ts';
import { coloured } from './colours.ts';
import { LiveArea } from './live-area.ts';
import type { Step } from './step.ts';
import { fit } from './text.ts';
import { elapsed, type Phase, type UnderWay, underWay } from './under-way.ts';

export interface Output {
	/** Where {@link print} goes, when that is a terminal that nobody else draws on. */
	readonly terminal?: WriteStream;
	readonly print: (...lines: readonly string[]) => void;
	/** Silence, in milliseconds, after which a line of a log says what is still running. */
	readonly heartbeatMs: number;
}

interface Running extends UnderWay {
	readonly phases: Map<string, Phase & { readonly since: number }>;
}

export class Progress {
	readonly #output: Output;
	readonly #running = new Map<InjectionId, Running>();
	readonly #area: LiveArea | undefined;
	#saidAt = Date.now();
	#heart: NodeJS.Timeout | undefined;

	constructor(output: Output) {
		this.#output = output;
		const { terminal } = output;
		if (terminal)
			this.#area = new LiveArea(terminal, (columns) =>
				underWay([...this.#running.values()], Date.now(), columns),
			);
	}

	start(): void {
		this.#area?.start();
		if (this.#area) return;
		const { heartbeatMs } = this.#output;
		this.#heart = setInterval(() => this.#beat(heartbeatMs), heartbeatMs / 10).unref();
	}

	stop(): void {
		clearInterval(this.#heart);
		this.#area?.stop();
		this.#running.clear();
	}

	/** A phase begins; `key` is its own. */
	begin(id: InjectionId, key: string, name: string): void {
		const since = Date.now();
		const injection = this.#running.get(id) ?? { id, since, phases: new Map() };
		injection.phases.set(key, { name, since });
		this.#running.set(id, injection);
		if (!this.#area) this.#say(`${id} ${name} …`);
	}

	step(id: InjectionId, key: string, step: Step): void {
		const phase = this.#running.get(id)?.phases.get(key);
		if (!phase) return;
		phase.step = step;
		// It may be over before the lines are drawn again by the clock.
		this.#area?.draw();
	}

	/** A phase has ended; `ms` where it is known how long it took. */
	end(id: InjectionId, key: string, status: Status, ms?: number): void {
		const phase = this.#running.get(id)?.phases.get(key);
		if (!phase || phase.status) return;
		phase.status = status;
		// On a terminal, what is held is told with its injection.
		if (this.#area && status === 'held') return;
		this.#say(`${id} ${phase.name} … ${coloured(status, status)} ${seconds(ms ?? Date.now() - phase.since)}`);
	}

	/** All phases of an injection have ended. */
	finish(id: InjectionId): void {
		const injection = this.#running.get(id);
		if (!injection) return;
		this.#running.delete(id);
		const { terminal } = this.#output;
		if (!terminal) return;
		const status = worstStatus([...injection.phases.values()].map((phase) => phase.status ?? 'not run'));
		const text = `${SIGN[status]} ${id} ${row(id).title}  ${elapsed(Date.now() - injection.since)}`;
		this.#say(coloured(status, fit(text, terminal.columns || text.length)));
	}

	#say(line: string): void {
		this.#saidAt = Date.now();
		this.#output.print(line);
	}

	#beat(everyMs: number): void {
		const now = Date.now();
		const running = [...this.#running.values()].flatMap(({ id, phases }) =>
			[...phases.values()]
				.filter(({ status }) => !status)
				.map(
					({ name, step, since }) =>
						`${id} ${name}${step === undefined ? '' : `: ${step}`} (${seconds(now - since)})`,
				),
		);
		if (now - this.#saidAt >= everyMs && running.length > 0)
			this.#say(`… still running: ${running.join(', ')}`);
	}
}
