/** Where injections are struck: one disposable server with a recorded baseline, copied for every phase. */
import type { Database, Provider, Server } from '../fixtures/databases/port.ts';
import type { Plane } from '../fixtures/failures/plane.ts';
import { startGuardian } from '../fixtures/guardian.ts';
import type { Subject } from '../fixtures/subjects/port.ts';
import { mistaken, UsageError } from '../fixtures/usage-error.ts';
import { applied } from '../probes/applicable.ts';
import { runProbes } from '../probes/index.ts';
import { accepted } from '../probes/invariants/findings.ts';
import { PHASES, type Phase } from '../probes/observe/observation.ts';
import type { ProbeRun } from '../reports/record.ts';
import { Client } from './client.ts';
import { checkCleanup, checkDeclarations, checkDeclared, checkDepartures } from './declared.ts';
import { runFolder } from './folder.ts';
import { hideLogins } from './secrets.ts';
import { slotsOf, takeSlot } from './slots.ts';
import { WIDTH, workload } from './workload.ts';

export interface Site {
	readonly subject: Subject;
	/** Of the subject, `sha256:…`. */
	readonly digest: string;
	readonly server: Server;
	readonly seed: number;
	/** A folder of this run, shared by its workers. */
	readonly folder: string;
	/** No failure is struck: {@link Settings.withheld}. */
	readonly withheld: boolean;
	/** {@link Settings.mends} */
	readonly mends: boolean;
	/** Phases that this run has. */
	readonly phases: readonly Phase[];
	/** A migrated database that holds the runs of the baseline; nobody is connected to it. */
	readonly template: Database;
	/** Scenario key → id of the runs of the baseline. */
	readonly baseline: ReadonlyMap<string, string>;
	/** What the probes said of the template while the subject ran on it. */
	readonly probes: ProbeRun;
}

/**
 * Migrates, runs the baseline, and looks at the adapter on the way: what it does wrong here is its user's to
 * mend, so it is a UsageError and never a verdict.
 */
export async function openSite(
	server: Server,
	subject: Subject,
	{
		seed,
		folder,
		phases,
		withheld,
		mends,
		source,
		looksForDeclared = false,
	}: Pick<Site, 'seed' | 'folder' | 'phases' | 'withheld' | 'mends'> & {
		/** A database of this server to take over, instead of an empty one: the subject finds nothing of its own there. */
		readonly source?: string;
		/** Once for a command: a saboteur that is tried is to be caught by a verdict. */
		readonly looksForDeclared?: boolean;
	},
): Promise<Site> {
	// In a slot like any phase: what runs beside it is measured.
	const release = await takeSlot(folder, slotsOf(subject));
	try {
		const template = await server.createDatabase({
			roles: subject.roles,
			...(source === undefined ? {} : { template: source, adopt: true as const }),
		});
		hideLogins(template);
		await subject
			.migrate(template)
			.catch(
				mistaken(
					`migrate() of subject ${subject.name} failed; it must create both planes in an empty database`,
				),
			);
		const { baseline, probes } = await recordBaseline(subject, template, seed, looksForDeclared);
		const digest = `sha256:${await digestOf(subject)}`;
		return { subject, digest, server, seed, folder, phases, withheld, mends, template, baseline, probes };
	} finally {
		release();
	}
}

/** What a certificate names it by has to be one. */
async function digestOf(subject: Subject): Promise<string> {
	const digest = await subject.digest().catch(mistaken(`digest() of subject ${subject.name} failed`));
	if (!/^[0-9a-f]{64}$/.test(digest))
		throw new UsageError(
			`digest() of subject ${subject.name} must return a SHA-256 as 64 hexadecimal digits, but it returned ${JSON.stringify(digest)}`,
		);
	return digest;
}

/** Runs every scenario once and looks at what the adapter makes of it. */
async function recordBaseline(
	subject: Subject,
	template: Database,
	seed: number,
	looksForDeclared: boolean,
): Promise<Pick<Site, 'baseline' | 'probes'>> {
	const client = new Client(subject, template);
	try {
		if (!(await client.start()))
			throw new UsageError(
				`start() of subject ${subject.name} failed on a freshly migrated database: ${client.lifecycle.at(-1)?.detail}`,
			);
		const works = workload('baseline', seed);
		await client.load('baseline', works, { width: WIDTH.single });
		for (const { key, status } of client.executions)
			if (!accepted(status) || !client.runs.has(key))
				throw new UsageError(
					`execute() of subject ${subject.name} must acknowledge every scenario with a 2xx status and a run; ${key} gave status ${status}${client.runs.has(key) ? '' : ' without a run'}`,
				);
		await client.drain();
		for (const { key } of works) await client.replay('baseline', key);
		for (const { key, bytes, error } of client.replays)
			if (bytes === 0)
				throw new UsageError(
					`replay() of subject ${subject.name} must return the canonical bytes of a run; for ${key} it returned nothing${error === undefined ? '' : ` (${error})`}`,
				);
		if (looksForDeclared) await checkDeclared(subject, client);
		const probes = await probe(subject, template, client, 'before');
		if (looksForDeclared) checkDepartures(subject, probes.results);
		await client.stop();
		return { baseline: client.runs, probes };
	} finally {
		await client.kill();
	}
}

/** A site of its own, outside of any test run, for as long as `act` takes. */
export async function withSite(
	provider: Provider,
	subject: Subject,
	act: (site: Site) => Promise<void>,
): Promise<void> {
	checkDeclarations(subject);
	const guardian = await startGuardian(provider.url);
	const { folder, remove } = await runFolder();
	try {
		const server = await provider.launch();
		try {
			const run = { seed: 1, folder, phases: PHASES, withheld: false, mends: true };
			const site = await openSite(server, subject, { ...run, looksForDeclared: true });
			await checkCleanup(subject, site.template);
			await act(site);
		} finally {
			await server.stop();
		}
	} finally {
		await remove();
		await guardian.stop();
	}
}

/** The 15 probes, against a subject that runs on `database`; `healthy` is what they said of it before anything was struck. */
export async function probe(
	subject: Subject,
	database: Database,
	client: Client,
	when: ProbeRun['when'],
	healthy?: ProbeRun,
): Promise<ProbeRun> {
	const running = client.running;
	const runs = [...client.runs.values()].slice(0, WIDTH.single);
	const run = await runProbes({
		adminUrl: database.adminUrl,
		subject,
		when,
		...(running === undefined ? {} : { api: { origin: running.origin, headers: running.headers, runs } }),
	});
	return { ...run, results: applied(run.results, subject, healthy?.results) };
}

/** The names that the server gave to the roles, each with the subject's own. */
export const rolesOf = ({ owner, roles }: Database): Readonly<Record<string, string>> =>
	Object.fromEntries([
		[owner.role, 'owner'],
		...Object.entries(roles).map(([name, { role }]) => [role, name]),
	]);

/** The telemetry plane of `database` as the failures reach it. */
export const planeOf = (site: Pick<Site, 'subject' | 'server'>, database: Database): Plane => ({
	adminUrl: database.adminUrl,
	telemetry: site.subject.telemetry,
	roles: [database.owner.role, ...Object.values(database.roles).map(({ role }) => role)],
	server: site.server,
});
