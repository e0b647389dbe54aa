/** Observes a phase, repeats it when only its latency is in doubt, and judges it against the control. */
import type { ExpectStatic } from 'vitest';
import { diedIn, withBare } from '../probes/invariants/cut.ts';
import { judge } from '../probes/invariants/index.ts';
import { ATTEMPTS, overBound } from '../probes/invariants/latency.ts';
import { type Recorded, withFound } from '../probes/observe/found.ts';
import type { Latency, Observation } from '../probes/observe/observation.ts';
import { asKept, scrubText, withoutLooks } from '../reports/canonical.ts';
import type { Context } from '../reports/record.ts';
import { type Control, measureControl } from './control.ts';
import { row } from './matrix.ts';
import { observe } from './observe.ts';
import { PhaseRun } from './phase-run.ts';
import { type Recording, recordings } from './recording.ts';

/** The facts of a phase under its failure; the matchers know its control. */
export interface Seen extends Observation, Context {
	readonly control: Observation;
}

/** The body of a phase's test, where several phases share one. */
export type Phase = (context: {
	readonly observe: () => Promise<Seen>;
	readonly expect: ExpectStatic;
}) => Promise<void>;

export async function judgePhase(run: PhaseRun, plain: Control, recording: Recording): Promise<Seen> {
	const { record } = recording;
	const { subject } = run.site;
	recording.step('observe');
	run.onMend = () => recording.step('restore');
	// The control comes without the secrets of whoever made it, so they are held against each other without any.
	const raw = asKept(await observe(run));
	const inControl = (digest: string) => plain.texts[digest];
	const finished = { observation: plain.observation, text: inControl };
	if (run.client.crashed) recording.step('control');
	const control = {
		...plain,
		observation: withBare(
			plain.observation,
			run.client.crashed ? await observeBare(run, finished, diedIn(raw).length > 0) : [],
		),
	};
	const texts = safeTexts(run);
	const first = withFound(subject, { observation: raw, text: texts }, finished);
	const ids = row(record.injection).invariants;
	const known = Object.values(judge(ids, control.observation, first));
	// Repeated only where nothing but the latency is in doubt: a violation stands without it.
	const { attempts, ofControl } = known.some(({ verdict }) => verdict === 'violated')
		? { attempts: first.attempts, ofControl: control.observation.attempts }
		: await repeatWhenSlow(run, control.observation, first, finished, () => recording.step('repeat'));
	const differ = known.some(({ verdict }) => verdict !== 'held');
	const samples = (one: Observation, other: Observation, text: (digest: string) => string | undefined) =>
		differ ? samplesOf(one, other, text) : {};
	// What is judged is what is kept, without secrets: whoever has the archive can judge again.
	const kept = asKept({
		control: {
			...control.observation,
			attempts: ofControl,
			samples: samples(control.observation, first, (digest) => control.texts[digest]),
		},
		observed: {
			...first,
			attempts,
			samples: samples(first, control.observation, texts),
		},
		context: contextOf(run),
	});
	recording.end({ ...kept, judgements: withoutLooks(judge(ids, kept.control, kept.observed)), run });
	const result: Seen = { ...kept.observed, ...kept.context, control: kept.control };
	recordings.set(result, recording);
	return result;
}

function contextOf({ site: { subject }, gap }: PhaseRun): Context {
	const { metrics, metricsPage, writerProcess } = subject.capabilities;
	return {
		tables: subject.telemetry.map(({ name }) => name),
		separateWriter: writerProcess !== undefined,
		...(subject.periodic ? { periodic: true } : {}),
		capabilities: {
			...(metrics === undefined
				? {}
				: {
						metrics: metrics.map(({ name, read, skipped, partial }) => ({
							name,
							...(read === undefined ? {} : { read }),
							...(skipped === undefined ? {} : { skipped }),
							...(partial === undefined ? {} : { partial }),
						})),
					}),
			...(metricsPage === undefined ? {} : { metricsPage }),
		},
		...(gap === undefined ? {} : { gap }),
	};
}

