/**
 * A probe is a named, read-only check with three verdicts. {@link judge} is the only way to a verdict, and
 * it cannot pass on nothing: an amount of 0 is inconclusive, whatever was found (spec §1 and §6).
 */
import type { Endpoint, Subject, TelemetryTable, TruthTable } from '../fixtures/subjects/port.ts';
import type { ProbeResult } from '../reports/record.ts';

/** The frozen order: eleven that read Postgres, four that read the product's API as well. */
export const PROBE_NAMES = [
	'table-schema',
	'check-constraint',
	'no-fk-constraints',
	'non-authoritative',
	'replay-isolation',
	'ttl-enforcement',
	'truth-independence',
	'write-order',
	'telemetry-write-failure-safe',
	'replay-does-not-read-telemetry',
	'truth-tables-independent',
	'o1-independence',
	'graceful-degradation',
	'o1-survives-telemetry-outage',
	'telemetry-failure-no-incident',
] as const;
export type ProbeName = (typeof PROBE_NAMES)[number];

/** What a probe needs to know of a subject: its declarations, nothing that runs. */
export type ProbeSubject = Pick<
	Subject,
	'truth' | 'telemetry' | 'endpoints' | 'replayReads' | 'capabilities'
>;

/** A declared relation as the catalog shows it. */
export interface Relation<Declared> {
	readonly declared: Declared;
	readonly oid: number;
	/** `relkind`, e.g. `r` for an ordinary table. */
	readonly kind: string;
	/** Quoted, ready for a statement. */
	readonly sql: string;
	/** Itself, its partitions and whatever inherits from it. */
	readonly parts: readonly number[];
}

export interface Api {
	readonly origin: string;
	/** Headers that authorise reads; secret. */
	readonly headers: Readonly<Record<string, string>>;
	/** Ids for `{run}` in a path. */
	readonly runs: readonly string[];
}

export type Query = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** What a probe looks through. */
export interface Look {
	readonly subject: ProbeSubject;
	/** The declared relations that exist. */
	readonly truth: readonly Relation<TruthTable>[];
	readonly telemetry: readonly Relation<TelemetryTable>[];
	/** The declared relations that do not. */
	readonly missing: { readonly truth: readonly string[]; readonly telemetry: readonly string[] };
	/** One statement in the read-only transaction that all probes share. */
	readonly query: Query;
	/** One statement on a connection of its own, for what was committed since that transaction began. */
	readonly fresh: Query;
	readonly api?: Api;
}

export type Finding = Omit<ProbeResult, 'name'>;
export type Probe = (look: Look) => Promise<Finding>;

/** Thrown where there is nothing to look at: the probe is inconclusive, with this sentence. */
export class Unseen extends Error {
	override readonly name = 'Unseen';
}

interface Seen {
	readonly looked: string;
	/** How much was looked at; 0 is inconclusive. */
	readonly amount: number;
	/** What breaks the law. */
	readonly wrong: readonly string[];
	/** What could not be told. */
	readonly unclear?: readonly string[];
}

/** Anything wrong fails; anything untold, or an amount of 0, is inconclusive; else passed. */
export function judge({ looked, amount, wrong, unclear = [] }: Seen): Finding {
	if (wrong.length > 0) return { verdict: 'failed', looked, detail: list(wrong) };
	if (unclear.length > 0) return { verdict: 'inconclusive', looked, detail: list(unclear) };
	if (amount === 0) return { verdict: 'inconclusive', looked, detail: 'there was nothing to look at' };
	return { verdict: 'passed', looked, detail: '' };
}

/** The relations of a plane, all of them; a missing or an undeclared one leaves nothing to judge. */
export function present<Plane extends 'truth' | 'telemetry'>(look: Look, plane: Plane): Look[Plane] {
	if (look.missing[plane].length > 0)
		throw new Unseen(`missing ${plane} relation: ${look.missing[plane].join(', ')}`);
	if (look[plane].length === 0) throw new Unseen(`no ${plane} relation is declared`);
	return look[plane];
}

export const oids = (relations: readonly { readonly parts: readonly number[] }[]): number[] =>
	relations.flatMap((relation) => relation.parts);

export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const plural = (count: number, noun: string): string =>
	count === 1 ? `1 ${noun}` : `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ie` : noun}s`;

/** `a; b; c`, the first six of many. */
export function list(items: readonly string[]): string {
	const shown = items.slice(0, 6).join('; ');
	return items.length > 6 ? `${shown}; and ${items.length - 6} more` : shown;
}

export type { Endpoint, TelemetryTable, TruthTable };
