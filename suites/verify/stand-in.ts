/** Stands in for Vitest and for `../injection.ts` where an injection's file is only asked for what it asserts. */
import type { Phase } from '../judge.ts';

/** By injection and phase, e.g. `W3 boot, sticky`. */
export const asserted = new Map<string, Phase>();

let block = '';

export function describe(title: string, _options: object, body: () => void): void {
	block = title.split(' ')[0] ?? '';
	body();
}

export const test = (title: string, body: Phase): void => void asserted.set(`${block} ${title}`, body);

/** Nothing is struck. */
export const beforeEach = (): void => undefined;
export const phases = {};
