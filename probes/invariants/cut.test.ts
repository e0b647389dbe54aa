/** What the invariants make of runs that a crash or a stop has cut off. */
import { describe, expect, it } from 'vitest';
import type { Cut, Execution, Fact, Found, Observation, Read } from '../observe/observation.ts';
import { foundIn, unlike, withBare } from './cut.ts';
import { judge, sentence } from './index.ts';
import { blockedWait, but, changing, control, observed, rows } from './testing/example.ts';
import { INVARIANTS, type InvariantId } from './verdict.ts';

const INTERRUPTION = 'run_interrupted · warning · open';

/** A control whose crash without telemetry cut runs and left all of them whole. */
const clean = but(control, { bare: { interrupted: 3, absent: 1 } });

const incident = (key: string, fact: string, interruption = false): Fact => ({
	holds: 'incidents',
	key,
	fact,
	...(interruption ? { interruption: true } : {}),
});

const without = (key: string): readonly Fact[] => observed.facts.filter((fact) => fact.key !== key);

/** The observation with load-1 cut off and found so. */
function cutOff(
	found: Found | undefined,
	byTable: Readonly<Record<string, string | undefined>>,
	facts: readonly Fact[],
	{ key = 'load-1', cut = 'crash' as Cut, status = 503 } = {},
): Observation {
	const truth = Object.entries(byTable).reduce<Observation>(
		(now, [holds, value]) => but(now, { truth: rows(now, holds as never, { [key]: value }) }),
		observed,
	).truth;
	const run: Partial<Execution> = { status, cut, ...(found === undefined ? {} : { found }) };
	return but(observed, {
		executions: changing(observed.executions, (one) => one.key === key, run),
		truth,
		facts,
		replays: changing(observed.replays, (one) => one.key === key, {
			bytes: 0,
			sha256: '',
			error: 'no such run',
		}),
		// What lists every run tells of this one as well.
		reads: changing(observed.reads, ({ endpoint }) => endpoint === 'incidents', { sha256: 'other' }),
	});
}

/** Every kind of run is still replayed, though load-1 is not. */
const replayed = (observation: Observation): Observation =>
	but(observation, {
		replays: observation.replays.flatMap((replay) =>
			replay.key === 'load-1'
				? [replay, { ...replay, key: 'load-2', bytes: 9, sha256: 'h2', error: undefined }]
				: [replay],
		) as Observation['replays'],
	});

const interrupted = cutOff('interrupted', { runs: '1:cut', traces: '1:first', incidents: '1:cut' }, [
	...observed.facts,
	incident('load-1', INTERRUPTION, true),
]);
const absent = cutOff('absent', { runs: undefined, traces: undefined }, observed.facts);
const torn = cutOff('half-written', { runs: '1:running', traces: '1:first' }, observed.facts);

const all = (before: Observation, now: Observation) => judge(INVARIANTS, before, now);
const one = (id: InvariantId, before: Observation, now: Observation) => all(before, now)[id];

