import { describe, expect, test } from 'vitest';
import { UsageError } from '../fixtures/usage-error.ts';
import { conclusion, type Tried, versions, worst } from './versions.ts';

const tried = (major: Tried['major'], cells: Record<string, string>, more: Partial<Tried> = {}): Tried => ({
	major,
	server: `${major}.1`,
	code: 0,
	verdicts: new Map(Object.entries(cells)),
	seconds: 61,
	...more,
});
const held = { 'first I1': 'held', 'first I2': 'held' };

describe('what certifying on several versions comes to', () => {
	test('the same everywhere', () => {
		expect(conclusion([tried(14, held), tried(18, held)])).toEqual([
			'PostgreSQL  held  violated  inconclusive  not run  took',
			'      14.1     2         0             0        0  61 s  held',
			'      18.1     2         0             0        0  61 s  held',
			'',
			'2 cells, the same verdicts on all 2 versions.',
		]);
	});

	test('a cell that differs is named', () => {
		const violated = tried(15, { ...held, 'first I2': 'violated' }, { code: 1 });
		expect(conclusion([tried(14, held), violated]).slice(1)).toEqual([
			'      14.1     2         0             0        0  61 s  held',
			'      15.1     1         1             0        0  61 s  violated',
			'',
			'first I2: held in PostgreSQL 14.1, violated in PostgreSQL 15.1',
			'1 of 2 cells differ between 2 versions.',
		]);
	});

	test('a version that cannot be had is no verdict, and no agreement either', () => {
		const none = tried(
			14,
			{},
			{ server: '', code: 3, why: 'PostgreSQL 14 could not be installed', seconds: 2 },
		);
		const lines = conclusion([none, tried(17, held), tried(18, held)]);
		expect(lines[1]).toBe(
			'        14     0         0             0        0   2 s  PostgreSQL 14 could not be installed',
		);
		expect(lines.at(-1)).toBe('2 cells, the same verdicts on all 2 versions; nothing is known of 14.');
		expect(conclusion([none, tried(18, held)]).at(-1)).toBe(
			'2 cells on one version: nothing to compare them with; nothing is known of 14.',
		);
	});

	test.for([
		[[0, 0], 0],
		[[0, 2], 2],
		[[2, 3, 0], 3],
		[[3, 2, 1], 1],
		[[], 2],
	] as const)('exit codes %j come to %i', ([codes, code]) => {
		expect(worst(codes.map((one) => ({ code: one })))).toBe(code);
	});
});

test('a server that is given by its URL has one version, which is said before anything is run', async () => {
	const refused = versions({ database: 'postgres://someone:hunter2@127.0.0.1:1/x', out: '' });
	await expect(refused).rejects.toThrow(UsageError);
	await expect(refused).rejects.toThrow(/^versions takes one version after the other, and a server/);
	await expect(refused).rejects.not.toThrow(/hunter2/);
});
