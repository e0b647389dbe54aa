/** Lock walls: what ran behind them, and who reached for telemetry all the same. */
import type { Observation, Touch, Wall } from '../observe/observation.ts';
import { count, examples, type Finding, gap, logged, sum, violation } from './findings.ts';

const wallsOf = (observation: Observation, during: Wall['during']): readonly Wall[] =>
	observation.walls.filter((wall) => wall.during === during);

/** Touches are judged in the observation alone: who always touches telemetry is seen there as well. */
export function* untouched(
	control: Observation,
	observed: Observation,
	during: Wall['during'],
): Generator<Finding> {
	for (const [name, observation] of Object.entries({ control, observation: observed })) {
		const walls = wallsOf(observation, during);
		if (walls.length === 0) yield gap(`the ${name} has no lock wall around ${during}`);
		yield* logged(observation, 'a touch that gives up at once would be seen there alone');
		for (const { stage, proven, watched, down } of walls) {
			const wall = `the lock wall around ${during} (${name}, ${stage})`;
			if (watched <= 0) yield gap(`nothing ran behind ${wall}`);
			if (down !== undefined) yield gap(`${wall} ${down}`);
			else if (!proven && observation.unlogged === undefined)
				yield gap(
					`${wall} is unproven: the suite's own touch was not caught, a subject's might not be either`,
				);
		}
	}
	const touches = wallsOf(observed, during).flatMap((wall) => wall.touches);
	const requests = touches.filter(isRequest);
	if (requests.length > 0)
		yield violation(`${during} touched telemetry ${count(requests.length, 'time')}: ${told(requests)}`);
	const unclear = touches.filter(({ by }) => by === 'not known');
	if (unclear.length > 0)
		yield gap(
			`whether ${during} has touched telemetry or what ran beside it is not known, ${count(unclear.length, 'time')}: ${told(unclear)}`,
		);
}

/** A request made this touch: neither did the clock of periodic telemetry, nor might it have. */
export const isRequest = ({ by }: Touch): boolean => by === undefined;

const told = (touches: readonly Touch[]): string =>
	examples(
		touches.map(
			(touch) =>
				`${touch.during} ${touch.how === 'waited' ? 'waited for' : 'was refused'} ${touch.relation} ` +
				`(backend ${touch.pid}, ${touch.role}: ${touch.statement})`,
		),
	);

/** `2 lock walls with 24 requests behind them`. */
export function wallsLooked(observed: Observation, during: Wall['during']): string {
	const walls = wallsOf(observed, during);
	const blind = walls.filter((wall) => wall.relations.length === 0).length;
	const log = blind > 0 ? ` (${blind} by the log alone, the plane being gone)` : '';
	const clock = walls.flatMap((wall) => wall.touches).filter(({ by }) => by === 'clock').length;
	const aside =
		clock > 0 ? `, ${count(clock, 'touch')} left aside that the clock makes with nothing asked as well` : '';
	return `${count(walls.length, 'lock wall')}${log} with ${sum(walls.map((wall) => wall.watched))} behind${aside}`;
}
