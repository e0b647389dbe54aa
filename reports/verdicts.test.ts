import { describe, expect, test } from 'vitest';
import { compared } from './verdicts.ts';

const verdicts = (cells: Record<string, string>) => new Map(Object.entries(cells));

describe('archives held against each other', () => {
	test('equal ones differ in nothing', () => {
		const one = { 'first I1': 'held', 'first I2': 'inconclusive' };
		const archives = new Map([
			['14', verdicts(one)],
			['18', verdicts(one)],
		]);
		expect(compared(archives)).toEqual({ cells: 2, differ: [] });
	});

	test('a cell with another verdict, or none, is named with where it has which', () => {
		const archives = new Map([
			['14', verdicts({ 'first I1': 'held', 'first I2': 'held' })],
			['15', verdicts({ 'first I1': 'violated', 'first I2': 'held' })],
			['18', verdicts({ 'first I1': 'held' })],
		]);
		expect(compared(archives)).toEqual({
			cells: 2,
			differ: [
				'first I1: held in 14, violated in 15, held in 18',
				'first I2: held in 14, held in 15, absent in 18',
			],
		});
	});

	test('nothing at all is no cell', () => {
		expect(compared(new Map([['14', verdicts({})]]))).toEqual({ cells: 0, differ: [] });
	});
});
