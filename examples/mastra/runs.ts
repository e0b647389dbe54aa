/** The life of a run: begun, carried on until it has ended, and read back; all of it by the means of Mastra. */
import { OVERLOADED } from './model.ts';
import { ask, mastra, memoryOf, type Ticket, tickets } from './product.ts';

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

export async function begin(ticket: Ticket): Promise<string> {
	const run = await tickets.createRun({ resourceId: ticket.key });
	await run.start({ inputData: ticket });
	return run.runId;
}

/** Carries a run on, from where its snapshot says that it is, until it has ended: its status then. */
export async function finish(runId: string): Promise<string> {
	for (;;) {
		const { status, error, key } = await find(runId);
		const run = await tickets.createRun({ runId });
		if (status === 'running' || status === 'waiting') await run.restart();
		else if (status === 'suspended') await run.resume({ resumeData: { approved: true } });
		else if (error?.message === OVERLOADED) await run.timeTravel({ step: ask });
		else {
			if (status === 'failed') await report(key, error?.message ?? 'it failed');
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

/** Carries on what a former process has left, in whatever state. */
export async function recover(): Promise<void> {
	for (const status of ['running', 'waiting', 'suspended', 'failed'] as const)
		for (const { runId } of (await tickets.listWorkflowRuns({ status })).runs) await finish(runId);
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

/** Spans that wait for their batch are written now, or given up, as Mastra would some seconds later. */
export async function flush() {
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) await mastra.observability.flush();
	return { queued: 0 };
}
