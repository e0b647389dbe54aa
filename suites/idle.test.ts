/** Which touches of telemetry are put down to a request, where telemetry is written by the clock. */
import { expect, test } from 'vitest';
import type { Touch } from '../probes/observe/observation.ts';
import type { LockWall } from '../probes/observe/wall.ts';
import { asked } from './idle.ts';

const touch = (statement: string): Touch => ({
	during: 'GET runs',
	how: 'waited',
	pid: 1,
	role: 'app',
	relation: 'beats',
	statement,
});
const beat = touch('insert into beats values (1)');
const read = touch('select from beats');

/** A wall that one of these touches in each window, one after the other, and nobody after them. */
function wallTouchedBy(...windows: Touch[]): LockWall {
	return {
		relations: ['beats'],
		prove: async () => true,
		watch: (_, action) => action(),
		takeTouches: async () => windows.splice(0, 1),
		lower: async () => undefined,
	};
}

test('what comes with nothing asked as well is no request', async () => {
	const wall = wallTouchedBy(touch('insert into beats values (2)'));
	expect(await asked(wall, { periodic: true }, [beat])).toEqual([]);
});

test('what does not come by itself is, whatever else does', async () => {
	const wall = wallTouchedBy(touch('insert into beats values (2)'));
	expect(await asked(wall, { periodic: true }, [beat, read])).toEqual([read]);
}, 30_000);

test('of a subject that does not write by the clock every touch is', async () => {
	expect(await asked(wallTouchedBy(beat), {}, [beat])).toEqual([beat]);
});
