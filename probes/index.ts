/** The frozen set of probes, and one run of it in one read-only transaction. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import type { ProbeResult, ProbeRun } from '../reports/record.ts';
import { gracefulDegradation } from './api/graceful-degradation.ts';
import { o1Independence } from './api/o1-independence.ts';
import { o1SurvivesTelemetryOutage } from './api/o1-survives-telemetry-outage.ts';
import { telemetryFailureNoIncident } from './api/telemetry-failure-no-incident.ts';
import frozen from './frozen.json' with { type: 'json' };
import {
	type Api,
	type Look,
	PROBE_NAMES,
	type Probe,
	type ProbeName,
	type ProbeSubject,
	Unseen,
} from './probe.ts';
import { checkConstraint } from './sql/check-constraint.ts';
import { noFkConstraints } from './sql/no-fk-constraints.ts';
import { nonAuthoritative } from './sql/non-authoritative.ts';
import { relations } from './sql/plane.ts';
import { replayDoesNotReadTelemetry } from './sql/replay-does-not-read-telemetry.ts';
import { replayIsolation } from './sql/replay-isolation.ts';
import { tableSchema } from './sql/table-schema.ts';
import { telemetryWriteFailureSafe } from './sql/telemetry-write-failure-safe.ts';
import { truthIndependence } from './sql/truth-independence.ts';
import { truthTablesIndependent } from './sql/truth-tables-independent.ts';
import { ttlEnforcement } from './sql/ttl-enforcement.ts';
import { writeOrder } from './sql/write-order.ts';

export { PROBE_NAMES, type ProbeName, type ProbeSubject } from './probe.ts';

export const PROBES: Readonly<Record<ProbeName, Probe>> = {
	'table-schema': tableSchema,
	'check-constraint': checkConstraint,
	'no-fk-constraints': noFkConstraints,
	'non-authoritative': nonAuthoritative,
	'replay-isolation': replayIsolation,
	'ttl-enforcement': ttlEnforcement,
	'truth-independence': truthIndependence,
	'write-order': writeOrder,
	'telemetry-write-failure-safe': telemetryWriteFailureSafe,
	'replay-does-not-read-telemetry': replayDoesNotReadTelemetry,
	'truth-tables-independent': truthTablesIndependent,
	'o1-independence': o1Independence,
	'graceful-degradation': gracefulDegradation,
	'o1-survives-telemetry-outage': o1SurvivesTelemetryOutage,
	'telemetry-failure-no-incident': telemetryFailureNoIncident,
};

export interface ProbeOptions {
	/** The database to look at; or `client`, which must not be in a transaction and is left open. */
	readonly adminUrl?: string;
	readonly client?: pg.Client;
	readonly subject: ProbeSubject;
	/** Without it the four API probes are inconclusive. */
	readonly api?: Api;
	readonly when: ProbeRun['when'];
}

/** Throws only when the database cannot be reached; whatever a probe throws makes that probe inconclusive. */
export async function runProbes({
	adminUrl,
	client: given,
	subject,
	api,
	when,
}: ProbeOptions): Promise<ProbeRun> {
	if (given === undefined && adminUrl === undefined)
		throw new TypeError('runProbes needs adminUrl or client');
	const client = given ?? (await connect({ connectionString: adminUrl }));
	try {
		await client.query('begin transaction read only isolation level repeatable read');
		await client.query(
			`set local lock_timeout = '1s'; set local statement_timeout = '30s'; set local row_security = off; set local jit = off`,
		);
		const look = await lookThrough(client, subject, api);
		const results: ProbeResult[] = [];
		for (const name of PROBE_NAMES) results.push(await one(name, look));
		return { when, digest: await probeDigest(), results };
	} finally {
		await client.query('rollback').catch(() => {});
		if (given === undefined) await client.end().catch(() => {});
	}
}

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
	const client = new pg.Client({
		...config,
		application_name: 'bystander probes',
		connectionTimeoutMillis: 5000,
	});
	// A server that goes away is reported by the statement that needs it.
	client.on('error', () => {});
	await client.connect();
	return client;
}

async function lookThrough(client: pg.Client, subject: ProbeSubject, api: Api | undefined): Promise<Look> {
	const query: Look['query'] = async (sql, values = []) => (await client.query(sql, [...values])).rows;
	const truth = await relations(query, subject.truth);
	const telemetry = await relations(query, subject.telemetry);
	return {
		subject,
		truth: truth.found,
		telemetry: telemetry.found,
		missing: { truth: truth.missing, telemetry: telemetry.missing },
		query,
		async fresh(sql, values = []) {
			const { host, port, user, database, password, ssl } = client;
			const second = await connect({ host, port, user, database, password, ssl } as pg.ClientConfig);
			try {
				return (await second.query(sql, [...values])).rows;
			} finally {
				await second.end();
			}
		},
		...(api ? { api } : {}),
	};
}

/** In a savepoint of its own: a probe that fails leaves the others their transaction. */
async function one(name: ProbeName, look: Look): Promise<ProbeResult> {
	try {
		await look.query('savepoint probe');
		return { name, ...(await PROBES[name](look)) };
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const detail = error instanceof Unseen ? message : `the probe could not look: ${message}`;
		return { name, verdict: 'inconclusive', looked: 'nothing', detail };
	} finally {
		await look.query('rollback to savepoint probe; release savepoint probe').catch(() => {});
	}
}

/**
 * SHA-256 over everything that decides a verdict: the probes and what they are made of, by path and bytes of their
 * source. Where they are compiled it is the frozen one, as long as they are what the build made of that source.
 */
export async function probeDigest(): Promise<string> {
	const digest = await filesDigest();
	if (!COMPILED) return digest;
	const built = await readFile(new URL('./built.json', import.meta.url), 'utf8');
	return (JSON.parse(built) as { digest: string }).digest === digest ? frozen.digest : digest;
}

/** Whether this is the package, and not its source. */
export const COMPILED = import.meta.filename.endsWith('.js');

/** The digest of the files as they are here, compiled or not. */
export async function filesDigest(): Promise<string> {
	const suffix = COMPILED ? '.js' : '.ts';
	const folder = async (name: string) =>
		(await readdir(new URL(name, import.meta.url))).map((file) => `${name}${file}`);
	const files = [
		`./index${suffix}`,
		`./probe${suffix}`,
		`./observe/bodies${suffix}`,
		...(await folder('./api/')),
		...(await folder('./sql/')),
	];
	const hash = createHash('sha256');
	for (const file of files
		.filter((path) => path.endsWith(suffix) && !path.endsWith(`.test${suffix}`))
		.sort()) {
		const bytes = await readFile(new URL(file, import.meta.url));
		hash.update(`${file}\0${bytes.length}\0`).update(bytes);
	}
	return `sha256:${hash.digest('hex')}`;
}
