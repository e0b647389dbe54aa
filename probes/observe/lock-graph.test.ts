import { afterEach, describe, expect, test } from 'vitest';
import type { LogEvent } from '../../fixtures/databases/port.ts';
import { closeRowGate } from '../../fixtures/failures/gate.ts';
import { install } from '../../fixtures/failures/instruments.ts';
import { ADVISORY, ADVISORY_CLASS } from '../../fixtures/failures/plane.ts';
import { scratchForEach, TRUTH } from '../../fixtures/failures/scratch.ts';
import { type LockSampler, sampleLocks } from './lock-graph.ts';
import { gateOf } from './locks.ts';
import { delay, look, openSession } from './session.ts';

const plane = scratchForEach();
let sampler: LockSampler | undefined;
afterEach(() => sampler?.stop());

const start = async (everyMs = 20): Promise<LockSampler> => {
	sampler = await sampleLocks({ ...plane, truth: TRUTH, mark: await plane.server.log.mark(), everyMs });
	return sampler;
};
const waiting = (n: number): Promise<void> =>
	expect
		.poll(() => look(plane.adminUrl, (run) => run('select from pg_locks where not granted')), { interval: 2 })
		.toHaveLength(n);

/** Resolves when so many waits are in the log of this database: each is there once it has lasted `deadlock_timeout`. */
const inTheLog = (n: number): Promise<void> =>
	expect
		.poll(async () => (await plane.server.log.since(0, plane.database.name)).filter(isStill), { interval: 5 })
		.toHaveLength(n);
/** Resolves when a look has ended that began after this was called: what is there now has been sampled. */
async function sampled(sampler: LockSampler): Promise<void> {
	sampler.takePeak();
	for (const _look of ['may have begun before', 'began after']) {
		await expect.poll(() => sampler.takePeak(), { interval: 2 }).toBeGreaterThan(0);
	}
}

/** Truth waits for a backend that itself waits for telemetry. */
async function chainOfThree(told: () => Promise<void>): Promise<void> {
	const [telemetry, middle, truth] = await Promise.all([
		plane.connect('telemetry'),
		plane.connect('app'),
		plane.connect('app'),
	]);
	await truth.query(`insert into runs (id, status) values ('r1', 'open')`);
	await telemetry.query(`begin; insert into telemetry_event (run_id, kind) values ('r1', 'step')`);
	await middle.query(`begin; update runs set status = 'middle'`);
	const second = middle.query('lock table telemetry_event in share row exclusive mode');
	await waiting(1);
	const third = truth.query(`update runs set status = 'done'`);
	await inTheLog(2);
	await told();
	await telemetry.query('rollback');
	await second;
	await middle.query('rollback');
	await third;
}
const isStill = ({ message }: LogEvent): boolean => /still waiting/.test(message);

describe('truth behind telemetry, through a third', () => {
	test.for([
		['by sampling', 5],
		['by the log alone', 60_000],
	] as const)('found %s', async ([, everyMs]) => {
		const sampler = await start(everyMs);
		await chainOfThree(async () => (everyMs > 1000 ? undefined : sampled(sampler)));
		const { samples, logged, waits } = await sampler.stop();
		expect(samples).toBeGreaterThan(0);
		if (everyMs > 1000) expect(samples).toBe(1);
		expect(logged).toBeGreaterThanOrEqual(2);
		const first = waits.find(({ waiter }) => waiter.statement.startsWith('update'));
		const second = waits.find(({ waiter }) => waiter.statement.startsWith('lock'));
		expect(first).toMatchObject({
			wanted: expect.stringMatching(/^ShareLock on transaction \d+, for a row of runs$/),
			telemetry: false,
			waiter: { role: 'subject_app', statement: `update runs set status = 'done'` },
			blockers: [
				{ plane: 'both', statement: 'lock table telemetry_event in share row exclusive mode' },
				{
					plane: 'telemetry',
					role: 'subject_telemetry',
					holds: [expect.stringMatching(/on telemetry_event$/)],
				},
			],
		});
		expect(first?.waiter.plane).toBe('truth');
		expect(first?.ms).toBeGreaterThanOrEqual(10);
		expect(second).toMatchObject({
			wanted: 'ShareRowExclusiveLock on telemetry_event',
			telemetry: true,
			waiter: { plane: 'both' },
			blockers: [{ plane: 'telemetry' }],
		});
		expect(waits).toHaveLength(2);
		expect(await sampler.stop()).toEqual({ samples, logged, waits });
	});
});

