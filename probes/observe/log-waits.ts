/**
 * Waits as Postgres itself logs them (`log_lock_waits`, after `deadlock_timeout` = 10 ms): they are complete where
 * sampling is not, and say less. The planes of those involved are inferred from what they wait for and hold up.
 * Pure.
 */
import type { LogEvent } from '../../fixtures/databases/port.ts';
import { gateOf, type Planes, planeOf, wantedOf } from './locks.ts';
import type { Backend, Wait } from './observation.ts';

export interface Names {
	/** OID of a relation (a table, a partition, an index) → declared name of its table. */
	readonly byOid: ReadonlyMap<string, string>;
	/** The same by its own name, as error contexts give it. */
	readonly byName: ReadonlyMap<string, string>;
}

interface LoggedWait {
	readonly event: LogEvent;
	readonly pid: number;
	readonly wanted: string;
	/** The table in which it waits, where that is known. */
	readonly relation?: string;
	readonly gate: boolean;
	/** Those it waits for: holders, then those ahead of it in the queue. */
	readonly behind: readonly number[];
	readonly from: number;
	to: number;
}

const LINE = /^process (\d+) (still waiting for|acquired) (\w+) on (.+) after ([\d.]+) ms$/;

/** Waits of `roles` among `events`, in their order; `logged` counts the entries that were looked at. */
export function waitsIn(
	events: readonly LogEvent[],
	options: { readonly roles: readonly string[]; readonly planes: Planes; readonly names: Names },
): { readonly logged: number; readonly waits: readonly Wait[] } {
	const { roles, planes, names } = options;
	const all = parse(events, names);
	const roleOf = new Map(
		events.flatMap(({ pid, role }) => (role === undefined ? [] : [[pid, role] as const])),
	);
	const overlapping = (a: LoggedWait, b: LoggedWait): boolean => a.from <= b.to && b.from <= a.to;

	/** A backend as it was during `wait`: what it asks for then, and what others then wait for it to release. */
	const backend = (pid: number, wait: LoggedWait): Backend => {
		const then = all.filter((one) => overlapping(one, wait));
		const asks = then.filter((one) => one.pid === pid);
		const heldUp = then.filter((one) => one.behind.includes(pid)).flatMap(({ relation }) => relation ?? []);
		const role = roleOf.get(pid) ?? '';
		// Whoever asks for a gate is about to write telemetry.
		const gated = asks.some(({ gate }) => gate) ? [...planes.telemetry] : [];
		const relations = [...asks.flatMap(({ relation }) => relation ?? []), ...heldUp, ...gated];
		return {
			pid,
			role,
			// A connection that logs a role which is not the subject's is the suite's.
			plane: role !== '' && !roles.includes(role) ? 'suite' : planeOf(relations, planes),
			holds: [...new Set(heldUp)].map((relation) => `a lock on ${relation}`),
			statement: asks[0]?.event.statement ?? '',
		};
	};
	const blockers = (wait: LoggedWait): readonly number[] => {
		const found = new Set<number>();
		const follow = (pids: readonly number[]): void => {
			for (const pid of pids) {
				if (pid === wait.pid || found.has(pid)) continue;
				found.add(pid);
				follow(
					all.filter((one) => one.pid === pid && overlapping(one, wait)).flatMap(({ behind }) => behind),
				);
			}
		};
		follow(wait.behind);
		return [...found];
	};

	const ofSubject = all.filter(({ event }) => event.role !== undefined && roles.includes(event.role));
	return {
		logged: all.length,
		waits: ofSubject.map((wait) => ({
			at: new Date(wait.from).toISOString(),
			waiter: backend(wait.pid, wait),
			wanted: wait.wanted,
			telemetry: wait.gate || (wait.relation !== undefined && planes.telemetry.has(wait.relation)),
			blockers: blockers(wait).map((pid) => backend(pid, wait)),
			ms: Math.round(wait.to - wait.from),
		})),
	};
}

function parse(events: readonly LogEvent[], names: Names): readonly LoggedWait[] {
	const waits: LoggedWait[] = [];
	for (const event of events) {
		const line = LINE.exec(event.message);
		if (!line) continue;
		const [, , what, mode = '', object = '', after = ''] = line;
		const known = waits.findLast(
			({ pid, event: { message } }) => pid === event.pid && LINE.exec(message)?.[4] === object,
		);
		const to = Date.parse(event.at);
		if (what === 'acquired') {
			if (known) known.to = Math.max(to, known.from + Number(after));
			continue;
		}
		const detail = /holding the locks?: ([\d, ]*)\. Wait queue: ([\d, ]*)/.exec(event.detail ?? '');
		const queue = pids(detail?.[2]);
		const ahead = queue.slice(0, Math.max(0, queue.indexOf(event.pid)));
		waits.push({
			event,
			pid: event.pid,
			...target(mode, object, event.context, names),
			behind: [...new Set([...pids(detail?.[1]), ...ahead])].filter((pid) => pid !== event.pid),
			from: to - Number(after),
			to,
		});
	}
	return waits;
}

const pids = (list = ''): readonly number[] => list.split(', ').filter(Boolean).map(Number);

function target(
	mode: string,
	object: string,
	context = '',
	names: Names,
): Pick<LoggedWait, 'wanted' | 'relation' | 'gate'> {
	const advisory = /^advisory lock \[\d+,(\d+),(\d+),(\d+)\]/.exec(object);
	const gate = advisory ? gateOf(Number(advisory[1]), Number(advisory[2]), Number(advisory[3])) : undefined;
	const transaction = /^transaction (\d+)/.exec(object)?.[1];
	const oid = /relation (\d+)/.exec(object)?.[1];
	// A wait for a row is one for a transaction; which row is in the context: `while updating tuple (0,1) in relation "runs"`.
	const row = /in relation "([^"]+)"/.exec(context)?.[1];
	const relation =
		oid === undefined ? names.byName.get(row ?? '') : (names.byOid.get(oid) ?? `relation ${oid}`);
	const type =
		transaction === undefined
			? (/^(relation|tuple|advisory lock)/.exec(object)?.[1] ?? object)
			: 'transactionid';
	return {
		wanted: wantedOf({ type, mode, transaction, gate, relation: advisory ? undefined : relation }),
		gate: gate !== undefined,
		...(relation === undefined ? {} : { relation }),
	};
}
