/** The record of one phase while it is being made; Vitest carries it to the reports as the task's meta. */
import { dirname } from 'node:path';
import { type RunnerTestCase, recordArtifact } from 'vitest';
import type { Subject } from '../fixtures/subjects/port.ts';
import { schemaDigest } from '../probes/observe/catalog.ts';
import { type Mode, type Observation, PHASES, type Phase } from '../probes/observe/observation.ts';
import { scrub, scrubText, withoutLooks } from '../reports/canonical.ts';
import { resultOf } from '../reports/cells.ts';
import type { Context, PhaseRecord, Shown } from '../reports/record.ts';
import { safeError } from '../reports/secrets.ts';
import { STEP, type Step } from '../reports/terminal/step.ts';
import { undeclared } from './applicable.ts';
import { gitOf } from './git.ts';
import { INJECTIONS, type InjectionId } from './matrix.ts';
import type { PhaseRun } from './phase-run.ts';
import { settings } from './settings.ts';
import { rolesOf } from './site.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface Recording {
	readonly record: Writable<PhaseRecord>;
	readonly label: { readonly phase: Phase; readonly mode?: Mode };
	notRun(why: string): void;
	notApplicable(why: string, subject: Subject): Promise<void>;
	begin(run: PhaseRun): void;
	/** Tells the reporter what the phase does from now on. */
	step(step: Step): void;
	/**
	 * Writes down what `act` throws: a phase that could not be carried out has shown nothing. What goes on from here has no
	 * secrets, which this process alone knows: Vitest prints it, and the reports are made elsewhere.
	 */
	guard<T>(act: () => Promise<T>): Promise<T>;
	end(parts: {
		readonly control: Observation;
		readonly observed: Observation;
		readonly context: Context;
		readonly judgements: PhaseRecord['judgements'];
		readonly run: PhaseRun;
	}): void;
	witness(shown: Shown): void;
	outcome(shown: Shown): void;
	/** What was violated in this phase, as one line; `undefined` when nothing was. */
	violation(): string | undefined;
}

/** By the observation that a matcher is given, the recording it belongs to. */
export const recordings = new WeakMap<object, Recording>();

/** Opens the record of a test, told by the titles of the test and of its block. */
export function openRecord(task: RunnerTestCase): Recording {
	const id = INJECTIONS.find((one) => task.suite?.name.startsWith(`${one} `));
	const [name, mode] = task.name.split(', ') as [Phase, Mode | undefined];
	if (id === undefined || !PHASES.includes(name))
		throw new Error(`${task.name} is not a phase of an injection`);
	const began = performance.now();
	const witness: Shown[] = [];
	const outcome: Shown[] = [];
	const label = { phase: name, ...(mode === undefined ? {} : { mode }) };
	const record: Writable<PhaseRecord> = {
		injection: id,
		...label,
		method: '',
		startedAt: new Date().toISOString(),
		durationMs: 0,
		timings: {},
		subject: { name: '', version: '', digest: '' },
		database: { provider: '', version: '' },
		probes: [],
		witness,
		outcome,
		restoration: [],
		judgements: {},
	};
	task.meta.bystander = record;
	let run: PhaseRun | undefined;
	/** What the run has written down so far. */
	const take = (): void => {
		if (run === undefined) return;
		record.probes = scrub(run.probes);
		record.restoration = scrub(run.restoration);
		record.timings = run.timings;
	};
	return {
		record,
		label,
		notRun(why) {
			record.notRun = why;
		},
		async notApplicable(why, subject) {
			record.notApplicable = why;
			record.subject = subjectOf(subject, `sha256:${await subject.digest()}`);
		},
		begin(begun) {
			run = begun;
			const { site, catalog, database } = run;
			const git = gitOf(dirname(settings().subject));
			record.subject = {
				...subjectOf(site.subject, site.digest),
				schema: schemaDigest(catalog, rolesOf(database)),
				...(git === undefined ? {} : { git }),
			};
			const { provider, version, build, lacks } = site.server;
			const lacking = Object.keys(lacks).length > 0 ? { lacks: { ...lacks } } : {};
			record.database = scrub({ provider, version, build, ...lacking });
			take();
		},
		step(step) {
			// Not waited for, and nothing hangs on it: no phase is to be slower for being told of.
			recordArtifact(task, { type: STEP, step }).catch(() => undefined);
		},
		async guard(act) {
			try {
				return await act();
			} catch (error) {
				// A phase that is skipped throws as well, and nothing went wrong.
				if (record.notRun !== undefined || record.notApplicable !== undefined) throw error;
				const safe = safeError(error);
				record.error = safe.message;
				throw safe;
			} finally {
				take();
			}
		},
		end({ control, observed, context, judgements, run }) {
			record.control = control;
			record.observed = observed;
			record.context = context;
			record.judgements = judgements;
			record.method = scrubText([...new Set(run.struck.map(({ method }) => method))].join('; '));
			record.durationMs = Math.round(performance.now() - began);
		},
		witness: (shown) => void witness.push(withoutLooks(shown)),
		outcome: (shown) => void outcome.push(withoutLooks(shown)),
		violation: () => violationIn(id, record),
	};
}

function subjectOf(subject: Subject, digest: string): PhaseRecord['subject'] {
	const { name, version } = subject;
	const missing = undeclared(subject);
	return { name, version, digest, ...(missing.length > 0 ? { undeclared: missing } : {}) };
}

function violationIn(id: InjectionId, record: PhaseRecord): string | undefined {
	const where = `${id} ${record.phase}${record.mode === undefined ? '' : `, ${record.mode}`}`;
	const { cells, marks } = resultOf(id, [record], [], []);
	const cell = cells.find(({ status }) => status === 'violated');
	if (cell !== undefined) return `${where}: ${cell.invariant} violated`;
	if (marks.outcome.status === 'violated') return `${where}: the expected outcome did not come`;
	return marks.restoration.status === 'violated' ? `${where}: the plane could not be restored` : undefined;
}