test('who could not look more often than not has looked at nothing', async () => {
	const [began, mark] = [performance.now(), await plane.server.log.mark()];
	const sampler = await start(5);
	const [admin, name] = [await plane.connect('admin'), plane.database.name];
	const elsewhere = await openSession(plane.server.adminUrl);
	await elsewhere.run(`alter database ${name} with allow_connections false`);
	await elsewhere.run('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
	await expect(admin.query('select 1')).rejects.toThrow();
	// More often than it can have looked before, which it does every 5 ms at most.
	const looks = Math.ceil((performance.now() - began) / 5) + 1;
	const refused = async () =>
		(await plane.server.log.since(mark)).filter(({ message }) =>
			/not currently accepting connections/.test(message),
		).length;
	await expect.poll(refused, { timeout: 60_000 }).toBeGreaterThan(looks);
	await elsewhere.run(`alter database ${name} with allow_connections true`);
	await elsewhere.end();
	expect(await sampler.stop()).toEqual({ samples: 0, logged: 0, waits: [] });
}, 90_000);

test('what was seen before a crash is told after it, and nothing is missed while nobody can wait', async () => {
	const sampler = await start(5);
	/** One truth backend behind another; resolves when the wait is in the log. */
	const wait = async (status: string) => {
		const since = await plane.server.log.mark();
		const [holder, waiter] = [await plane.connect('app'), await plane.connect('app')];
		await holder.query(`insert into runs (id, status) values ('${status}', '')`);
		await holder.query(`begin; update runs set status = ''`);
		const waits = waiter.query(`update runs set status = '${status}'`).catch(() => 'cut');
		await plane.server.log.waitFor('the wait', isStill, { since, deadlineMs: 5000 });
		return { holder, waits };
	};
	const { waits } = await wait('before');
	// The owner of the scratch, and these two: sampled before they are cut.
	await expect.poll(() => sampler.takePeak()).toBe(3);
	await plane.server.crash();
	expect(await waits).toBe('cut');
	await expect(sampler.backends()).rejects.toThrow('ECONNREFUSED');
	// Far more samples than all the others, had they been missed.
	await delay(1500);
	await plane.server.start();
	const after = await wait('after');
	await after.holder.query('commit');
	await after.waits;
	const seen = await sampler.stop();
	expect(seen.samples).toBeGreaterThan(0);
	expect(seen.logged).toBeGreaterThanOrEqual(2);
	expect(seen.waits).toMatchObject(
		['before', 'after'].map((status) => ({
			waiter: { plane: 'truth', statement: `update runs set status = '${status}'` },
			blockers: [{ plane: 'truth' }],
		})),
	);
});

describe('what is no fault', () => {
	test('a telemetry writer at a gate waits for the suite', async () => {
		await install(plane);
		const sampler = await start(5);
		const writer = await plane.connect('telemetry');
		const gate = await closeRowGate(plane, 'row');
		const writing = writer.query(`insert into telemetry_event (run_id, kind) values ('r1', 'step')`);
		await gate.arrived(5000);
		expect(await sampler.backends()).toEqual([
			expect.stringMatching(
				/^backend \d+ \(subject_telemetry\) active, waits for Lock\/advisory: insert into/,
			),
			expect.stringMatching(/subject_owner/),
		]);
		await gate.open();
		await writing;
		const { waits } = await sampler.stop();
		expect(waits).toMatchObject([
			{
				wanted: 'advisory lock of the row gate',
				telemetry: true,
				waiter: { plane: 'telemetry' },
				blockers: [{ plane: 'suite' }],
			},
		]);
		expect(sampler.takePeak()).toBe(2);
		expect(sampler.takePeak()).toBe(0);
	});

	test('truth behind truth is told after telemetry, and the suite that waits not at all', async () => {
		const sampler = await start(5);
		const [one, two, admin] = [
			await plane.connect('app'),
			await plane.connect('app'),
			await plane.connect('admin'),
		];
		await one.query(`begin; insert into runs (id, status) values ('r1', 'x')`);
		const conflict = two.query(`insert into runs (id, status) values ('r1', 'y') on conflict do nothing`);
		await waiting(1);
		const suite = admin.query('lock table runs in access exclusive mode').catch(() => {});
		await sampled(sampler);
		await one.query('commit');
		await conflict;
		await suite;
		const { waits } = await sampler.stop();
		expect(waits).toMatchObject([
			{
				waiter: { plane: 'truth' },
				telemetry: false,
				blockers: [{ plane: 'truth', holds: expect.arrayContaining(['RowExclusiveLock on runs']) }],
			},
		]);
	});

	test.for([5, 60_000])(
		'whoever waits for a backend that is to be disregarded is not told, sampled every %d ms',
		async (everyMs) => {
			const sampler = await start(everyMs);
			const [holder, writer, app] = await Promise.all([
				openSession(plane.adminUrl),
				plane.connect('telemetry'),
				plane.connect('app'),
			]);
			sampler.disregard(holder.pid);
			await holder.run('begin');
			await holder.run('lock table runs');
			const reading = app.query('select from runs');
			await inTheLog(1);
			await writer.query('begin; lock table telemetry_event');
			const other = app.query('select from telemetry_event');
			if (everyMs < 1000) await sampled(sampler);
			await holder.end();
			await reading;
			await inTheLog(2);
			if (everyMs < 1000) await sampled(sampler);
			await writer.query('rollback');
			await other;
			const { logged, waits } = await sampler.stop();
			expect(logged).toBeGreaterThanOrEqual(2);
			expect(waits.map(({ wanted }) => wanted)).toEqual(['AccessShareLock on telemetry_event']);
		},
	);

	test('a crash of the server is outlived', async () => {
		const sampler = await start(5);
		await plane.server.crash();
		await plane.server.start();
		const app = await plane.connect('app');
		await expect.poll(() => sampler.takePeak()).toBe(1);
		await app.end();
		expect((await sampler.stop()).waits).toEqual([]);
	});
});

test('the keys of the gates are those of the failures', () => {
	expect(gateOf(ADVISORY_CLASS, ADVISORY.row, 2)).toBe('row gate');
	expect(gateOf(ADVISORY_CLASS, ADVISORY.commit, 2)).toBe('commit gate');
});