describe('a run that a crash cut off', () => {
	it.each([
		['interrupted', interrupted],
		['absent', absent],
	] as const)('holds every invariant when it is found %s, and is told', (found, now) => {
		for (const [id, judgement] of Object.entries(all(replayed(clean), replayed(now))))
			expect(sentence(id as InvariantId, judgement)).toMatch(/^I\d held/);
		const { I1, I2, I3, I5, I6 } = all(replayed(clean), replayed(now));
		expect(I1.looked).toContain(`8 acknowledged runs, 1 run cut by the outage: 1 ${found}, `);
		expect(I2.looked).toContain('3 more of runs that were never acknowledged, not compared');
		expect(I3.looked).toContain(`1 run cut by the outage: 1 ${found}`);
		for (const { looked } of [I5, I6])
			expect(looked).toContain(
				'lists by their answer alone, since they tell of runs that were never acknowledged',
			);
	});

	it('holds when it was recovered, which is judged like any other', () => {
		const whole = cutOff(undefined, {}, observed.facts);
		const recovered = but(whole, { reads: observed.reads });
		for (const [id, judgement] of Object.entries(all(replayed(clean), replayed(recovered))))
			expect(sentence(id as InvariantId, judgement)).toMatch(/^I\d held/);
		expect(one('I1', clean, recovered).looked).toContain('1 run cut by the outage: 1 finished');
		expect(one('I5', clean, whole).verdict).toBe('violated');
		const extra = but(recovered, {
			facts: [...observed.facts, incident('load-1', 'metrics_gap · low · open')],
		});
		expect(one('I3', clean, extra)).toMatchObject({
			verdict: 'violated',
			reason: expect.stringMatching(/^1 incident more than the control, under any name: load-1: metrics_gap/),
		});
	});

	it('needs no word of the observer to be recovered or absent, and none can make it so', () => {
		expect(
			one('I1', clean, cutOff(undefined, { runs: undefined, traces: undefined }, observed.facts)).verdict,
		).toBe('held');
		for (const found of ['finished', 'absent', undefined] as const)
			expect(one('I1', clean, cutOff(found, { traces: '1:first' }, observed.facts))).toMatchObject({
				verdict: 'inconclusive',
				reason:
					'1 run cut off, and whether the declared interrupted state is what was found is not recorded: ' +
					'load-1 (rows in `runs`, `traces`, unlike the control in `traces`)',
			});
	});

	it('violates I1 when it is half-written, and the same crash without telemetry left none so', () => {
		expect(one('I1', clean, torn)).toMatchObject({
			verdict: 'violated',
			reason:
				'1 of 1 run cut off without acknowledgement left half-written, neither recovered nor in the declared ' +
				'interrupted state with its one incident: load-1 (rows in `runs`, `traces`, unlike the control in ' +
				'`runs`, `traces`). None of the 4 runs that were cut with no telemetry at all was left so',
		});
	});

	it('is inconclusive when the subject leaves half-written runs without telemetry too, or no run was cut there', () => {
		const dirty = but(control, { bare: { interrupted: 3, 'half-written': 2 } });
		expect(one('I1', dirty, torn)).toMatchObject({
			verdict: 'inconclusive',
			reason: expect.stringMatching(
				/\. The subject does so by itself: 2 of the 5 runs that were cut with no telemetry at all were left half-written$/,
			),
		});
		for (const [before, where] of [
			[but(control, { bare: {} }), 'with no telemetry at all'],
			[control, 'in the control'],
		] as const)
			expect(one('I1', before, torn)).toMatchObject({
				verdict: 'inconclusive',
				reason: expect.stringContaining(
					`No run was cut ${where}, so nothing shows whether telemetry is the cause`,
				),
			});
	});

	it('is held against one that the same crash left in the same way, and no other', () => {
		const bare = { interrupted: 3, 'half-written': 2 };
		const way = 'runs changed, traces fewer';
		expect(unlike(control, torn, 'load-1')).toBe(way);
		expect(one('I1', but(control, { bare, halves: { [way]: 2 } }), torn)).toMatchObject({
			verdict: 'inconclusive',
			reason: expect.stringMatching(/: 2 of the 5 runs .* were left half-written in the same way$/),
		});
		expect(one('I1', but(control, { bare, halves: { 'memory more': 2 } }), torn)).toMatchObject({
			verdict: 'violated',
			reason: expect.stringMatching(/None of the 5 runs that were cut with no telemetry at all was left so$/),
		});
	});

	it('is excused neither without the cut, nor when it hangs', () => {
		for (const facts of [{ cut: undefined }, { status: -1 }] as const) {
			const executions = interrupted.executions.map((run) =>
				run.key === 'load-1' ? ({ ...run, ...facts } as Execution) : run,
			);
			expect(one('I1', clean, but(interrupted, { executions })).verdict).toBe('violated');
		}
	});

	it('is not lost silently once it was acknowledged', () => {
		const executions = changing(absent.executions, ({ key }) => key === 'load-1', { status: 201 });
		expect(one('I1', clean, but(absent, { executions })).reason).toMatch(/^load-1 answered 201, but no row/);
	});
});

