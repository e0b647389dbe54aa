/** The failure injection matrix as data: what is struck, when, and what must come of it (spec §5). */
import type { Capabilities } from '../fixtures/subjects/port.ts';
import type { InvariantId } from '../probes/invariants/verdict.ts';
import type { Phase } from '../probes/observe/observation.ts';

/** A capability, what a metrics endpoint declares of its charts, or the payload that a table declares with its limit. */
export type Need = keyof Capabilities | 'skipped' | 'partial' | 'payload' | 'describes' | 'expires';

export type Scope = 'writer' | 'reader' | 'cleanup' | 'api' | 'replay' | 'cascade';

export interface Row {
	readonly title: string;
	readonly scope: Scope;
	/** Relative to the truth commit. */
	readonly timing: 'before' | 'during' | 'after' | 'any' | 'deploy' | 'replay';
	readonly failure: 'soft fail' | 'hard crash' | 'corruption';
	/** How the failure is brought about. */
	readonly method: string;
	/** What must come of it, asserted beside the invariants. */
	readonly outcome: string;
	/** What Postgres or the operating system must have shown. */
	readonly witness: string;
	readonly invariants: readonly InvariantId[];
	/** One of the nine of the minimal matrix. */
	readonly minimal: boolean;
	/** Each of its phases has a server of its own. */
	readonly ownServer?: true;
	/** Telemetry rows that must be at hand on it, made once per machine. */
	readonly rows?: number;
	/** Without one of these declarations it does not apply to a subject: `applicable.ts`. */
	readonly needs: readonly Need[];
	/** Phases in which this failure cannot exist, and why. */
	readonly notIn: Readonly<Partial<Record<Phase, string>>>;
}

const ALL = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6'] as const;
const I1_TO_I5 = ['I1', 'I2', 'I3', 'I4', 'I5'] as const;
const I1_TO_I4 = ['I1', 'I2', 'I3', 'I4'] as const;

const REPLAY_ONLY = {
	boot: 'the failure is met by a replay, and replays are asked of a running subject',
	stop: 'the failure is met by a replay, and a stopping subject is asked for none',
} as const;
const READ_ONLY = {
	boot: 'the failure is met by a read of metrics, and reads are asked of a running subject',
	stop: 'the failure is met by a read of metrics, and a stopping subject is asked for none',
} as const;

