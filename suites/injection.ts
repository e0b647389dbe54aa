/**
 * What an injection's file is written with: a row of the matrix is a `describe` block whose tests are the phases,
 * each on a fresh database. `beforeEach` strikes, `observe` drives the rest, the matchers judge. Titles are literal,
 * since `vitest list` reads them without running anything.
 */
import { test as base } from 'vitest';
import { chooseProvider } from '../fixtures/databases/index.ts';
import type { Server } from '../fixtures/databases/port.ts';
import { safely } from '../reports/secrets.ts';
import { notApplicable } from './applicable.ts';
import { controlOf } from './control.ts';
import { judgePhase, type Seen } from './judge.ts';
import './matchers.ts';
import { openLargeSite } from './large-site.ts';
import { row } from './matrix.ts';
import { Moment } from './moments.ts';
import { PhaseRun } from './phase-run.ts';
import { openRecord } from './recording.ts';
import { hideUrl } from './secrets.ts';
import { loadSubject, settings, stoppedBecause, stopRun } from './settings.ts';
import { openSite, type Site } from './site.ts';

/** Generous: every operation inside has a deadline of its own, so this one is for a fault of ours. */
const TEST_DEADLINE_MS = 900_000;

/** Options of an injection's block: its phases run beside each other. */
export const phases = { concurrent: true, timeout: TEST_DEADLINE_MS } as const;

/** Opens a site once, for whichever phase asks first: a stopped run must not start a server. */
const opener = (onCleanup: (end: () => Promise<void>) => void) => {
	let opening: Promise<Site> | undefined;
	const open = async (rows: number | undefined): Promise<Site> => {
		const { subject, wrapped, database, ...run } = settings();
		const loaded = await loadSubject(subject, wrapped);
		// It may hold a superuser's password, and is not for the processes of the subject.
		delete process.env.BYSTANDER_DATABASE;
		hideUrl(database);
		const provider = await chooseProvider(database);
		const launched = (server: Server) => onCleanup(() => safely(() => server.stop()));
		if (rows !== undefined) return openLargeSite(provider, loaded, run, rows, launched);
		const server = await provider.launch();
		launched(server);
		return openSite(server, loaded, run);
	};
	return (rows?: number): Promise<Site> => (opening ??= open(rows));
};

export const test = base
	// biome-ignore lint/correctness/noEmptyPattern: Vitest reads the pattern to know what a fixture needs
	.extend('shared', { scope: 'worker' }, async ({}, { onCleanup }) => opener(onCleanup))
	// biome-ignore lint/correctness/noEmptyPattern: as above
	.extend('own', async ({}, { onCleanup }) => opener(onCleanup))
	.extend('recording', ({ task }) => openRecord(task))
	.extend('prepared', async ({ shared, own, recording, skip }, { onCleanup }) => {
		const { subject, wrapped } = settings();
		const product = await recording.guard(() => loadSubject(subject, wrapped));
		// Before anything else, since nothing that is struck or stopped can change it.
		const lacks = notApplicable(recording.record.injection, product);
		if (lacks !== undefined) {
			await recording.notApplicable(lacks, product);
			skip(`not applicable: ${lacks}`);
		}
		const unlessStopped = (): void => {
			const why = stoppedBecause();
			if (why === undefined) return;
			recording.notRun(why);
			skip(why);
		};
		unlessStopped();
		let run: PhaseRun | undefined;
		onCleanup(async () => {
			const violation = recording.violation();
			if (violation !== undefined) stopRun(violation);
			await safely(() => run?.close());
		});
		return recording.guard(async () => {
			recording.step('set up');
			const { rows, ownServer } = row(recording.record.injection);
			const opened = await (ownServer ? own(rows) : shared());
			// Before a slot is taken: a phase that waits for its control must not keep it from running.
			recording.step('control');
			const control = await controlOf(opened, recording.label.phase);
			recording.step('wait');
			run = await PhaseRun.prepare(opened, { ...recording.label, control: false }, () => {
				unlessStopped();
				recording.step('set up');
			});
			recording.begin(run);
			return { run, control };
		});
	})
	/** When the failure strikes, relative to the truth commit. */
	.extend('moment', ({ prepared, recording }) => {
		recording.step('inject');
		return new Moment(prepared.run, recording.guard);
	})
	/** Drives the rest of the phase; gives the facts, judged against the control's. */
	.extend(
		'observe',
		({ prepared, recording }) =>
			(): Promise<Seen> =>
				recording.guard(() => judgePhase(prepared.run, prepared.control, recording)),
	);

export const beforeEach: (typeof test)['beforeEach'] = test.beforeEach;
