/** Pure: where a subject departs from the data law, as it declares. */
import type { PhaseRecord } from './record.ts';

/** What the subject declares not to give of what the data law asks, by probe. */
export const departuresOf = (records: readonly PhaseRecord[]): Readonly<Record<string, string>> =>
	Object.fromEntries(
		records
			.flatMap(({ probes }) => probes.flatMap(({ results }) => results))
			.flatMap(({ name, verdict, declared }) => (verdict === 'departs' ? [[name, declared ?? '']] : [])),
	);

/** The same as one reason, if there is any, why nothing is certified. */
export function lawless(records: readonly PhaseRecord[]): readonly string[] {
	const named = Object.entries(departuresOf(records)).map(([probe, why]) => `${probe} (${why})`);
	return named.length === 0 ? [] : [`the data law is not kept: ${named.join(', ')}`];
}
