/** Stands in for a provider's model: what it answers depends on the words of the prompt alone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { MastraModelConfig } from '@mastra/core/llm';

const TIMEOUT_MS = 100;

/** Prompts that have failed once. */
const failed = new Set<string>();

async function answer(prompt: string): Promise<string> {
	if (prompt.includes('[[hang]]')) {
		await delay(TIMEOUT_MS);
		throw new Error('the model did not answer in time');
	}
	if (prompt.includes('[[fail-once]]') && !failed.has(prompt)) {
		failed.add(prompt);
		throw new Error('the model is overloaded');
	}
	return prompt.includes('[[verbose]]') ? 'and so on '.repeat(200) : `Done: ${prompt}`;
}

interface Call {
	readonly prompt: readonly {
		readonly role: string;
		readonly content: string | readonly { readonly type: string; readonly text?: string }[];
	}[];
}

/** What the user said last. */
function wordsOf({ prompt }: Call): string {
	const { content = '' } = prompt.findLast(({ role }) => role === 'user') ?? {};
	return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
}

/** As the AI SDK has them, version 2 of its specification. */
export const model = {
	specificationVersion: 'v2',
	provider: 'local',
	modelId: 'local',
	supportedUrls: {},
	async doGenerate(call: Call) {
		return {
			content: [{ type: 'text', text: await answer(wordsOf(call)) }],
			finishReason: 'stop',
			usage: { inputTokens: 10, outputTokens: 10, totalTokens: 20 },
			warnings: [],
		};
	},
	doStream() {
		throw new Error('nobody here asks for a stream');
	},
} as unknown as MastraModelConfig;
