/**
 * What was recorded of one phase, as plain JSON data: facts that Postgres, the operating system and HTTP
 * showed. Invariants are pure functions of two of these, the control's and the one under the failure.
 */
import type { Scenario } from '../../fixtures/subjects/port.ts';

export const PHASES = ['live', 'boot', 'stop'] as const;
export type Phase = (typeof PHASES)[number];

/** How a boot meets its failure: the subject may not repair its plane, or it may. */
export type Mode = 'sticky' | 'healable';

/**
 * When something happened, in the order of a phase: `baseline` before the failure, `gates` at the row and commit
 * gates, `load` under the failure, `frozen` with every telemetry writer frozen, `quiet` with background work
 * drained, `emptied` and `dropped` after the telemetry was deleted, `restored` on the mended plane.
 */
export type Stage = 'baseline' | 'gates' | 'load' | 'frozen' | 'quiet' | 'emptied' | 'dropped' | 'restored';

/** An HTTP status; `0` when nothing answered, `-1` when the deadline passed first. */
export type Status = number;

export interface Execution {
	readonly key: string;
	readonly scenario: Scenario;
	readonly stage: Stage;
	readonly status: Status;
	/** How long it took to fail; of one that was acknowledged the slowest are told by {@link Observation.attempts}. */
	readonly ms?: number;
	/** It was under way when the suite asked the subject to stop, or while its database was crashed: it may have been cut off. */
	readonly cut?: Cut;
	/** Of one that was cut and not acknowledged: what is found of it in the end. */
	readonly found?: Found;
}

export type Cut = 'stop' | 'crash';

/**
 * What is found of a run that was cut off: what the control has of it, the port's declared interrupted state, not a
 * row, or anything else.
 */
export type Found = 'finished' | 'interrupted' | 'absent' | 'half-written';

/** One truth table, read back through a fresh connection. */
export interface TruthFacts {
	readonly table: string;
	readonly holds: 'runs' | 'traces' | 'incidents' | 'decisions' | 'memory' | 'other';
	/** Rows in all. */
	readonly rows: number;
	/** Rows that were there before the failure: their bytes then, and of the same keys now; `now` is `''` when the table is gone. */
	readonly before: { readonly rows: number; readonly was: string; readonly now: string };
	/** Columns that `before` leaves aside, since the product brings them up to date. */
	readonly moving?: readonly string[];
	/**
	 * Scenario key → `rows:digest` of its rows without volatile columns; `''` for rows of no scenario.
	 * A key without rows is absent.
	 */
	readonly byKey: Readonly<Record<string, string>>;
}

/** An incident or an enforcement decision, readable. */
export interface Fact {
	readonly holds: 'incidents' | 'decisions';
	/** Scenario key, `''` when it belongs to none. */
	readonly key: string;
	/** The declared columns joined by ` · `, name first: `budget_exceeded · high · open`. */
	readonly fact: string;
	/** It is the incident that the port declares for a run that was cut off. */
	readonly interruption?: true;
}

export interface Replay {
	readonly key: string;
	/** When the run was recorded, relative to the failure. */
	readonly recorded: 'before' | 'during' | 'after';
	readonly stage: Stage;
	/** Of the canonical bytes, hex; `''` when there were none. */
	readonly sha256: string;
	readonly bytes: number;
	/** Why there are no bytes. */
	readonly error?: string;
}

/** Reads of one endpoint that came back the same, counted. */
export interface Read {
	readonly endpoint: string;
	/** Scenario key of the run that the path names, where it names one. */
	readonly key?: string;
	readonly stage: Stage;
	readonly status: Status;
	/** Of the canonical body without volatile parts, hex. Empty for a body that is not JSON. */
	readonly sha256: string;
	/** Scalars in the body, pieces of text on a page: 0 means that nothing was looked at. */
	readonly values: number;
	/** Words in it that suggest a certainty drawn from telemetry, if there are any. */
	readonly claims?: readonly string[];
	readonly times: number;
	/** Of those that were not answered with 200. */
	readonly slowestMs?: number;
	/** Under way while the suite had the database crashed: it may go without an answer. */
	readonly cut?: 'crash';
}

