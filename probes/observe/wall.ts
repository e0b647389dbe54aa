/**
 * The lock wall (spec §4), which detects any touch of telemetry in a quiet window: ACCESS EXCLUSIVE on every
 * telemetry relation, and whoever waits for it or is refused touched it. It sees empty tables, filters that match
 * nothing, views and functions of other owners, read-only transactions and superusers. It does not see a
 * materialised view or a look at the catalog alone; `pg_depend` covers those. Where relations are gone the log watches.
 */
import { DatabaseError } from 'pg';
import type { ServerLog } from '../../fixtures/databases/port.ts';
import type { TelemetryTable } from '../../fixtures/subjects/port.ts';
import type { Touch } from './observation.ts';
import { delay, LOCKER, openSession, qualified, RELATIONS, type Relation } from './session.ts';
import { touchesIn, type Watched } from './touches.ts';

export interface WallOptions {
	readonly adminUrl: string;
	readonly telemetry: readonly TelemetryTable[];
	/** The subject's real role names, the owner among them. */
	readonly roles: readonly string[];
	readonly log: ServerLog;
	/** How long the wall may take to rise. */
	readonly deadlineMs?: number;
	/** Wraps each rise, so that those who would hold it up can be let through meanwhile. */
	readonly raising?: <T>(act: () => Promise<T>) => Promise<T>;
}

export interface LockWall {
	/** Declared names of the telemetry tables that are locked; empty when the log alone watches. */
	readonly relations: readonly string[];
	/** Why it could not rise, and who was in the way; from then on it stays down and catches nobody who waits. */
	inTheWay(): string | undefined;
	/** Reaches for telemetry as a subject would; `true` when the wall noticed. */
	prove(): Promise<boolean>;
	/**
	 * Runs `action` and records every touch meanwhile. At the first wait the wall lets go until the action has ended, and
	 * `touched` is aborted: whoever ends there catches the next touch, which may come right after.
	 */
	watch<T>(during: string, action: (touched: AbortSignal) => Promise<T>): Promise<T>;
	/** From now on these relations alone are locked, or all again: whoever reaches for another first is not caught there. */
	lock(relations?: readonly string[]): Promise<void>;
	/** What was recorded since this was last asked, by the locks and by the log. */
	takeTouches(): Promise<readonly Touch[]>;
	/** Lets go for good. Safe to call twice. */
	lower(): Promise<void>;
}

/** Slow writers may follow each other without a gap: while the wall waits, those that come later queue behind it. */
const LONGEST_WAIT_MS = 16_000;

const BETWEEN = { during: 'between requests' };

interface Waiter {
	readonly pid: number;
	readonly role: string;
	readonly oid: string;
	readonly statement: string;
}

const WAITERS = `
	select l.pid, a.role, l.relation::text as oid, a.statement
	from pg_locks l ${LOCKER}
	where not l.granted and l.locktype = 'relation' and l.relation = any($1::oid[])
		and (l.pid = $3 or a.role = any($2::text[]) and a.application_name <> 'bystander')`;