describe('facts of runs that were cut off', () => {
	const I3 = (facts: readonly Fact[], before = clean) => one('I3', before, but(interrupted, { facts }));
	const own = incident('load-1', INTERRUPTION, true);

	it.each([
		[
			'another incident besides',
			[...observed.facts, own, incident('load-1', 'telemetry_down · high · open')],
			'load-1: telemetry_down',
		],
		['the declared one twice', [...observed.facts, own, own], `load-1: ${INTERRUPTION}`],
		[
			'a decision that the control does not have',
			[...observed.facts, own, { holds: 'decisions', key: 'load-1', fact: 'allow' }],
			'load-1: allow',
		],
	] as const)('violate I3 by %s', (_, facts, told) => {
		expect(I3(facts)).toMatchObject({
			verdict: 'violated',
			reason: expect.stringContaining(
				`runs that were cut off have more than the control and their declared incident: ${told}`,
			),
		});
		expect(I3(facts, but(control, { bare: { 'half-written': 1 } })).verdict).toBe('inconclusive');
	});

	it('violate I3 when the declared incident is missing', () => {
		expect(I3(observed.facts)).toMatchObject({
			verdict: 'violated',
			reason: expect.stringMatching(
				/^interrupted without the declared incident: load-1\. None of the 4 runs/,
			),
		});
	});

	it('violate I3 when nothing is left but an incident', () => {
		expect(one('I3', clean, but(absent, { facts: [...observed.facts, own] })).verdict).toBe('violated');
	});

	it('may be fewer than in the control, decisions those of its first steps, and an incident its own or none', () => {
		const blocked = (facts: readonly Fact[], found: Found = 'interrupted') =>
			one(
				'I3',
				// Another decision must be left to compare.
				but(clean, { facts: [...control.facts, { holds: 'decisions', key: 'frozen-1', fact: 'allow' }] }),
				cutOff(
					found,
					{ runs: '1:cut', traces: '1:first', incidents: '1:cut' },
					[...facts, { holds: 'decisions', key: 'frozen-1', fact: 'allow' }],
					{ key: 'load-3' },
				),
			).verdict;
		const decision: Fact = { holds: 'decisions', key: 'load-3', fact: 'block · deny' };
		const declared = incident('load-3', INTERRUPTION, true);
		expect(blocked([...without('load-3'), declared])).toBe('held');
		expect(blocked([...without('load-3'), declared, decision])).toBe('held');
		expect(blocked([...observed.facts, declared])).toBe('violated');
		// Half-written is for I1 to say; what it has of the control's is no incident too many.
		expect(blocked([...observed.facts, declared], 'half-written')).toBe('held');
	});

	it('cannot be compared when the control was cut there as well', () => {
		const stopped = { cut: 'stop', status: 0 } as const;
		const before = but(clean, {
			executions: changing(control.executions, ({ key }) => key === 'load-2', stopped),
			facts: without('load-2'),
		});
		const now = but(observed, {
			executions: changing(observed.executions, ({ key }) => key === 'load-2', stopped),
		});
		expect(one('I3', before, now)).toMatchObject({
			verdict: 'inconclusive',
			reason:
				'of runs that were cut off, and not acknowledged in the control: load-2: budget_exceeded · high · open',
		});
	});
});

describe('runs that the control had cut off', () => {
	const before = but(control, {
		executions: changing(control.executions, ({ key }) => key === 'load-1', { cut: 'stop', status: 0 }),
		truth: rows(control, 'traces', { 'load-1': '1:first' }),
		replays: changing(control.replays, ({ key }) => key === 'load-1', {
			bytes: 0,
			sha256: '',
			error: 'no such run',
		}),
	});

	it('are told, not compared in silence, and are no fault of the control', () => {
		const { I1, I2 } = all(before, observed);
		expect(I1).toMatchObject({
			verdict: 'held',
			looked: expect.stringContaining("1 run not compared, since the control's were cut"),
		});
		expect(I2).toMatchObject({
			verdict: 'inconclusive',
			reason: 'no run recorded during the failure was replayed, the control has such replays',
		});
	});
});

describe('O1 around a crash', () => {
	const reads = (facts: Partial<Read>, which: (read: Read) => boolean) => ({
		reads: [...interrupted.reads, ...observed.reads.filter(which).map((read) => ({ ...read, ...facts }))],
	});
	const underLoad = (read: Read) => read.stage === 'load';

	it('may go unanswered while the database is down, and at no other time', () => {
		const down = one('I5', clean, but(interrupted, reads({ status: 503, cut: 'crash' }, underLoad)));
		expect(down).toMatchObject({
			verdict: 'held',
			looked: expect.stringContaining('8 reads unanswered while the database was away'),
		});
		expect(one('I5', clean, but(interrupted, reads({ status: 503 }, underLoad))).verdict).toBe('violated');
		expect(one('I5', clean, but(interrupted, reads({ status: -1, cut: 'crash' }, underLoad))).verdict).toBe(
			'violated',
		);
		expect(
			one('I5', clean, but(interrupted, reads({ cut: 'crash', sha256: 'f00d' }, underLoad))).verdict,
		).toBe('violated');
		const nothing = interrupted.reads.map((read) =>
			underLoad(read) || read.stage === 'frozen' ? { ...read, status: 0, cut: 'crash' as const } : read,
		);
		expect(one('I5', clean, but(interrupted, { reads: nothing }))).toMatchObject({
			verdict: 'inconclusive',
			reason: expect.stringContaining('no truth endpoint was read under load'),
		});
	});

	it('is compared where it names a run that was acknowledged, and lists must answer with something', () => {
		const broken = (facts: Partial<Read>, endpoint: string) =>
			one(
				'I5',
				clean,
				but(interrupted, {
					reads: changing(
						interrupted.reads,
						(read) => read.endpoint === endpoint && read.stage === 'quiet',
						facts,
					),
				}),
			).verdict;
		expect(broken({ sha256: 'f00d' }, 'run')).toBe('violated');
		expect(broken({ status: 500 }, 'incidents')).toBe('violated');
		expect(broken({ sha256: '' }, 'incidents')).toBe('violated');
		expect(broken({ values: 0 }, 'incidents')).toBe('inconclusive');
	});

	it('is not compared where the run was cut off, and then another must be', () => {
		const named = (of: Observation) =>
			but(of, { reads: changing(of.reads, ({ key }) => key !== undefined, { key: 'load-1', status: 404 }) });
		const sound = but(clean, {
			reads: changing(clean.reads, ({ key }) => key !== undefined, { key: 'load-1' }),
		});
		expect(one('I5', sound, named(interrupted))).toMatchObject({
			verdict: 'inconclusive',
			looked: expect.stringContaining('20 reads of runs that were never acknowledged, not compared'),
			reason: 'run was not read under the failure (quiet)',
		});
	});
});