/** One answer of a metrics endpoint or page. */
export interface MetricsRead {
	readonly name: string;
	readonly kind: 'api' | 'page';
	readonly stage: Extract<Stage, 'load' | 'quiet'>;
	readonly status: Status;
	readonly ms: number;
	/** The subject's own, as declared. */
	readonly deadlineMs: number;
	/** Data points, or charts on the page. */
	readonly points: number;
	/** Rows read, and rows left out as unusable, as far as it says. */
	readonly read?: number;
	readonly skipped?: number;
	readonly partial: boolean;
	/** Of a page: it says that it is not authoritative, and that there is nothing to show. */
	readonly labelled?: boolean;
	readonly empty?: boolean;
}

/** A backend of the subject that was seen asleep inside a statement. */
export interface Sleep {
	readonly at: string;
	readonly pid: number;
	readonly role: string;
	readonly statement: string;
	/** As long as it was seen to last, in milliseconds. */
	readonly ms: number;
}

/** A backend of the subject that reached for a telemetry relation. */
export interface Touch {
	/** What was asked of the subject meanwhile, e.g. `GET incidents` or `replay`. */
	readonly during: string;
	readonly how: 'waited' | 'refused';
	readonly pid: number;
	readonly role: string;
	readonly relation: string;
	readonly statement: string;
	/**
	 * Where telemetry is written by the clock: `clock` if the same statement also came with nothing asked, `not known` if only
	 * another with its verb did. `not known` as well while an answer of metrics was still owed.
	 */
	readonly by?: 'clock' | 'not known';
}

/** A quiet window in which any touch of telemetry is seen: ACCESS EXCLUSIVE on what is there, the log for what is not. */
export interface Wall {
	readonly during: 'replay' | 'o1';
	readonly stage: Stage;
	/** Relations that were locked; empty when the plane is gone and the log alone watches. */
	readonly relations: readonly string[];
	/** The suite's own touch was caught, so a subject's would have been. */
	readonly proven: boolean;
	/** Why it was not up all the time: `could not be raised within …; in the way: …`. */
	readonly down?: string;
	/** Requests and replays that ran behind it. */
	readonly watched: number;
	readonly touches: readonly Touch[];
}

export type Plane = 'truth' | 'telemetry' | 'both' | 'suite' | 'other';

export interface Backend {
	readonly pid: number;
	readonly role: string;
	/** By the relations its transaction has locked or asks for. */
	readonly plane: Plane;
	/** e.g. `RowExclusiveLock on runs`. */
	readonly holds: readonly string[];
	readonly statement: string;
}

/** A backend that waited for others. */
export interface Wait {
	readonly at: string;
	readonly waiter: Backend;
	/** e.g. `AccessShareLock on telemetry_event`, `advisory lock of the row gate`. */
	readonly wanted: string;
	/** What it wanted belongs to the telemetry plane: a telemetry relation, or a gate in one. */
	readonly telemetry: boolean;
	/** Those it waited for, directly first, then those they waited for. */
	readonly blockers: readonly Backend[];
	/** As long as it was seen to last, in milliseconds. */
	readonly ms: number;
}

export interface LockFacts {
	/** Times that `pg_locks` was read; 0 means that nothing was looked at. */
	readonly samples: number;
	/** `still waiting` entries of the log that were looked at. */
	readonly logged: number;
	readonly waits: readonly Wait[];
}

/** What was seen while a gate held telemetry writers still. */
export interface Frozen {
	readonly gate: 'relation' | 'row' | 'commit';
	/** Backends seen waiting at the gate; 0 means that nothing froze. */
	readonly backends: number;
	/** Truth relations on which a frozen transaction holds a write lock: a shared transaction. */
	readonly holding: readonly string[];
	/** Telemetry rows that were looked at while frozen, and those whose truth row nobody else could see yet. */
	readonly described: number;
	readonly ahead: readonly string[];
	/** Why the gate could not be reached under this failure. */
	readonly unreachable?: string;
}

/** Sustained concurrent load with every telemetry writer frozen. */
export interface Load {
	readonly stage: Stage;
	/** Requests under way at once. */
	readonly width: number;
	readonly asked: number;
	readonly completed: number;
	/** Truth reads among it. */
	readonly reads: number;
	/** Most backends that the subject had at once, as `pg_stat_activity` shows. */
	readonly peakBackends: number;
	/** When it did not complete: what the subject's backends were doing. */
	readonly stuck: readonly string[];
}