export async function raiseWall(options: WallOptions): Promise<LockWall> {
	const { adminUrl, telemetry, roles, log, deadlineMs = 60_000, raising = (act) => act() } = options;
	const database = decodeURIComponent(new URL(adminUrl).pathname.slice(1));
	const declared = telemetry.map(({ name }) => name);
	const [holder, watcher] = await Promise.all([openSession(adminUrl), openSession(adminUrl)]);
	let lowered: Promise<unknown> | undefined;
	const lower = async (): Promise<void> => {
		lowered ??= Promise.allSettled([holder.end(), watcher.end()]);
		await lowered;
	};

	const found = (await watcher.run<Relation>(RELATIONS)).filter((relation) =>
		declared.includes(relation.declared),
	);
	const oids = new Map(found.map((relation) => [relation.oid, relation.declared]));
	const relations = declared.filter((name) => found.some((relation) => relation.declared === name));
	const names = new Map([
		...declared.map((name) => [name.split('.').at(-1) ?? name, name] as const),
		...found.map((relation) => [relation.name, relation.declared] as const),
	]);
	const watched: Watched = { roles, oids, names };

	const canaries = new Set<number>();
	const windows: { readonly during: string; readonly from: number; to: number }[] = [];
	let mark = 0;
	let up = false;
	let down: string | undefined;
	let locked: readonly string[] = relations;
	const raise = async (): Promise<void> => {
		if (!up && down === undefined && locked.length > 0) await raising(lockAll);
	};
	const lockAll = async (): Promise<void> => {
		const deadline = performance.now() + deadlineMs;
		for (let patienceMs = 500; ; patienceMs = Math.min(2 * patienceMs, LONGEST_WAIT_MS)) {
			try {
				await holder.run('begin');
				// Longer than deadlock_timeout, after which Postgres cancels an autovacuum that is in the way.
				await holder.run(`set local lock_timeout = '${patienceMs}ms'`);
				await holder.run(`lock table ${locked.map(qualified).join(', ')} in access exclusive mode`);
				up = true;
				return;
			} catch (error) {
				await holder.run('rollback');
				if (!(error instanceof DatabaseError && ['55P03', '40P01'].includes(error.code ?? ''))) throw error;
				if (performance.now() < deadline) continue;
				down = `could not be raised within ${deadlineMs} ms; in the way: ${await holders()}`;
				return;
			}
		}
	};
	const holders = async (): Promise<string> =>
		(
			await watcher.run<{ who: string }>(
				`select distinct format('backend %s (%s): %s', l.pid, coalesce(a.role, a.backend_type), a.statement) as who
				from pg_locks l ${LOCKER} where l.granted and l.relation = any($1::oid[])`,
				[[...oids.keys()]],
			)
		)
			.map(({ who }) => who)
			.join('; ');
	const letGo = async (): Promise<void> => {
		if (!up) return;
		up = false;
		await holder.run('rollback');
	};
	const waiters = (canary = 0): Promise<readonly Waiter[]> =>
		watcher.poll<Waiter>(WAITERS, [[...oids.keys()], roles, canary]);

	const touches = new Map<string, Touch>();
	const record = (touch: Touch): void => {
		const key = `${touch.during}\n${touch.pid}\n${touch.relation}`;
		if (!touches.has(key)) touches.set(key, touch);
	};

	const canaryWaits = async (): Promise<boolean> => {
		const canary = await openSession(adminUrl);
		canaries.add(canary.pid);
		const reaching = canary.run(`select from ${qualified(relations[0] ?? '')}`).catch(() => {});
		try {
			const deadline = performance.now() + 5000;
			while (performance.now() < deadline) {
				if ((await waiters(canary.pid)).some(({ pid }) => pid === canary.pid)) return true;
				await delay(5);
			}
			return false;
		} finally {
			await watcher.run('select pg_cancel_backend($1)', [canary.pid]);
			await reaching;
			await canary.end();
		}
	};
	const canaryIsLogged = async (missing: string): Promise<boolean> => {
		const mark = await log.mark();
		const canary = await openSession(adminUrl);
		canaries.add(canary.pid);
		await canary.run(`select from ${qualified(missing)}`).catch(() => {});
		await canary.end();
		const own = (await log.since(mark, database)).filter(({ pid }) => pid === canary.pid);
		return touchesIn(own, 'proof', { ...watched, roles: own.flatMap(({ role }) => role ?? []) }).length > 0;
	};

	try {
		await raise();
		mark = await log.mark();
	} catch (error) {
		await lower();
		throw error;
	}
	return {
		relations,
		inTheWay: () => down,
		async prove() {
			if (declared.length === 0 || down !== undefined) return false;
			const missing = declared.find((name) => !relations.includes(name));
			if (missing !== undefined && !(await canaryIsLogged(missing))) return false;
			return relations.length === 0 || canaryWaits();
		},
		async watch(during, action) {
			const window = { during, from: Date.now(), to: Number.POSITIVE_INFINITY };
			windows.push(window);
			let over = false;
			const touched = new AbortController();
			const acting = action(touched.signal).finally(() => {
				over = true;
			});
			acting.catch(() => {}); // awaited below, after the watching
			while (!over) {
				for (const { oid, ...who } of up ? await waiters() : []) {
					record({ during, how: 'waited', ...who, relation: oids.get(oid) ?? oid });
					await letGo();
					touched.abort();
				}
				await Promise.race([acting.catch(() => {}), delay(5)]);
			}
			window.to = Date.now();
			await raise();
			return acting;
		},
		async lock(names = relations) {
			await letGo();
			locked = relations.filter((name) => names.includes(name));
			await raise();
		},
		async takeTouches() {
			const next = await log.mark();
			const events = (await log.since(mark, database)).filter(({ offset }) => offset < next);
			mark = next;
			// The log is read once for many windows, since each reading waits for the log writer.
			for (const event of events.filter(({ pid }) => !canaries.has(pid))) {
				const at = Date.parse(event.at);
				const { during } = windows.find(({ from, to }) => from <= at && at <= to) ?? BETWEEN;
				for (const touch of touchesIn([event], during, watched)) record(touch);
			}
			windows.length = 0;
			const taken = [...touches.values()];
			touches.clear();
			return taken;
		},
		lower,
	};
}
