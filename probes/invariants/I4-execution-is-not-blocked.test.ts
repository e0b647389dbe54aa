import { describe, expect, it } from 'vitest';
import type { Backend, Execution, Frozen, Load, Observation, Wait } from '../observe/observation.ts';
import { executionIsNotBlocked } from './I4-execution-is-not-blocked.ts';
import { blockedWait, but, changing, control, inPhase, observed } from './testing/example.ts';

const judged = (facts: Partial<Observation>, of: Observation = control) =>
	executionIsNotBlocked(of, but(observed, facts));

const waits = (...waits: readonly Wait[]) => ({ locks: { ...observed.locks, waits } });
const frozenLoad = (facts: Partial<Load>) => ({
	loads: changing(observed.loads, ({ stage }) => stage === 'frozen', facts),
});
const gates = (facts: Partial<Frozen>) => ({ frozen: changing(observed.frozen, () => true, facts) });

const by = (plane: Backend['plane']): Wait => ({
	...blockedWait,
	wanted: 'ShareLock on transaction 771',
	telemetry: false,
	blockers: blockedWait.blockers.map((blocker) => ({ ...blocker, plane })),
});

describe('I4 execution is not blocked', () => {
	it('is held, and says what was looked at', () => {
		expect(judged({})).toEqual({
			verdict: 'held',
			looked:
				'9 acknowledged runs; 180 samples of the locks; 2 lock waits in the log; 4 backends frozen; ' +
				'load load: 60 of 60 requests, 16 at once, 20 of them reads, 10 backends at most; ' +
				'frozen load: 65 of 65 requests, 32 at once, 20 of them reads, 12 backends at most; slowest run 520 ms',
			reason: '',
		});
	});

	it('is violated by a truth backend that waits for telemetry, told in full', () => {
		expect(judged(waits(blockedWait))).toMatchObject({
			verdict: 'violated',
			reason:
				'backend 811 (truth, app) waited 9.8 s for backend 4312 (telemetry, telemetry_writer), wanting ' +
				'AccessShareLock on telemetry_event, at 2026-11-03T10:00:00.000Z; it holds RowExclusiveLock on runs ' +
				'meanwhile; backend 4312 holds AccessExclusiveLock on telemetry_event; its statement: INSERT INTO runs ' +
				'VALUES ($1); look first at what that statement shares with telemetry: a trigger, a lock, a table',
		});
	});

	it('says so when one transaction touches both planes', () => {
		const both = { ...blockedWait, waiter: { ...blockedWait.waiter, plane: 'both' as const } };
		expect(judged(waits(both)).reason).toContain('it touches truth and telemetry in one');
	});

	it.each([
		[
			'AccessShareLock on runs',
			'backend 811 (telemetry that reads truth, app)',
			'it has read truth, and keeps that lock',
		],
		[
			'RowShareLock on runs',
			'backend 811 (truth and telemetry, app)',
			'it touches truth and telemetry in one',
		],
	])('says what a transaction with %s does to truth', (lock, who, hint) => {
		const holds = [lock, 'RowExclusiveLock on telemetry_event'];
		const wait = { ...blockedWait, waiter: { ...blockedWait.waiter, plane: 'both' as const, holds } };
		const { verdict, reason } = judged(waits(wait));
		expect(verdict).toBe('violated');
		expect(reason).toContain(who);
		expect(reason).toContain(hint);
	});

	it('tells the longest waits and counts the others', () => {
		const many = [1, 2, 3, 4, 5].map((s) => ({ ...blockedWait, ms: s * 1000 }));
		const lines = judged(waits(...many)).reason.split('.\n');
		expect(lines[0]).toContain('waited 5.0 s');
		expect(lines[3]).toBe('and 2 more waits of truth-plane backends for telemetry');
	});

	it.each(['telemetry', 'suite', 'both'] as const)('is violated by any lock of a %s backend', (plane) => {
		expect(judged(waits(by(plane))).verdict).toBe('violated');
	});

	it.each(['truth', 'other'] as const)('lets truth wait for a %s backend', (plane) => {
		expect(judged(waits(by(plane))).verdict).toBe('held');
	});

	it('lets telemetry wait for anyone', () => {
		const waiter = { ...blockedWait.waiter, plane: 'telemetry' as const };
		expect(judged(waits({ ...blockedWait, waiter })).verdict).toBe('held');
	});

	it.each([
		[
			'truth locks held by a frozen telemetry writer',
			gates({ gate: 'commit', holding: ['runs'] }),
			/^frozen at the commit gate, a telemetry writer holds write locks on runs in the same transaction/,
		],
		[
			'a load that does not complete with telemetry frozen',
			frozenLoad({ completed: 12, stuck: ['811 active, Lock/advisory: INSERT INTO telemetry_event'] }),
			/^with every telemetry writer frozen 12 of 65 requests completed \(32 at once, 12 backends at most\)\. The backends meanwhile: 811 active/,
		],
		[
			'runs that were not acknowledged',
			{
				executions: changing(observed.executions, ({ stage }) => stage === 'load', {
					status: -1,
					ms: 10_000,
				}),
			},
			/^not acknowledged: 3 of 9 runs \(the control acknowledged 9 of 9\): load-1 passed its deadline after 10\.0 s, /,
		],
		[
			'a start past its deadline',
			{ lifecycle: [{ action: 'start', outcome: 'deadline', ms: 20_000, detail: 'CREATE TABLE waits' }] },
			/^start passed its deadline after 20\.0 s: CREATE TABLE waits$/,
		],
		[
			'a stop that fails',
			{ lifecycle: [{ action: 'stop', outcome: 'failed', ms: 900, detail: 'exit code 1' }] },
			/^stop failed after 900 ms: exit code 1$/,
		],
		[
			'a process that died',
			{ processes: [{ name: 'writer', pid: 42, ended: 'died' }] },
			/^processes of the subject died, by no hand of the suite: writer \(pid 42\)$/,
		],
	] satisfies [string, Partial<Observation>, RegExp][])('is violated by %s', (_, facts, reason) => {
		expect(judged(facts)).toMatchObject({ verdict: 'violated', reason: expect.stringMatching(reason) });
	});

	describe('a stop', () => {
		const at = (of: Observation, facts: Partial<Execution>, stage = 'load', completed = 57) =>
			inPhase(
				'stop',
				but(of, {
					executions: changing(of.executions, (run) => run.stage === stage, facts),
					loads: changing(of.loads, (load) => load.stage === stage, { completed }),
				}),
			);
		const plain = inPhase('stop', control);
		const [cut, refused] = [{ status: 0, cut: 'stop' }, { status: 0 }] as const;

		it('may cut the runs under way, whatever their stage, and no others', () => {
			for (const stage of ['load', 'baseline', 'restored']) {
				expect(executionIsNotBlocked(plain, at(observed, cut, stage)).verdict).toBe('held');
				for (const status of [0, 503])
					expect(executionIsNotBlocked(plain, at(observed, { status }, stage, 60))).toMatchObject({
						verdict: 'violated',
						reason: expect.stringMatching(/^not acknowledged: \d of 9 runs/),
					});
			}
			expect(executionIsNotBlocked(plain, at(observed, { ...cut, status: 503 }, 'load', 60)).verdict).toBe(
				'held',
			);
		});

		it.each([-1, 401, 500])('excuses no other answer than none and 503: %i', (status) => {
			const now = at(observed, { ...cut, status }, 'load', 60);
			expect(executionIsNotBlocked(plain, now).verdict).toBe('violated');
		});

		it('excuses no more than a crash does, which may fail a run in any way but let it hang', () => {
			for (const status of [0, 500, 502, 503])
				expect(
					executionIsNotBlocked(control, {
						...at(observed, { cut: 'crash', status }, 'load', status === 0 ? 57 : 60),
						phase: 'live',
					}).verdict,
				).toBe('held');
			for (const status of [-1, 401, 409])
				expect(
					executionIsNotBlocked(control, {
						...at(observed, { cut: 'crash', status }, 'load', 60),
						phase: 'live',
					}).verdict,
				).toBe('violated');
		});

		it('excuses no request that completed, nor one that never ended', () => {
			expect(executionIsNotBlocked(plain, at(observed, cut, 'load', 56)).reason).toMatch(
				/^under load 56 of 60 requests completed/,
			);
			expect(executionIsNotBlocked(plain, at(observed, { ...cut, status: 503 })).reason).toMatch(
				/^under load 57 of 60 requests completed/,
			);
		});

		it('may cut runs of the control, which the observation must then have acknowledged or cut', () => {
			const before = at(control, cut);
			expect(executionIsNotBlocked(before, at(observed, cut)).verdict).toBe('held');
			expect(executionIsNotBlocked(before, at(observed, {}, 'load', 60)).verdict).toBe('held');
			expect(executionIsNotBlocked(before, at(observed, refused, 'load', 60)).verdict).toBe('violated');
			expect(executionIsNotBlocked(at(control, refused), at(observed, cut)).verdict).toBe('inconclusive');
		});

		it.each([
			['none', { inFlight: 0 }],
			['nobody knows how many', {}],
		])('is inconclusive with %s in flight', (_, facts) => {
			const stop = { action: 'stop', outcome: 'done', ms: 100 } as const;
			const lifecycle = [
				{ ...stop, ...facts },
				{ ...stop, inFlight: 3 },
			];
			const reason = 'the subject was asked to stop with no run in flight';
			const [before, now] = [but(plain, { lifecycle }), but(observed, { lifecycle })];
			expect(executionIsNotBlocked(plain, inPhase('stop', now))).toMatchObject({
				verdict: 'inconclusive',
				reason,
			});
			expect(executionIsNotBlocked(before, inPhase('stop', observed))).toMatchObject({
				verdict: 'inconclusive',
				reason: `${reason} in the control`,
			});
			expect(executionIsNotBlocked(control, now).verdict).toBe('held');
			const later = { lifecycle: lifecycle.toReversed() };
			expect(executionIsNotBlocked(plain, inPhase('stop', but(observed, later))).verdict).toBe('held');
		});

		it('is inconclusive when the control never stopped', () => {
			expect(executionIsNotBlocked(but(plain, { lifecycle: [] }), inPhase('stop', observed))).toMatchObject({
				verdict: 'inconclusive',
				reason: 'the phase is stop, and no stop was recorded in the control',
			});
		});
	});

	it.each([
		['no lock samples', { locks: { samples: 0, logged: 0, waits: [] } }, 'the locks were never sampled'],
		['no frozen load', { loads: control.loads }, 'no load ran with every telemetry writer frozen'],
		[
			'nothing frozen',
			gates({ backends: 0 }),
			[
				'no telemetry writer froze at the row gate',
				'no telemetry writer froze at the commit gate',
				'no telemetry writer froze at the relation gate',
			].join('.\n'),
		],
		[
			'a narrow load',
			frozenLoad({ width: 12 }),
			'the load was not wider than the pool: 12 at once, 12 backends seen, more than the subject declares as `connections`',
		],
		[
			'a short load',
			frozenLoad({ asked: 24, completed: 24 }),
			'the load was not longer than the pool: 24 asked, 12 backends seen, more than the subject declares as `connections`',
		],
		[
			'no backends',
			frozenLoad({ peakBackends: 0 }),
			'no backend of the subject was seen during the frozen load',
		],
		['no reads', frozenLoad({ reads: 0 }), 'no truth read was among the frozen load'],
		['no latency', { attempts: [] }, 'no latency was measured under the failure'],
	] satisfies [string, Partial<Observation>, string][])('is inconclusive with %s', (_, facts, reason) => {
		expect(judged(facts)).toMatchObject({ verdict: 'inconclusive', reason });
	});

	it('is held where the failure itself keeps writers from the gates', () => {
		const all = gates({ backends: 0, unreachable: 'the relation is gone' });
		expect(judged({ ...all, loads: control.loads }).verdict).toBe('held');
	});

	describe.each(['row', 'commit', 'relation'] as const)('the %s gate', (gate) => {
		const own = (facts: Partial<Frozen>) => changing(observed.frozen, (one) => one.gate === gate, facts);
		const others = observed.frozen.filter((one) => one.gate !== gate);
		const inconclusive = { verdict: 'inconclusive', reason: `no telemetry writer froze at the ${gate} gate` };

		it('is not vouched for by the others', () => {
			expect(judged({ frozen: others })).toMatchObject(inconclusive);
			expect(judged({ frozen: own({ backends: 0 }) })).toMatchObject(inconclusive);
		});

		it('is excused when it is unreachable, and excuses no other', () => {
			const frozen = own({ backends: 0, unreachable: 'the relation is gone' });
			expect(judged({ frozen }).verdict).toBe('held');
			const missing = frozen.map((one) => (one.gate === gate ? one : { ...one, backends: 0 }));
			expect(judged({ frozen: missing }).reason.split('.\n')).toEqual(
				others.map((other) => `no telemetry writer froze at the ${other.gate} gate`),
			);
			const unloaded = judged({ frozen, loads: control.loads });
			expect(unloaded.verdict).toBe(gate === 'relation' ? 'held' : 'inconclusive');
		});

		it('need not freeze in the other phases', () => {
			for (const phase of ['boot', 'stop'] as const) {
				const now = inPhase(phase, but(observed, { frozen: others }));
				expect(executionIsNotBlocked(inPhase(phase, control), now).verdict).toBe('held');
			}
		});
	});

	describe('a start that a crash has met', () => {
		const cut = { action: 'start', outcome: 'failed', ms: 90, cut: 'crash', detail: 'ECONNRESET' } as const;
		const next = { action: 'start', outcome: 'done', ms: 300 } as const;
		/** The same crash without telemetry. */
		const bare = but(control, { lifecycle: [cut, next] });
		const against = (before: Observation, ...lifecycle: Observation['lifecycle']) =>
			executionIsNotBlocked(inPhase('boot', before), inPhase('boot', but(observed, { lifecycle })));
		const booted = (...lifecycle: Observation['lifecycle']) => against(bare, ...lifecycle);

		it('may fail when the next one does not, where it did so without telemetry too', () => {
			expect(booted(cut, next).verdict).toBe('held');
			expect(against(control, cut, next)).toMatchObject({
				verdict: 'inconclusive',
				reason: expect.stringMatching(
					/^the start that the crash has met failed after 90 ms: ECONNRESET\. With no/,
				),
			});
			expect(booted(cut, { ...next, outcome: 'failed', detail: 'no table' })).toMatchObject({
				verdict: 'violated',
				reason: 'start failed after 300 ms: no table',
			});
		});

		it('may not hang, and shows nothing by itself', () => {
			expect(booted({ ...cut, outcome: 'deadline' }, next).verdict).toBe('violated');
			expect(booted(cut)).toMatchObject({
				verdict: 'inconclusive',
				reason: 'the start was cut off by the crash, and no other was recorded',
			});
		});
	});

	it.each([
		['boot', 'start'],
		['stop', 'stop'],
	] as const)('is inconclusive in the %s phase without a %s', (phase, action) => {
		const lifecycle = observed.lifecycle.filter((step) => step.action !== action);
		const judgement = executionIsNotBlocked(
			inPhase(phase, control),
			inPhase(phase, but(observed, { lifecycle })),
		);
		expect(judgement).toMatchObject({
			verdict: 'inconclusive',
			reason: `the phase is ${phase}, and no ${action} was recorded`,
		});
	});

	it.each([
		[
			'refused runs',
			{ executions: changing(control.executions, () => true, { status: 403 }) },
			'without any failure it did not acknowledge 9 of its 9 runs',
		],
		[
			'an unfinished load',
			{ loads: changing(control.loads, () => true, { completed: 3 }) },
			'its load load completed 3 of 60 requests',
		],
		[
			'a failed stop',
			{ lifecycle: [{ action: 'stop', outcome: 'failed', ms: 9 }] },
			'stop failed after 9 ms',
		],
		[
			'a death',
			{ processes: [{ name: 'server', pid: 41, ended: 'died' }] },
			'processes died: server (pid 41)',
		],
	] satisfies [string, Partial<Observation>, string][])(
		'is inconclusive with %s in the control',
		(_, facts, reason) => {
			const judgement = judged({}, but(control, facts));
			expect(judgement.verdict).toBe('inconclusive');
			expect(judgement.reason).toContain('the control itself is faulty');
			expect(judgement.reason).toContain(reason);
		},
	);

	it('lets a violation win over what is missing', () => {
		expect(judged({ ...waits(blockedWait), loads: [] })).toMatchObject({
			verdict: 'violated',
			reason: expect.not.stringContaining('no load'),
		});
	});
});
