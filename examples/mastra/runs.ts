/** The life of a run: begun, carried on until it has ended, and read back; all of it by the means of Mastra. */
import { setTimeout as delay } from 'node:timers/promises';
import { MastraError } from '@mastra/core/error';
import { batches, mastra, memoryOf, type Ticket, tickets } from './product.ts';

const RETRY_MS = 100;

export class Missing extends Error {}

async function domain<Name extends 'notifications' | 'observability'>(name: Name) {
	const store = await mastra.getStorage()?.getStore(name);
	if (store === undefined) throw new Error(`there is no store of ${name}`);
	return store;
}

export async function find(runId: string) {
	const run = await tickets.getWorkflowRunById(runId);
	if (run === null) throw new Missing('no such run');
	return { ...run, key: run.resourceId ?? '' };
}

/** A run of this ticket, carried on to its end: its id, and its status then. */
export async function perform(ticket: Ticket) {
	const run = await tickets.createRun({ resourceId: ticket.key });
	try {
		await run.start({ inputData: ticket });
		return { run: run.runId, status: await finish(run.runId) };
	} catch (error) {
		// Nobody is told how it ended: it is carried on all the same, as soon as truth can be written again.
		untilDone(() => finish(run.runId));
		throw error;
	}
}

/** Failures that would come again. */
const FINAL = /blocked content|Token limit|did not answer in time/;

/** Carries a run on, from where its snapshot says that it is, until it has ended: its status then. */
async function finish(runId: string): Promise<string> {
	for (;;) {
		const { status, error, key, steps = {} } = await find(runId);
		const run = await tickets.createRun({ runId });
		const [failed] =
			Object.entries(steps).find(([, step]) => 'status' in step && step.status === 'failed') ?? [];
		if (status === 'running' || status === 'waiting') await run.restart();
		else if (status === 'suspended') await run.resume({ resumeData: { approved: true } });
		else if (status === 'pending') {
			await tickets.deleteWorkflowRunById(runId);
			return status;
		} else if (status !== 'failed') return status;
		else if (failed !== undefined && !FINAL.test(error?.message ?? ''))
			await run.timeTravel({ step: failed });
		else {
			await report(key, error?.message ?? 'it failed');
			return status;
		}
	}
}

/** An incident, in the inbox of the thread; once. */
async function report(key: string, summary: string): Promise<void> {
	const inbox = await domain('notifications');
	if ((await inbox.listNotifications({ threadId: key })).length > 0) return;
	await inbox.createNotification({
		threadId: key,
		source: 'tickets',
		kind: 'failed',
		priority: 'high',
		summary,
	});
}

const LEFT = ['pending', 'running', 'waiting', 'suspended', 'failed'] as const;

/** Carries on what a former process has left, in whatever state. */
export const recover = () =>
	untilDone(async () => {
		for (const status of LEFT) {
			const { runs } = await tickets.listWorkflowRuns({ status });
			await Promise.all(runs.map(({ runId }: { readonly runId: string }) => untilDone(() => finish(runId))));
		}
	});

/** Acts again and again until nothing is thrown, or there is nothing to act upon. */
async function untilDone(act: () => Promise<unknown>): Promise<void> {
	for (;;) {
		try {
			return void (await act());
		} catch (error) {
			if (error instanceof Missing) return;
			console.error(error instanceof MastraError ? `${error.id}: ${error.message}` : error);
			await delay(RETRY_MS);
		}
	}
}

export const all = () => tickets.listWorkflowRuns();

export const threads = async () => (await memoryOf()).listThreads({ perPage: false });

export async function incidentsOf(runId: string) {
	const { key } = await find(runId);
	const inbox = await domain('notifications');
	return { key, incidents: await inbox.listNotifications({ threadId: key }) };
}

export async function messagesOf(runId: string) {
	const { key } = await find(runId);
	return (await memoryOf()).recall({ threadId: key, resourceId: key, perPage: false });
}

/** What was recorded of a run, recalled without ids and times. */
export async function replay(runId: string) {
	const { status, payload, result, error, steps = {} } = await find(runId);
	const { messages } = await messagesOf(runId);
	const { incidents } = await incidentsOf(runId);
	return {
		status,
		payload,
		result,
		error: error?.message,
		steps: Object.entries(steps).map(([step, of]) => [
			step,
			'status' in of ? of.status : undefined,
			'output' in of ? of.output : undefined,
		]),
		messages: messages.map(({ role, content }) => [role, content.content]),
		incidents: incidents.map(({ kind, priority, summary }) => [kind, priority, summary]),
	};
}

/** As Mastra lists them, the latest root spans; that they are no facts is the product's to say. */
export async function traces() {
	const listed = await (await domain('observability')).listTraces({});
	return { authoritative: false, ...listed };
}

/** Mastra tries each batch that often. */
const ATTEMPTS = 5;

/** Spans that wait for their batch are written now, or given up, as Mastra would some seconds later: what is under way then. */
export async function flush() {
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		await mastra.observability.flush();
		await Promise.allSettled(batches);
	}
	return { queued: batches.size };
}