/** Row or body by its digest, without secrets: what is cut short has none that begins before the cut. */
function safeTexts(run: PhaseRun): (digest: string) => string | undefined {
	const texts = run.texts();
	return (digest) => {
		const text = texts.get(digest);
		return text === undefined ? undefined : scrubText(text);
	};
}

/**
 * The same crash with no telemetry at all: what the subject leaves of cut runs by itself. Where a process `died` of it, it is
 * made again until one dies here as well, since the moment of a crash is never quite the same.
 */
async function observeBare(
	run: PhaseRun,
	finished: Recorded,
	died: boolean,
): Promise<readonly Observation[]> {
	const made: Observation[] = [];
	let again = true;
	while (again) {
		const one = await observeBareOnce(run, finished);
		made.push(one);
		again = died && diedIn(one).length === 0 && made.length < ATTEMPTS;
	}
	return made;
}

const observeBareOnce = (run: PhaseRun, finished: Recorded): Promise<Observation> =>
	struckAgain(run, { ...run.options, control: true, bare: true }, async (bare) => {
		const observation = asKept(await observe(bare));
		return withFound(run.site.subject, { observation, text: safeTexts(bare) }, finished);
	});

/** What comes of `act` on a fresh database that is struck as that of `run` was. */
async function struckAgain<T>(
	run: PhaseRun,
	options: PhaseRun['options'],
	act: (again: PhaseRun) => Promise<T>,
): Promise<T> {
	const again = await PhaseRun.prepare(run.site, options);
	try {
		for (const strike of run.strikes) await strike(again);
		return await act(again);
	} finally {
		await again.close();
	}
}

/**
 * Over the bound, the phase is repeated on fresh databases and its control beside it, so that both meet the machine as it is then:
 * until no attempt is over the bound of each control, or three times. Three of three over is a violation, a mixture is not known.
 */
async function repeatWhenSlow(
	run: PhaseRun,
	control: Observation,
	seen: Observation,
	finished: Recorded,
	onRepeat: () => void,
): Promise<{ readonly attempts: Observation['attempts']; readonly ofControl: Observation['attempts'] }> {
	const repeat = async (): Promise<Observation['attempts']> =>
		(await struckAgain(run, run.options, observe)).attempts;
	let { attempts } = seen;
	let ofControl = control.attempts;
	const isOver = (attempt: Latency): boolean => overBound({ attempts: ofControl }, attempt).length > 0;
	while (attempts.length < ATTEMPTS && attempts.some(isOver)) {
		onRepeat();
		// Where each crashes the server that they share, they follow each other.
		const [more, measured] = run.client.crashed
			? [await repeat(), (await observeBareOnce(run, finished)).attempts]
			: await Promise.all([repeat(), measureControl(run.site, run.options.phase)]);
		attempts = [...attempts, ...more];
		ofControl = [...ofControl, ...measured];
	}
	return { attempts, ofControl };
}

/** The texts behind the digests of one side that the other side does not have: what there is to show. */
export function samplesOf(
	one: Observation,
	other: Observation,
	text: (digest: string) => string | undefined,
): Record<string, string> {
	const known = new Set(digestsOf(other));
	const kept = digestsOf(one).filter((digest) => !known.has(digest));
	const samples: Record<string, string> = {};
	for (const digest of kept) {
		if (Object.keys(samples).length === SAMPLES) break;
		const found = text(digest);
		if (found !== undefined) samples[digest] = found.slice(0, SAMPLE_CHARACTERS);
	}
	return samples;
}

const SAMPLES = 20;
const SAMPLE_CHARACTERS = 4_000;

const digestsOf = ({ truth, reads }: Observation): readonly string[] => [
	...truth.flatMap(({ byKey }) => Object.values(byKey).map((entry) => entry.slice(entry.indexOf(':') + 1))),
	...reads.map(({ sha256 }) => sha256),
];
