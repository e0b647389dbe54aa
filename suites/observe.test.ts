/** What a stop finds under way of telemetry: only what was asked for since. */
import { expect, test } from 'vitest';
import { bringToRest } from './observe.ts';

/** A plane that comes to rest by itself, once strikes are aside, or never; what was done to bring it there. */
async function broughtToRest(plane: 'calm' | 'asleep' | 'frozen'): Promise<readonly string[]> {
	const done: string[] = [];
	let isAside = false;
	const aside = async <T>(act: () => Promise<T>): Promise<T> => {
		isAside = true;
		return act();
	};
	await bringToRest({
		client: {
			drain: async () => {
				done.push(isAside ? 'drained aside' : 'drained');
				return plane === 'calm' || (plane === 'asleep' && isAside);
			},
		},
		struck: [{ method: 'none', ...(plane === 'frozen' ? {} : { aside }) }],
		aside,
	});
	return done;
}

test('a drain that was given up is made once more with strikes aside, where they can be', async () => {
	expect(await broughtToRest('calm')).toEqual(['drained']);
	expect(await broughtToRest('asleep')).toEqual(['drained', 'drained aside']);
	expect(await broughtToRest('frozen')).toEqual(['drained']);
});
