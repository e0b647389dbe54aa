/**
 * Who waits for whom, all through a phase (spec §3, I4): `pg_locks` and `pg_blocking_pids` sampled on a connection
 * of its own, and Postgres's own log for the waits that fell between two samples.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '../../fixtures/databases/port.ts';
import type { TelemetryTable, TruthTable } from '../../fixtures/subjects/port.ts';
import { takeSample, Waits } from './lock-samples.ts';
import { type Planes, rank, sameWanted } from './locks.ts';
import { waitsIn } from './log-waits.ts';
import type { LockFacts, Sleep, Wait } from './observation.ts';
import { RelationNames } from './relation-names.ts';
import { isConnectionError, openSession, type Session } from './session.ts';
import { Sleeps } from './sleeps.ts';

export interface LockOptions {
	readonly adminUrl: string;
	readonly truth: readonly Pick<TruthTable, 'name'>[];
	readonly telemetry: readonly Pick<TelemetryTable, 'name'>[];
	/** The subject's real role names. */
	readonly roles: readonly string[];
	readonly server: Pick<Server, 'log'>;
	/** Where in the log the phase begins. */
	readonly mark: number;
	readonly everyMs?: number;
}

export interface LockSampler {
	/** Most backends that the subject had at once since this was last asked. */
	takePeak(): number;
	/** Leaves out the waits that this backend of the suite blocks: unlike its other locks, this one's stand for no telemetry. */
	disregard(pid: number): void;
	/** Backends of the subject that were seen asleep inside a statement. */
	sleeps(): readonly Sleep[];
	/** What the subject's backends are doing now, one line each. */
	backends(): Promise<readonly string[]>;
	/**
	 * Ends the sampling, reads the log, and tells what was seen, before a crash of the server as well; the same each
	 * time it is called. While the server is down nobody waits and nothing is missed. When more samples failed than
	 * succeeded there were none: who mostly could not look has not looked (`samples: 0`, so I4 is inconclusive).
	 * What was seen all the same is told.
	 */
	stop(): Promise<LockFacts>;
}

/** Waits kept one by one, those in which telemetry has a part before others. */
const KEPT = 50;

export async function sampleLocks(options: LockOptions): Promise<LockSampler> {
	const { adminUrl, roles, server, mark, everyMs = 50 } = options;
	const planes: Planes = {
		truth: new Set(options.truth.map(({ name }) => name)),
		telemetry: new Set(options.telemetry.map(({ name }) => name)),
	};
	const waits = new Waits(roles, planes);
	const names = new RelationNames();
	const sleeps = new Sleeps();
	let session: Session | undefined = await openSession(adminUrl);
	let samples = 0;
	let failed = 0;
	let peak = 0;
	const disregarded = new Set<number>();
	const stopping = new AbortController();

	/** A server that was crashed on purpose comes back: until then there is no backend that could wait. */
	const open = async (): Promise<Session | undefined> => {
		try {
			return await openSession(adminUrl);
		} catch (error) {
			if (!isConnectionError(error)) throw error;
			return undefined;
		}
	};
	const sample = async (): Promise<void> => {
		session ??= await open();
		if (session === undefined) return;
		const seen = await takeSample(session.poll, roles, names);
		peak = Math.max(peak, seen.backends);
		waits.add(seen, Date.now());
		sleeps.add(seen.asleep);
		samples += 1;
	};
	const forget = async (): Promise<void> => {
		await session?.end().catch(() => {});
		session = undefined;
	};
	await names.learn(session.run);
	const sampling = (async () => {
		while (!stopping.signal.aborted) {
			await sample().catch(() => {
				failed += 1;
				return forget();
			});
			await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
		}
	})();

	const conclude = async (): Promise<LockFacts> => {
		stopping.abort();
		await sampling;
		try {
			session ??= await openSession(adminUrl);
			await names.learn(session.run);
			const [own] = await session.run<{ name: string }>('select current_database() as name');
			const fromLog = waitsIn(await server.log.since(mark, own?.name), { roles, planes, names });
			const all = combine(waits.list(), fromLog.waits)
				.filter(({ blockers }) => !blockers.some(({ pid }) => disregarded.has(pid)))
				.toSorted((a, b) => rank(a) - rank(b));
			return { samples: failed > samples ? 0 : samples, logged: fromLog.logged, waits: all.slice(0, KEPT) };
		} finally {
			await forget();
		}
	};
	let concluded: Promise<LockFacts> | undefined;
	return {
		takePeak() {
			const taken = peak;
			peak = 0;
			return taken;
		},
		disregard: (pid) => void disregarded.add(pid),
		sleeps: () => sleeps.list(),
		async backends() {
			const own = await openSession(adminUrl);
			try {
				const rows = await own.run<{ line: string }>(
					`select format('backend %s (%s) %s, waits for %s: %s', pid, usename, state,
						coalesce(wait_event_type || '/' || wait_event, 'nothing'), left(query, 200)) as line
					from pg_stat_activity where datname = current_database() and usename::text = any($1::text[])
						and application_name <> 'bystander' order by state, pid`,
					[roles],
				);
				return rows.map(({ line }) => line);
			} finally {
				await own.end();
			}
		},
		stop() {
			concluded ??= conclude();
			return concluded;
		},
	};
}

/** Sampled waits, told more exactly where the log knows more, and the logged ones that sampling missed. */
export function combine(sampled: readonly Wait[], logged: readonly Wait[]): readonly Wait[] {
	const same = (a: Wait, b: Wait): boolean => a.waiter.pid === b.waiter.pid && sameWanted(a.wanted, b.wanted);
	const told = sampled.map((wait) => {
		const entries = logged.filter((entry) => same(entry, wait));
		const ms = entries.reduce((sum, entry) => sum + entry.ms, 0);
		return {
			...wait,
			wanted: [wait, ...entries].map(({ wanted }) => wanted).toSorted((a, b) => b.length - a.length)[0] ?? '',
			telemetry: wait.telemetry || entries.some(({ telemetry }) => telemetry),
			ms: Math.max(wait.ms, ms),
		};
	});
	const missed = logged.filter((entry) => !sampled.some((wait) => same(entry, wait)));
	const merged = new Map<string, Wait>();
	for (const wait of missed) {
		const key = [wait.waiter.pid, wait.wanted, wait.waiter.statement].join('\n');
		const known = merged.get(key);
		merged.set(key, known ? { ...known, ms: known.ms + wait.ms } : wait);
	}
	return [...told, ...merged.values()].toSorted((a, b) => a.at.localeCompare(b.at));
}
