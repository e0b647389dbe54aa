/** What a touch of telemetry is put down to, where telemetry is written by the clock. */
import { expect, test } from 'vitest';
import type { Touch } from '../probes/observe/observation.ts';
import type { LockWall } from '../probes/observe/wall.ts';
import { attributed } from './idle.ts';

const touch = (statement: string, facts: Partial<Touch> = {}): Touch => ({
	during: 'GET runs',
	how: 'waited',
	pid: 1,
	role: 'app',
	relation: 'beats',
	statement,
	...facts,
});

/** A wall that one of these touches between two looks at the log, one after the other, and nobody after them. */
function wallTouchedBy(...windows: Touch[]): LockWall {
	return {
		lock: async () => undefined,
		relations: ['beats'],
		inTheWay: () => undefined,
		prove: async () => true,
		watch: (_, action) => action(new AbortController().signal),
		takeTouches: async () => windows.splice(0, 1),
		lower: async () => undefined,
	};
}

const by = async (seen: Touch, ...idle: Touch[]) =>
	(await attributed(wallTouchedBy(...idle), { periodic: true }, [seen], 1_500))[0]?.by;

test('the same statement with nothing asked is the clock, whatever its values', async () => {
	expect(await by(touch('insert into beats values (1)'), touch('insert into\n beats values (22)'))).toBe(
		'clock',
	);
	expect(await by(touch(`insert into beats values ('a', 1)`), touch(`insert into beats values ('a')`))).toBe(
		'clock',
	);
});

test('what the subject may have read for an answer of metrics that it still owes is not known', async () => {
	const seen = [touch('select from beats')];
	expect(await attributed(wallTouchedBy(), { owing: true }, seen)).toEqual([{ ...seen[0], by: 'not known' }]);
	expect(await attributed(wallTouchedBy(), { owing: false }, seen)).toEqual(seen);
});

test('a long statement, which the log has whole and a look at the locks as far as Postgres keeps it, is one', async () => {
	const pass = (queues: string, rest = 'then counts it all'): string =>
		`with passed as (select from queues where name in (${queues})) select ${'column, '.repeat(120)}${rest}`;
	const kept = (statement: string): string => statement.slice(0, 1023);
	const idle = touch(kept(pass(`'runs', 'letters'`)));
	expect(await by(touch(pass(`'dead'`)), idle)).toBe('clock');
	expect(await by(touch(kept(pass(`'dead'`))), idle)).toBe('clock');
	expect(await by(touch(pass(`'dead'`).replace('column', 'payload')), idle)).toBe('not known');
	expect(await by(touch(pass(`'dead'`).slice(0, 900)), idle)).toBe('not known');
});

test('a pass is told by each of its statements, though the first keeps the wall from the others', async () => {
	const pass = [
		touch('delete from beats'),
		touch('delete from warnings', { relation: 'warnings' }),
		touch('insert into beats'),
	];
	let locked: readonly string[] = ['beats', 'warnings'];
	const wall: LockWall = {
		...wallTouchedBy(),
		lock: async (relations = ['beats', 'warnings']) => {
			locked = relations;
		},
		takeTouches: async () => pass.filter(({ relation }) => locked.includes(relation)).slice(0, 1),
	};
	const [last, first] = await attributed(
		wall,
		{ periodic: true },
		[touch('delete from warnings', { relation: 'warnings' }), touch('delete from beats')],
		1_500,
	);
	expect([first?.by, last?.by]).toEqual(['clock', 'clock']);
	expect(locked).toEqual(['beats', 'warnings']);
});

test.for([
	['another statement of the verb', touch('select count(*) from beats'), 'not known'],
	['another verb', touch('insert into beats values (1)'), undefined],
	['another role', touch('select payload from beats', { role: 'other' }), undefined],
	['another relation', touch('select payload from beats', { relation: 'others' }), undefined],
] as const)('%s is not', async ([, idle, expected]) => {
	expect(await by(touch('select payload from beats'), idle)).toBe(expected);
});

test('of a subject that does not write by the clock every touch is a request', async () => {
	const beat = touch('insert into beats values (1)');
	expect(await attributed(wallTouchedBy(beat), {}, [beat])).toEqual([beat]);
});
