/** Deadlines, in milliseconds. None is a judgement of speed: past it the suite stops waiting and writes that down. */
export const DEADLINE = {
	start: 20_000,
	stop: 15_000,
	execute: 15_000,
	read: 5_000,
	drain: 8_000,
	/** Without any completion among concurrent requests. */
	stall: 5_000,
} as const;

/** An adapter is handed the signal as well; whether it heeds it is its own affair. */
export async function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	const { promise: late, reject } = Promise.withResolvers<never>();
	const giveUp = () => reject(signal.reason);
	if (signal.aborted) giveUp();
	signal.addEventListener('abort', giveUp, { once: true });
	try {
		return await Promise.race([promise, late]);
	} finally {
		signal.removeEventListener('abort', giveUp);
		promise.catch(() => undefined);
	}
}
