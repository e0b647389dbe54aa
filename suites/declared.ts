/**
 * What a subject declares must be there while nothing is struck: where it is not, its adapter is wrong, which is its
 * user's to mend and no verdict.
 */
import type { Subject, SubjectDatabase } from '../fixtures/subjects/port.ts';
import { mistaken, UsageError } from '../fixtures/usage-error.ts';
import { MAY_DEPART } from '../probes/applicable.ts';
import type { ProbeResult } from '../reports/record.ts';
import type { Client } from './client.ts';
import { DEADLINE } from './deadlines.ts';

/** What is declared must be there to be used, and what belongs together must be declared together. */
export function checkDeclarations({ name, truth, capabilities, cleanup, departures = {} }: Subject): void {
	if (capabilities.cleanupJob && cleanup === undefined)
		throw new UsageError(`subject ${name} declares a cleanup job (cleanupJob) and has no method cleanup()`);
	if (capabilities.metricsPage && !capabilities.metrics?.length)
		throw new UsageError(
			`subject ${name} declares a metrics page (metricsPage) and no metrics endpoint (metrics) that it shows`,
		);
	for (const { name: table, holds, key, volatile, moving = [] } of truth) {
		if (moving.length > 0 && holds !== 'other')
			throw new UsageError(
				`subject ${name} declares moving columns of ${table}, which holds ${holds}: rows of these stay as they are, whatever else moves`,
			);
		const wrong = moving.find((column) => !volatile.includes(column) || key.includes(column));
		if (wrong !== undefined)
			throw new UsageError(
				`subject ${name} declares ${wrong} of ${table} as moving: it must be volatile as well, and no part of the key`,
			);
	}
	for (const probe of Object.keys(departures))
		if (!(MAY_DEPART as readonly string[]).includes(probe))
			throw new UsageError(
				`subject ${name} declares a departure from ${probe}, but only these may be departed from: ${MAY_DEPART.join(', ')}`,
			);
}

/** A departure that is none would hide what the probe says one day. */
export function checkDepartures({ name, departures = {} }: Subject, results: readonly ProbeResult[]): void {
	const passed = results.filter(
		(result) => result.verdict === 'passed' && departures[result.name] !== undefined,
	);
	if (passed.length > 0)
		throw new UsageError(
			`subject ${name} declares a departure from ${passed.map((result) => result.name).join(', ')}, which passes: it must be declared no longer`,
		);
}

/** Charts have points, the page shows charts, and the writer runs, once runs are recorded and their telemetry is written. */
export async function checkDeclared(
	{ name, capabilities: { metrics = [], metricsPage, writerProcess } }: Subject,
	client: Client,
): Promise<void> {
	const processes = (await client.running?.processes()) ?? [];
	if (writerProcess !== undefined && !processes.some((process) => process.name === writerProcess))
		throw new UsageError(
			`subject ${name} declares the writer process ${writerProcess}, but runs ${processes.map((process) => process.name).join(', ') || 'none'}`,
		);
	await client.readMetrics('quiet');
	for (const { name: what, kind, status, points } of client.metrics) {
		if (status === 200 && points > 0) continue;
		const declared =
			kind === 'page'
				? `${JSON.stringify(metricsPage?.chart)} once per chart at ${metricsPage?.path}`
				: metrics
						.filter((one) => one.name === what)
						.map(({ charts, path }) => `data points in ${charts.join(', ')} of ${path}`)
						.join();
		throw new UsageError(
			`subject ${name} declares ${declared} (${what}), but with runs recorded and nothing wrong it answered ${status} with ${points} of them`,
		);
	}
}

/** The cleanup job ends well where nothing is in its way. */
export async function checkCleanup(
	{ name, capabilities, cleanup }: Subject,
	database: SubjectDatabase,
): Promise<void> {
	if (!capabilities.cleanupJob || cleanup === undefined) return;
	const job = await cleanup(database).catch(mistaken(`cleanup() of subject ${name} could not start its job`));
	try {
		const ended = await job.ended(AbortSignal.timeout(DEADLINE.stop)).catch(() => 'not at all in time');
		if (ended !== 0)
			throw new UsageError(
				`the cleanup job of subject ${name} must end with 0 where nothing is wrong, but it ended: ${ended}${said(job.lastWords?.())}`,
			);
	} finally {
		await job.kill();
	}
}

const said = (words: string | undefined): string => (words ? `; it said: ${words}` : '');
