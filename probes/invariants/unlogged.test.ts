/** A server whose log is out of reach: what rests on the log is not known, and never held. */
import { describe, expect, test } from 'vitest';
import { judge } from './index.ts';
import { blockedWait, but, control, inPhase, observed } from './testing/example.ts';
import { INVARIANTS } from './verdict.ts';

const WHY = 'logging_collector is off';
const [expected, seen] = [control, observed].map((one) => but(one, { unlogged: WHY })) as [
	typeof control,
	typeof observed,
];

const verdicts = (...sides: Parameters<typeof judge> extends [unknown, ...infer Sides] ? Sides : never) =>
	Object.fromEntries(Object.entries(judge(INVARIANTS, ...sides)).map(([id, { verdict }]) => [id, verdict]));

describe('without the server’s log', () => {
	test('live, all is in doubt that gates, walls and short waits show', () => {
		expect(verdicts(control, observed)).toEqual(Object.fromEntries(INVARIANTS.map((id) => [id, 'held'])));
		expect(verdicts(expected, seen)).toEqual({
			I1: 'inconclusive',
			I2: 'inconclusive',
			I3: 'held',
			I4: 'inconclusive',
			I5: 'inconclusive',
			I6: 'held',
		});
	});

	test('the reason is told', () => {
		for (const id of ['I1', 'I2', 'I4', 'I5'] as const)
			expect(judge([id], expected, seen)[id]?.reason).toContain(
				`the server's log is out of reach: ${WHY}, and `,
			);
	});

	test('at boot nothing froze, so rows alone tell of truth', () => {
		const phases = [inPhase('boot', expected), inPhase('boot', seen)] as const;
		expect(verdicts(...phases)).toMatchObject({ I1: 'held', I2: 'inconclusive', I5: 'inconclusive' });
	});

	test('what was seen all the same is a violation', () => {
		const blocked = but(seen, { locks: { ...seen.locks, waits: [blockedWait] } });
		expect(verdicts(expected, blocked)).toMatchObject({ I4: 'violated' });
	});
});
