/** The product: an agent with a memory, in a workflow that waits for an approval before it notes what it learnt. */
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import type { MastraMemory } from '@mastra/core/memory';
import { RegexFilterProcessor, TokenLimiterProcessor } from '@mastra/core/processors';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { Memory } from '@mastra/memory';
import { MastraStorageExporter, Observability } from '@mastra/observability';
import { z } from 'zod';
import { model } from './model.ts';
import { storeOf } from './stores.ts';

export const Ticket = z.object({ key: z.string(), goal: z.string() });
const Plan = z.object({ text: z.string() });
const Learnt = z.object({ messages: z.number() });
export type Ticket = z.infer<typeof Ticket>;

const clerk = new Agent({
	id: 'clerk',
	name: 'clerk',
	instructions: 'You plan what is to be done about a ticket.',
	model,
	memory: new Memory({ options: { lastMessages: 10, workingMemory: { enabled: true } } }),
	maxRetries: 0,
	inputProcessors: [
		new RegexFilterProcessor({ rules: [{ name: 'mail', pattern: /send_mail/ }], strategy: 'block' }),
	],
	outputProcessors: [new TokenLimiterProcessor({ limit: 200, strategy: 'abort' })],
});

/** With the storage of the agent's Mastra, which a memory gets when it is asked for. */
export async function memoryOf(): Promise<MastraMemory> {
	const memory = await clerk.getMemory();
	if (memory === undefined) throw new Error('the clerk has no memory');
	return memory;
}

/**
 * What the clerk has said in this thread: a step that a crash has cut is run again, and nothing is to be said twice. What an
 * attempt has left that came to nothing is taken back.
 */
async function answerIn(threadId: string): Promise<string | undefined> {
	const memory = await memoryOf();
	const { messages } = await memory.recall({ threadId });
	const said = messages.findLast(({ role }) => role === 'assistant')?.content.content;
	if (said === undefined && messages.length > 0) await memory.deleteMessages(messages.map(({ id }) => id));
	return said;
}

const ask = createStep({
	id: 'ask',
	inputSchema: Ticket,
	outputSchema: Plan,
	async execute({ inputData: { key, goal }, runId }) {
		const said = await answerIn(key);
		if (said !== undefined) return { text: said };
		const memory = { thread: key, resource: key };
		const { text, tripwire } = await clerk.generate(goal, { memory, runId });
		if (tripwire !== undefined) throw new Error(tripwire.reason);
		return { text };
	},
});

const approve = createStep({
	id: 'approve',
	inputSchema: Plan,
	outputSchema: Plan,
	resumeSchema: z.object({ approved: z.boolean() }),
	execute: async ({ inputData, resumeData, suspend }) => (resumeData === undefined ? suspend({}) : inputData),
});

const remember = createStep({
	id: 'remember',
	inputSchema: Plan,
	outputSchema: Learnt,
	async execute({ getInitData }) {
		const { key } = getInitData<Ticket>();
		const memory = await memoryOf();
		const { messages } = await memory.recall({ threadId: key, resourceId: key });
		const workingMemory = `${messages.length} messages about ${key}`;
		await memory.updateWorkingMemory({ threadId: key, resourceId: key, workingMemory });
		return { messages: messages.length };
	},
});

export const tickets = createWorkflow({ id: 'tickets', inputSchema: Ticket, outputSchema: Learnt })
	.then(ask)
	.then(approve)
	.then(remember)
	.commit();

const exporter = new MastraStorageExporter();

/** Batches of spans under way: the exporter's flush() does not wait for one that its timer has begun. */
export const batches = new Set<Promise<void>>();
const flushBuffer: () => Promise<void> = Reflect.get(exporter, 'flushBuffer');
Reflect.set(exporter, 'flushBuffer', () => {
	const batch = flushBuffer.call(exporter).finally(() => batches.delete(batch));
	batches.add(batch);
	return batch;
});

export const mastra = new Mastra({
	storage: storeOf(),
	agents: { clerk },
	workflows: { tickets },
	observability: new Observability({
		configs: { default: { serviceName: 'tickets', exporters: [exporter] } },
	}),
});
