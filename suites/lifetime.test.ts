/** Whether a subject is over, by the processes that the operating system lists. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { RunningSubject, Subject, SubjectDatabase } from '../fixtures/subjects/port.ts';
import { Lifetime } from './lifetime.ts';

const children: ChildProcess[] = [];
afterEach(() => {
	for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A subject of so many processes, or one that lists none. */
async function started(processes: number): Promise<{ lifetime: Lifetime; own: readonly ChildProcess[] }> {
	const own = Array.from({ length: processes }, () => spawn('sleep', ['60']));
	children.push(...own);
	await Promise.all(own.map((child) => once(child, 'spawn')));
	const running: Partial<RunningSubject> = {
		headers: {},
		processes: async () =>
			own.flatMap(({ pid, signalCode }) =>
				pid === undefined || signalCode !== null ? [] : [{ name: 'sleep', pid }],
			),
	};
	const subject: Partial<Subject> = { start: async () => running as RunningSubject };
	const lifetime = new Lifetime(subject as Subject, {} as SubjectDatabase);
	expect(await lifetime.start()).toBe(true);
	return { lifetime, own };
}

const soon = (lifetime: Lifetime) =>
	Promise.race([lifetime.over(AbortSignal.timeout(10_000)).then(() => 'over'), delay(400, 'not over')]);

test('it is over when the last of its processes has ended', async () => {
	const { lifetime, own } = await started(2);
	expect(await soon(lifetime)).toBe('not over');
	own[0]?.kill('SIGKILL');
	expect(await soon(lifetime)).toBe('not over');
	own[1]?.kill('SIGKILL');
	await lifetime.over(AbortSignal.timeout(10_000));
});

test('it is over before it has started', async () => {
	const subject: Partial<Subject> = {};
	await new Lifetime(subject as Subject, {} as SubjectDatabase).over(AbortSignal.timeout(10_000));
});

test('of one that lists no process nothing is known, and whoever waits may give up', async () => {
	const { lifetime } = await started(0);
	expect(await soon(lifetime)).toBe('not over');
	await expect(lifetime.over(AbortSignal.abort())).rejects.toThrow();
});
