/** What one phase of one injection hands to the reports: plain data, carried by Vitest's task meta. */
import type {} from 'vitest';
import type { InvariantId, Judgement } from '../probes/invariants/verdict.ts';
import type { Mode, Observation, Phase } from '../probes/observe/observation.ts';
import type { InjectionId } from '../suites/matrix.ts';

/** Something that had to be shown besides the invariants: the witness, the expected outcome, the restoration. */
export interface Shown {
	/** What it is, e.g. `INSERT privilege is gone`. */
	readonly name: string;
	readonly shown: boolean;
	/** The figures behind it, readable: `42501 ×17, first at …`. */
	readonly facts: string;
}

export interface ProbeResult {
	readonly name: string;
	/** `departs`: not passed, as the subject declares. */
	readonly verdict: 'passed' | 'failed' | 'inconclusive' | 'departs' | 'not applicable';
	/** What was looked at and how much. */
	readonly looked: string;
	/** What is wrong, or why it does not apply; empty when passed. */
	readonly detail: string;
	/** Why it departs, in the words of the subject's adapter. */
	readonly declared?: string;
}

export interface ProbeRun {
	readonly when: 'before' | 'after';
	/** Of the probe set, `sha256:…`. */
	readonly digest: string;
	readonly results: readonly ProbeResult[];
}

/** What the facts of a phase are told by, besides its observation and its control's. */
export interface Context {
	/** Declared names of the telemetry tables. */
	readonly tables: readonly string[];
	/** Telemetry is written by a process of its own. */
	readonly separateWriter: boolean;
	/** A clock writes telemetry, with nothing asked as well. */
	readonly periodic?: true;
	/** What the subject declares of its charts: what it does not is not looked for. */
	readonly capabilities: {
		readonly metrics?: readonly {
			readonly name: string;
			readonly read?: string;
			readonly skipped?: string;
			readonly partial?: string;
		}[];
		readonly metricsPage?: object;
	};
	/** The plane right after the strike: relations that exist, and roles of the subject that may insert into one. */
	readonly gap?: { readonly relations: readonly string[]; readonly writers: readonly string[] };
}

export interface PhaseRecord {
	readonly injection: InjectionId;
	readonly phase: Phase;
	readonly mode?: Mode;
	/** What was done, in the words of SQL or the shell: `DROP TABLE telemetry_event, telemetry_cleanup_log`. */
	readonly method: string;
	/** Where the run was to stop before this phase had begun: why it did not run. Nothing below is meant then. */
	readonly notRun?: string;
	/** What the subject does not declare and this injection needs: nothing was struck, and nothing below is meant. */
	readonly notApplicable?: string;
	readonly startedAt: string;
	readonly durationMs: number;
	/** Where the time went, in milliseconds: `spin-up`, `control`, `load` … */
	readonly timings: Readonly<Record<string, number>>;
	readonly subject: {
		readonly name: string;
		readonly version: string;
		readonly digest: string;
		/** Of both planes as the catalog describes them, `sha256:…`; absent where the phase did not come so far. */
		readonly schema?: string;
		/** Of the repository that its module lies in; absent where that is none. */
		readonly git?: { readonly commit: string; readonly dirty: boolean };
		/** What it does not declare, and what was not looked at for that; absent where it declares everything. */
		readonly undeclared?: readonly string[];
	};
	readonly database: {
		readonly provider: string;
		readonly version: string;
		/** What runs: `sha256:…` of an image or a program, or the `version()` of a server of somebody's own. */
		readonly build?: string;
		/** What the server cannot show or suffer, and why; absent where it lacks nothing. */
		readonly lacks?: Readonly<Record<string, string>>;
	};
	readonly probes: readonly ProbeRun[];
	readonly witness: readonly Shown[];
	readonly outcome: readonly Shown[];
	readonly restoration: readonly Shown[];
	readonly judgements: Readonly<Partial<Record<InvariantId, Judgement>>>;
	/** Anything that was thrown and is not a verdict: the phase is inconclusive for it. */
	readonly error?: string;
	readonly control?: Observation;
	readonly observed?: Observation;
	/** There with the two observations. */
	readonly context?: Context;
}

declare module 'vitest' {
	interface TaskMeta {
		bystander?: PhaseRecord;
	}
}
