/** Statements of the subject that Postgres refused, as the server's log has them. Pure. */
import type { LogEvent } from '../../fixtures/databases/port.ts';
import type { Refusal } from './observation.ts';

/** A statement is told by its beginning: a batch of fifty rows is the same statement as one of forty. */
const SHAPE = 80;

/** Characters kept of a statement: enough to see which tables it is about, behind a long list of columns too. */
const KEPT = 2_000;

/** Errors of these roles, grouped by SQLSTATE, message, role and statement, in the order of their first. */
export function refusalsOf(events: readonly LogEvent[], roles: readonly string[]): readonly Refusal[] {
	const grouped = new Map<string, Refusal>();
	for (const { severity, sqlstate, message, role, statement = '', at } of events) {
		if (role === undefined || !roles.includes(role) || !['ERROR', 'FATAL', 'PANIC'].includes(severity))
			continue;
		const text = statement.replace(/\s+/g, ' ').trim();
		const id = [sqlstate, message, role, text.slice(0, SHAPE)].join('\n');
		const known = grouped.get(id);
		grouped.set(
			id,
			known === undefined
				? { sqlstate, message, role, statement: text.slice(0, KEPT), times: 1, first: at }
				: { ...known, times: known.times + 1 },
		);
	}
	return [...grouped.values()];
}
