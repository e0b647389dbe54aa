import { expect, test } from 'vitest';
import { within } from './deadlines.ts';

test('what comes in time comes through', async () => {
	await expect(within(Promise.resolve(7), AbortSignal.timeout(1000))).resolves.toBe(7);
	await expect(within(Promise.reject(new Error('no')), AbortSignal.timeout(1000))).rejects.toThrow('no');
});

test('an adapter that ignores its signal is not waited for', async () => {
	const never = new Promise<never>(() => undefined);
	await expect(within(never, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
	await expect(within(never, AbortSignal.timeout(1))).rejects.toThrow(/timeout/i);
});