describe('a run that was asked for and never acknowledged, though nothing has cut it', () => {
	const { truth, facts, replays, reads } = absent;
	const executions = changing(observed.executions, ({ key }) => key === 'load-1', { status: 500 });
	const refused = but(observed, { executions, truth, facts, replays, reads });

	it('is what I4 is violated by, and nothing else: nobody knows an id to read or to replay', () => {
		const whole = but(observed, { executions, replays });
		const { I4, ...others } = all(replayed(control), replayed(whole));
		expect(I4.verdict).toBe('violated');
		for (const [id, judgement] of Object.entries(others))
			expect(sentence(id as InvariantId, judgement)).toMatch(/^I\d held/);
		expect(others.I2.looked).toContain('3 more of runs that were never acknowledged, not compared');
	});

	it('leaves lists unshown that tell of it, where its rows are not as the control has them', () => {
		for (const id of ['I5', 'I6'] as const)
			expect(one(id, replayed(control), replayed(refused))).toMatchObject({
				verdict: 'inconclusive',
				reason: 'lists cannot be compared: they tell of 1 run that nothing cut and nobody acknowledged',
			});
	});

	it('is no work under the failure, whatever was acknowledged afterwards', () => {
		const executions = observed.executions.map((run) =>
			['restored', 'emptied', 'dropped'].includes(run.stage) ? run : { ...run, status: 503 },
		);
		const afterwards = { key: 'after-1', scenario: 'success', stage: 'restored', status: 201 } as const;
		expect(one('I2', control, but(observed, { executions: [...executions, afterwards] }))).toMatchObject({
			verdict: 'inconclusive',
			reason: expect.stringContaining('no run was acknowledged under the failure'),
		});
	});

	it('leaves replay unshown where it is the only one of its kind', () => {
		const replays = refused.replays.filter(({ key, recorded }) => key === 'load-1' || recorded !== 'during');
		expect(one('I2', control, but(refused, { replays }))).toMatchObject({
			verdict: 'inconclusive',
			reason: 'no run recorded during the failure was replayed, the control has such replays',
		});
	});
});

describe('O1 and replay without telemetry, of a run that was cut off alone', () => {
	it.each(['emptied', 'dropped'] as const)('are not shown with telemetry %s', (stage) => {
		const named = (of: Observation, facts: Partial<Read>) =>
			but(of, {
				reads: changing(of.reads, (read) => read.key !== undefined && read.stage === stage, {
					key: 'load-1',
					...facts,
				}),
			});
		expect(
			one('I6', replayed(named(clean, {})), replayed(named(interrupted, { status: 404 }))),
		).toMatchObject({
			verdict: 'inconclusive',
			reason: `with telemetry ${stage}: run was not read under the failure (${stage})`,
		});
		expect(one('I6', clean, interrupted).reason).toContain(
			`with telemetry ${stage}: the control replayed nothing`,
		);
	});
});

