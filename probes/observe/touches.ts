/**
 * Touches of telemetry that the server's log shows (spec §4): a wait that was too short to be sampled, a lock
 * refused at once, a statement that named a relation which is gone or forbidden. Pure.
 */
import type { LogEvent } from '../../fixtures/databases/port.ts';
import type { Touch } from './observation.ts';

export interface Watched {
	/** The subject's real role names. */
	readonly roles: readonly string[];
	/** Names under which a statement may reach a telemetry table (its own, its partitions') → its declared name. */
	readonly names: ReadonlyMap<string, string>;
	/** OIDs of what is locked → declared name; empty when nothing is. */
	readonly oids: ReadonlyMap<string, string>;
}

export function touchesIn(events: readonly LogEvent[], during: string, watched: Watched): readonly Touch[] {
	return events.flatMap((event) => {
		if (event.role === undefined || !watched.roles.includes(event.role)) return [];
		const { pid, role, statement = event.message } = event;
		const waited = waitedFor(event, watched);
		const relation = waited ?? refusedAt(event, watched);
		if (relation === undefined) return [];
		return [{ during, how: waited === undefined ? 'refused' : 'waited', pid, role, relation, statement }];
	});
}

function waitedFor({ message }: LogEvent, { oids }: Watched): string | undefined {
	const oid = /^process \d+ (?:still waiting for|acquired) \w+ on relation (\d+) /.exec(message)?.[1];
	return oid === undefined ? undefined : oids.get(oid);
}

function refusedAt(event: LogEvent, { names, oids }: Watched): string | undefined {
	const { sqlstate, message, detail = '', context = '', statement = '' } = event;
	// 55P03 lock not available, 57014 cancelled by a timeout, 40P01 deadlock, class 42 access rule or missing object.
	if (!['55P03', '57014', '40P01'].includes(sqlstate) && !sqlstate.startsWith('42')) return undefined;
	const text = [message, detail, context, statement].join('\n');
	for (const [name, declared] of names) if (mentions(text, name)) return declared;
	if (sqlstate !== '55P03' || oids.size === 0) return undefined;
	// A relation lock that timed out names nothing. Row locks name their relation, and so does NOWAIT.
	const named = /relation "/.test(message) || /in relation "/.test(context);
	return named ? undefined : [...new Set(oids.values())].join(' or ');
}

const mentions = (text: string, name: string): boolean =>
	new RegExp(`(?<![\\w$])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$])`, 'i').test(text);