export interface Lifecycle {
	readonly action: 'start' | 'stop';
	readonly outcome: 'done' | 'deadline' | 'failed';
	readonly ms: number;
	readonly detail?: string;
	/** Of a stop: executions under way when it was asked for. */
	readonly inFlight?: number;
	/** Of a start that the suite's own crash of the database has met. */
	readonly cut?: Cut;
}

export interface ProcessFacts {
	readonly name: string;
	readonly pid: number;
	/** As the operating system says; `killed` when the suite did it. */
	readonly ended: 'no' | 'asked' | 'killed' | 'died';
}

/** Rows of both planes written by one transaction, by equal `xmin`. */
export interface SharedTransactions {
	/** Telemetry rows whose truth row was compared. */
	readonly compared: number;
	readonly shared: readonly string[];
	/** No telemetry table is declared to describe truth: there is nothing to compare. */
	readonly undescribed?: true;
}

export interface TelemetryFacts {
	/** Telemetry relations that exist. */
	readonly relations: readonly string[];
	/** Rows in all. */
	readonly rows: number;
	/** Roles of the subject that may insert into one of them. */
	readonly writers: readonly string[];
	/** Rows that describe a run of that stage. */
	readonly byStage: Readonly<Partial<Record<Stage, number>>>;
	/** Scenario key → rows that describe its run. */
	readonly byKey: Readonly<Record<string, number>>;
}

/** Statements of the subject that Postgres refused, grouped by SQLSTATE and message. */
export interface Refusal {
	readonly sqlstate: string;
	readonly message: string;
	readonly role: string;
	readonly statement: string;
	readonly times: number;
	/** ISO 8601, of the first. */
	readonly first: string;
}

export interface Deletion {
	/** Rows that the suite removed, and rows left when it looked again. */
	readonly removed: number;
	readonly left: number;
	/** Relations dropped in one `DROP … RESTRICT`. */
	readonly dropped: readonly string[];
	/** What Postgres said when it refused, with the dependants named. */
	readonly refused?: string;
	/** Telemetry rows stored for the run made on the restored plane. */
	readonly storedAfterRestore: number;
}

export interface TimelineEntry {
	/** ISO 8601 in UTC. */
	readonly at: string;
	readonly event: string;
	/** Who saw it. */
	readonly source: 'log' | 'commit timestamp' | 'suite' | 'os';
}

export interface Observation {
	readonly phase: Phase;
	readonly mode?: Mode;
	/** Why the server's log could not be read; absent where it was. What rests on it is empty then, and shows nothing. */
	readonly unlogged?: string;
	readonly executions: readonly Execution[];
	readonly truth: readonly TruthFacts[];
	readonly facts: readonly Fact[];
	readonly replays: readonly Replay[];
	readonly reads: readonly Read[];
	readonly walls: readonly Wall[];
	readonly locks: LockFacts;
	readonly sleeps: readonly Sleep[];
	/** Metrics under the failure; empty where none are declared. */
	readonly metrics: readonly MetricsRead[];
	/** What the strike itself counted, by name: `rows deleted`. */
	readonly counts: Readonly<Record<string, number>>;
	readonly frozen: readonly Frozen[];
	readonly loads: readonly Load[];
	readonly lifecycle: readonly Lifecycle[];
	readonly processes: readonly ProcessFacts[];
	readonly transactions: SharedTransactions;
	readonly telemetry: TelemetryFacts;
	readonly refusals: readonly Refusal[];
	/** Absent when the injection does not ask for I6. */
	readonly deletion?: Deletion;
	readonly timeline: readonly TimelineEntry[];
	/** Slowest execution of each attempt, in milliseconds: more than one when the bound was passed, and phase and control repeated. */
	readonly attempts: readonly Latency[];
	/** Digest → the row or body it stands for, kept only where control and observation differ. */
	readonly samples: Readonly<Record<string, string>>;
	/** Of a control: how many runs the same crash or stop left in which state, with no telemetry at all. */
	readonly bare?: Readonly<Partial<Record<Found, number>>>;
	/** Of these, the half-written ones by the tables in which their rows are not a finished run's: fewer, more, or changed. */
	readonly halves?: Readonly<Record<string, number>>;
	/** Processes that the same crash ended with no telemetry at all, for each time it was made. */
	readonly deaths?: readonly (readonly string[])[];
}

export interface Latency {
	readonly slowestMs: number;
	/** The slowest less the median. */
	readonly spreadMs: number;
	/** Slowest start and stop. */
	readonly startMs: number;
	readonly stopMs: number;
}