describe('the control of a crash', () => {
	const crashed = but(interrupted, {
		truth: rows(interrupted, 'memory', { '': '5:crash' }),
		facts: [...interrupted.facts, incident('', 'database_lost · high · open')],
		attempts: [{ slowestMs: 2000, spreadMs: 100, startMs: 0, stopMs: 0 }],
		lifecycle: [{ action: 'start', outcome: 'failed', ms: 90, cut: 'crash' }, ...control.lifecycle],
	});

	it('has finished runs, and whatever belongs to none from the crash without telemetry', () => {
		const before = withBare(control, [crashed]);
		expect(before).toEqual({
			...control,
			truth: rows(control, 'memory', { '': '5:crash' }),
			facts: [...control.facts, incident('', 'database_lost · high · open')],
			attempts: [...control.attempts, ...crashed.attempts],
			lifecycle: crashed.lifecycle,
			bare: { interrupted: 1 },
			halves: {},
			deaths: [[]],
		});
		for (const id of ['I1', 'I3', 'I4'] as const) {
			expect(one(id, before, crashed)).toMatchObject({ verdict: 'held', reason: '' });
			expect(one(id, clean, crashed).verdict).not.toBe('held');
		}
		expect(withBare(crashed, [interrupted]).truth).toEqual(rows(crashed, 'memory', { '': '4:m0' }));
	});

	describe('a process that died of it', () => {
		const dead = but(crashed, {
			processes: [{ name: 'server', pid: 42, ended: 'died' }],
			executions: changing(crashed.executions, ({ stage }) => stage === 'load', { status: 0 }),
			loads: changing(crashed.loads, ({ stage }) => stage === 'load', { completed: 1 }),
			replays: changing(crashed.replays, ({ recorded }) => recorded === 'before', { error: 'refused' }),
			reads: changing(crashed.reads, ({ stage }) => stage === 'quiet' || stage === 'emptied', { status: 0 }),
		});
		const judged = (...times: readonly (readonly string[])[]) => all(but(clean, { deaths: times }), dead);

		it('is telemetry’s, with all that follows from it, where none dies with no telemetry at all', () => {
			const { I2, I4, I5, I6 } = judged([], [], []);
			for (const { verdict } of [I2, I4, I5, I6]) expect(verdict).toBe('violated');
			expect(I4.reason).toContain(
				'server (pid 42). With no telemetry at all the same crash ended none, in 3 attempts',
			);
		});

		it('shows nothing where one dies with no telemetry at all, now and then', () => {
			const { I2, I4, I5, I6 } = judged([], ['server']);
			for (const { verdict, reason } of [I2, I4, I5, I6]) {
				expect(verdict).toBe('inconclusive');
				expect(reason).toContain(
					'The subject dies by itself: with no telemetry at all the same crash ended server in 1 of 2 attempts',
				);
				expect(reason).not.toContain('ended none');
			}
		});

		it('excuses no wait for telemetry, no other hash or body, and nothing where all live or another has died', () => {
			const deaths = [['server']];
			for (const { verdict } of [judged(['writer']).I2, judged(['writer']).I4])
				expect(verdict).toBe('violated');
			const changed = but(dead, {
				replays: changing(crashed.replays, ({ recorded }) => recorded === 'before', { sha256: 'other' }),
				reads: changing(crashed.reads, ({ stage }) => stage === 'quiet', { sha256: 'other' }),
			});
			for (const id of ['I2', 'I5'] as const)
				expect(one(id, but(clean, { deaths }), changed).verdict).toBe('violated');
			const waiting = but(dead, { locks: { ...dead.locks, waits: [blockedWait] } });
			expect(one('I4', but(clean, { deaths }), waiting)).toMatchObject({
				verdict: 'violated',
				reason: expect.stringMatching(/^backend 811 .* waited/),
			});
			const alive = but(dead, { processes: control.processes });
			for (const id of ['I2', 'I4', 'I5', 'I6'] as const)
				expect(one(id, but(clean, { deaths }), alive).verdict).toBe('violated');
		});

		it('is named for each time that the crash was made without telemetry', () => {
			const before = withBare(control, [crashed, crashed, dead]);
			expect(before.deaths).toEqual([[], [], ['server']]);
			expect(before.bare).toEqual({ interrupted: 3 });
		});
	});

	it('bounds no latency where nothing of the crash without telemetry was measured', () => {
		const silent = but(crashed, { attempts: [{ slowestMs: 0, spreadMs: 0, startMs: 0, stopMs: 0 }] });
		expect(one('I4', withBare(control, [silent]), crashed)).toMatchObject({
			verdict: 'inconclusive',
			reason: 'the control measured no latency',
		});
	});

	it('has no rows of no run where the crash without telemetry left none', () => {
		const none = but(crashed, { truth: rows(crashed, 'memory', { '': undefined }) });
		expect(withBare(control, [none]).truth).toEqual(rows(control, 'memory', { '': undefined }));
	});

	it('counts what was recorded of runs that were cut off, and of no others', () => {
		expect(foundIn(crashed)).toEqual({ interrupted: 1 });
		expect(foundIn(observed)).toEqual({});
		const acknowledged = changing(crashed.executions, () => true, { status: 201 });
		expect(foundIn(but(crashed, { executions: acknowledged }))).toEqual({});
	});
});
