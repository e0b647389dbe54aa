/** The matchers of an injection's file. Each writes down what it was shown and fails for whatever was not. */
import { expect } from 'vitest';
import { outOfReach } from '../probes/invariants/findings.ts';
import { sentence } from '../probes/invariants/index.ts';
import type { InvariantId } from '../probes/invariants/verdict.ts';
import type { Observation } from '../probes/observe/observation.ts';
import type { Shown } from '../reports/record.ts';
import { struckInTime } from './facts.ts';
import { row } from './matrix.ts';
import { type Recording, recordings } from './recording.ts';

const matchers = {
	toWitness: (seen: Pick<Observation, 'unlogged'>, name: string, shown: boolean, facts: string) =>
		written(recordingOf(seen).witness, 'witness missing', {
			name,
			shown,
			facts: withLog(seen, shown, facts),
		}),
	toComeOut: (seen: object, name: string, shown: boolean, facts: string) =>
		written(recordingOf(seen).outcome, 'expected outcome missing', { name, shown, facts }),
	toStrikeInTime(seen: Observation) {
		const recording = recordingOf(seen);
		const { timing } = row(recording.record.injection);
		const name = `struck ${timing === 'any' ? 'at any time' : timing} (relative to the truth commit)`;
		return written(recording.witness, 'witness missing', { name, ...struckInTime(seen, timing) });
	},
	toHoldInvariants(seen: object) {
		const { record } = recordingOf(seen);
		const ids: readonly InvariantId[] = row(record.injection).invariants;
		const cells = ids.flatMap((id) => {
			const judgement = record.judgements[id];
			return judgement === undefined ? [] : [{ id, judgement }];
		});
		const broken = cells.filter(({ judgement }) => judgement.verdict !== 'held');
		return {
			pass: cells.length === ids.length && broken.length === 0,
			message: () =>
				broken
					.map(({ id, judgement }) => `${sentence(id, judgement)}\n  looked at: ${judgement.looked}`)
					.join('\n'),
		};
	},
	toBeRestored(seen: object) {
		const { restoration, probes } = recordingOf(seen).record;
		const missing = restoration.filter(({ shown }) => !shown);
		const failed = probes.flatMap(({ when, results }) =>
			results
				.filter(({ verdict }) => verdict === 'failed' || verdict === 'inconclusive')
				.map((result) => ({ when, ...result })),
		);
		return {
			pass: restoration.length > 0 && missing.length === 0 && probes.length === 2 && failed.length === 0,
			message: () =>
				[
					...missing.map(({ name, facts }) => `not restored: ${name}: ${facts}`),
					...failed.map(
						({ when, name, verdict, detail, looked }) =>
							`probe ${name} ${when} the failure: ${verdict}: ${detail} (looked at ${looked})`,
					),
				].join('\n') || 'the restoration was not looked at',
		};
	},
};

/** Where the log is out of reach, what was not shown may be in it. */
const withLog = ({ unlogged }: Pick<Observation, 'unlogged'>, shown: boolean, facts: string): string =>
	shown || unlogged === undefined ? facts : `${facts}; ${outOfReach(unlogged)}`;

function written(write: (shown: Shown) => void, what: string, shown: Shown) {
	write(shown);
	return { pass: shown.shown, message: () => `${what}: ${shown.name}; seen: ${shown.facts}` };
}

function recordingOf(seen: object): Recording {
	const recording = recordings.get(seen);
	if (recording === undefined) throw new TypeError('this matcher takes what observe() returned');
	return recording;
}

expect.extend(matchers);

declare module 'vitest' {
	interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
		/** Postgres or the operating system showed that the failure bit; without it nothing is held. */
		toWitness(name: string, shown: boolean, facts: string): R;
		/** The outcome that the matrix expects, besides the invariants. */
		toComeOut(name: string, shown: boolean, facts: string): R;
		/** It struck when its row says, relative to the truth commit: a witness as well. */
		toStrikeInTime(): R;
		/** Every invariant of the injection's row. */
		toHoldInvariants(): R;
		/** The plane is what it was, the 15 probes passed before and after, and the system is nominal. */
		toBeRestored(): R;
	}
}
