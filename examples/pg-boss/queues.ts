/** The queues, and how pg-boss is set up: what its documentation offers, with the shortest intervals that it takes. */
import type { ConstructorOptions, Queue } from 'pg-boss';

export const DEAD_LETTERS = 'dead-letters';

/** In this order: a queue's dead letter queue must exist. The dead letters have a table of their own. */
export const QUEUES: readonly Queue[] = [
	{ name: DEAD_LETTERS, partition: true },
	{ name: 'runs', deadLetter: DEAD_LETTERS, expireInSeconds: 3 },
	{ name: 'fragile', deadLetter: DEAD_LETTERS, expireInSeconds: 1 },
];

/** What takes a minute takes a second here: with the defaults nothing periodic would happen while a run lasts. */
export const settings = (connectionString: string): ConstructorOptions => ({
	connectionString,
	superviseIntervalSeconds: 1,
	monitorIntervalSeconds: 1,
	instanceHeartbeatSeconds: 1,
	...JSON.parse(process.env.PG_BOSS_OPTIONS ?? '{}'),
});
