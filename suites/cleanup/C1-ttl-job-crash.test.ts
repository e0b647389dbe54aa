import { describe } from 'vitest';
import { crashCleanup } from '../../fixtures/failures/cleanup.ts';
import { counted, figures } from '../facts.ts';
import { beforeEach, phases, test } from '../injection.ts';
import type { Phase } from '../judge.ts';
import type { Strike } from '../moments.ts';

/** A boot and a stop happen while the job is dead and its backend still holds its locks. */
const crash: Strike = async ({ start, atStop, ...target }) => {
	if (atStop === undefined) return crashCleanup(target, start);
	const [dead, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const crashed = crashCleanup(target, () => {
		dead.resolve();
		return stopped.promise;
	});
	atStop((stop) => stop().finally(stopped.resolve));
	await Promise.race([dead.promise, crashed]);
	return {
		method: 'SIGKILL the cleanup job with its delete frozen, stop the subject, terminate its backend',
		settle: async () => (await crashed).settle?.() ?? {},
		async heal() {
			stopped.resolve();
			await crashed.catch(() => {});
		},
	};
};

describe('C1 TTL job crash', phases, () => {
	beforeEach(({ moment }) => moment.after(crash));

	const expected: Phase = async ({ observe, expect }) => {
		const seen = await observe();

		expect.soft(seen).toWitness('the job is dead', counted(seen, 'jobs killed') === 1, figures(seen));
		expect
			.soft(seen)
			.toWitness('its backend is dead', counted(seen, 'backends terminated') > 0, figures(seen));
		const [planted, left] = [counted(seen, 'expired rows planted'), counted(seen, 'expired rows left')];
		expect
			.soft(seen)
			.toWitness('the expired rows are all there', planted > 0 && left === planted, figures(seen));
		expect.soft(seen).toComeOut('old telemetry remains', left > 0 && left === planted, figures(seen));
		expect.soft(seen).toStrikeInTime();
		expect.soft(seen).toHoldInvariants();
		expect.soft(seen).toBeRestored();
	};

	test('live', expected);
	test('boot, sticky', expected);
	test('boot, healable', expected);
	test('stop', expected);
});