export const MATRIX = {
	W1: {
		title: 'insert denied',
		scope: 'writer',
		timing: 'before',
		failure: 'soft fail',
		method: 'REVOKE INSERT on the telemetry tables from every role of the subject and from PUBLIC',
		outcome: 'execution continues',
		witness: 'the privilege is gone, and the server log has rejected inserts (42501)',
		invariants: ALL,
		minimal: true,
		needs: [],
		notIn: {},
	},
	W2: {
		title: 'writer killed',
		scope: 'writer',
		timing: 'during',
		failure: 'hard crash',
		method: 'SIGKILL the telemetry writer with a batch frozen at the row gate, then terminate its backend',
		outcome: 'partial telemetry: some rows, not all',
		witness: 'both deaths, and 0 < rows stored < rows emitted',
		invariants: ALL,
		minimal: false,
		needs: ['describes'],
		notIn: {},
	},
	W3: {
		title: 'table dropped',
		scope: 'writer',
		timing: 'after',
		failure: 'hard crash',
		method: 'DROP TABLE between the truth commit and the telemetry flush, at the relation gate',
		outcome: 'no telemetry',
		witness: 'truth commit < drop < first 42P01 or a start that it failed, by the clock of Postgres',
		invariants: ALL,
		minimal: true,
		needs: [],
		notIn: {},
	},
	W4: {
		title: 'slow writer',
		scope: 'writer',
		timing: 'during',
		failure: 'soft fail',
		method: 'every telemetry insert sleeps 10 s',
		outcome: 'latency unaffected',
		witness: 'a backend asleep in the insert while runs complete',
		invariants: ALL,
		minimal: false,
		needs: [],
		notIn: {},
	},
	W5: {
		title: 'oversize payload',
		scope: 'writer',
		timing: 'during',
		failure: 'corruption',
		method: 'a signal above the limit of the plane amid normal ones',
		outcome: 'that row alone is rejected, its neighbours are stored',
		witness: 'its rejection is in the log, and it is not there',
		invariants: ALL,
		minimal: false,
		needs: ['payload'],
		notIn: {},
	},
	W6: {
		title: 'duplicate spam',
		scope: 'writer',
		timing: 'after',
		failure: 'corruption',
		method: 'thousands of rapid repeated inserts',
		outcome: 'truth unchanged',
		witness: 'rows or conflicts counted',
		invariants: ALL,
		minimal: false,
		needs: [],
		notIn: {},
	},
	R1: {
		title: 'read timeout',
		scope: 'reader',
		timing: 'any',
		failure: 'soft fail',
		method: 'telemetry reads are slowed by a restrictive row-security policy',
		outcome: 'metrics are empty, within their own deadline',
		witness: 'a backend seen asleep or cancelled',
		invariants: I1_TO_I5,
		minimal: false,
		needs: ['metrics'],
		notIn: {},
	},
	R2: {
		title: 'table missing',
		scope: 'reader',
		timing: 'any',
		failure: 'hard crash',
		method: 'DROP TABLE',
		outcome: 'O1 works, metrics are empty',
		witness: 'the relation is gone, and reads of it, or a start, failed',
		invariants: I1_TO_I5,
		minimal: true,
		needs: ['metrics'],
		notIn: {},
	},
	R3: {
		title: 'corrupt rows',
		scope: 'reader',
		timing: 'any',
		failure: 'corruption',
		method: 'rows of wrong shapes, wrong types and invalid JSON text',
		outcome: 'bad rows are skipped and counted, good rows are still in the charts',
		witness: 'the rows were planted and scanned',
		invariants: I1_TO_I5,
		minimal: false,
		needs: ['metrics', 'skipped'],
		notIn: READ_ONLY,
	},
	R4: {
		title: 'cardinality blow-up',
		scope: 'reader',
		timing: 'any',
		failure: 'soft fail',
		method: '10,000,000 rows with as many distinct labels',
		outcome: 'metrics are slow, nothing else',
		witness: 'the row count',
		invariants: I1_TO_I5,
		minimal: false,
		ownServer: true,
		rows: 10_000_000,
		needs: ['metrics'],
		notIn: READ_ONLY,
	},
	C1: {
		title: 'TTL job crash',
		scope: 'cleanup',
		timing: 'after',
		failure: 'hard crash',
		method: 'SIGKILL the cleanup job with its delete frozen at the row gate, then terminate its backend',
		outcome: 'old telemetry remains',
		witness: 'both deaths, and the expired rows are all there',
		invariants: ALL,
		minimal: false,
		needs: ['cleanupJob'],
		notIn: {},
	},
	C2: {
		title: 'TTL deletes active rows',
		scope: 'cleanup',
		timing: 'during',
		failure: 'corruption',
		method: 'a cleanup with the wrong predicate',
		outcome: 'telemetry loss only',
		witness: 'unexpired rows are gone',
		invariants: ALL,
		minimal: true,
		needs: ['expires'],
		notIn: {},
	},
	C3: {
		title: 'lock contention',
		scope: 'cleanup',
		timing: 'during',
		failure: 'soft fail',
		method: 'a long transaction holds telemetry rows',
		outcome: 'cleanup is delayed, then completes',
		witness: 'the job was seen waiting or timed out',
		invariants: ALL,
		minimal: false,
		needs: ['cleanupJob'],
		notIn: {},
	},
	A1: {
		title: 'metrics API 500',
		scope: 'api',
		timing: 'any',
		failure: 'soft fail',
		method: 'the aggregation throws',
		outcome: 'the page shows its empty state',
		witness: 'the 500 itself',
		invariants: I1_TO_I5,
		minimal: true,
		needs: ['metrics'],
		notIn: {},
	},
	A2: {
		title: 'partial data',
		scope: 'api',
		timing: 'any',
		failure: 'corruption',
		method: 'the rows that can be read are limited',
		outcome: 'partial charts, labelled so',
		witness: 'fewer rows read than stored',
		invariants: I1_TO_I5,
		minimal: false,
		needs: ['metrics', 'partial'],
		notIn: {},
	},
	A3: {
		title: 'schema mismatch',
		scope: 'api',
		timing: 'deploy',
		failure: 'corruption',
		method: 'a telemetry column is renamed',
		outcome: 'metrics are off',
		witness: 'a failed statement (42703, or 23502 in its place)',
		invariants: I1_TO_I5,
		minimal: false,
		needs: ['metrics'],
		notIn: {},
	},
	P1: {
		title: 'telemetry present',
		scope: 'replay',
		timing: 'replay',
		failure: 'corruption',
		method: 'telemetry rows are prefilled for the replayed runs',
		outcome: 'replay ignores them',
		witness: 'the rows are there, and the lock wall stood',
		invariants: I1_TO_I4,
		minimal: true,
		needs: ['describes'],
		notIn: REPLAY_ONLY,
	},
	P2: {
		title: 'telemetry hints',
		scope: 'replay',
		timing: 'replay',
		failure: 'corruption',
		method: 'rows that contradict the recorded outcome, with hints and instructions in their payloads',
		outcome: 'no effect',
		witness: 'the rows are there, and the lock wall stood',
		invariants: I1_TO_I4,
		minimal: false,
		needs: ['describes'],
		notIn: REPLAY_ONLY,
	},
	P3: {
		title: 'telemetry removed',
		scope: 'replay',
		timing: 'replay',
		failure: 'hard crash',
		method: 'DROP TABLE before the runs are replayed',
		outcome: 'replay works',
		witness: 'the relation is gone, and the log was watched',
		invariants: I1_TO_I4,
		minimal: true,
		needs: [],
		notIn: REPLAY_ONLY,
	},
	X1: {
		title: 'writer down, reader slow',
		scope: 'cascade',
		timing: 'any',
		failure: 'hard crash',
		method: 'the writer is killed while telemetry reads are slowed',
		outcome: 'truth intact',
		witness: 'the deaths, and a backend seen asleep or cancelled',
		invariants: ALL,
		minimal: true,
		needs: ['metrics'],
		notIn: {},
	},
	X2: {
		title: 'cleanup deletes all',
		scope: 'cascade',
		timing: 'any',
		failure: 'corruption',
		method: 'telemetry is emptied while it is read and written',
		outcome: 'metrics are empty',
		witness: '0 rows, and the delete counted',
		invariants: ALL,
		minimal: false,
		needs: ['metrics'],
		notIn: {},
	},
	X3: {
		title: 'database restart mid-run',
		scope: 'cascade',
		timing: 'during',
		failure: 'hard crash',
		method: 'immediate shutdown and restart of Postgres with runs in flight',
		outcome:
			'acknowledged work survives, incidents are correct, unfinished runs are recovered or failed cleanly',
		witness: 'the postmaster start time changed, connections were cut, and runs were under way',
		invariants: ALL,
		minimal: true,
		ownServer: true,
		needs: [],
		notIn: {},
	},
} as const satisfies Record<string, Row>;

export type InjectionId = keyof typeof MATRIX;
export const INJECTIONS = Object.keys(MATRIX) as InjectionId[];

/** Typed as {@link Row} for whoever does not need the literals. */
export const row = (id: InjectionId): Row => MATRIX[id];

/** `W3 table dropped`: how an injection is named wherever people read it, and what `vitest -t` matches. */
export const injectionName = (id: InjectionId): string => `${id} ${MATRIX[id].title}`;
