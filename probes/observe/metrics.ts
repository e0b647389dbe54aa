/** What metrics endpoints and the metrics page say, reduced to what their declarations let the suite understand. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Capabilities, MetricsEndpoint, MetricsPage } from '../../fixtures/subjects/port.ts';
import type { MetricsRead, Status } from './observation.ts';

type Seen = Pick<MetricsRead, 'points' | 'read' | 'skipped' | 'partial' | 'labelled' | 'empty'>;
type Source = Pick<MetricsRead, 'name' | 'kind' | 'deadlineMs'> & {
	readonly path: string;
	readonly understand: (body: string) => Seen;
};

/** How long past its own deadline an answer is waited for, in milliseconds: to know how late it is. */
const PATIENCE_MS = 3_000;

/**
 * Every declared endpoint and the page, at once; `base` is where the subject answers. `owed` has the answers that are yet to
 * come, those among them that are not waited for any more: the subject is still at work for them.
 */
export async function readMetrics(
	{ metrics = [], metricsPage }: Pick<Capabilities, 'metrics' | 'metricsPage'>,
	base: { readonly origin: string; readonly headers: Readonly<Record<string, string>> } | undefined,
	stage: MetricsRead['stage'],
	owed: Set<Promise<unknown>>,
): Promise<readonly MetricsRead[]> {
	const sources: readonly Source[] = [
		...metrics.map((endpoint) => ({ ...endpoint, kind: 'api' as const, understand: apiSeen(endpoint) })),
		...(metricsPage === undefined
			? []
			: [{ ...metricsPage, kind: 'page' as const, understand: pageSeen(metricsPage) }]),
	];
	return Promise.all(
		sources.map(async ({ name, kind, deadlineMs, path, understand }) => {
			const began = performance.now();
			const answering = answerOf(base, path);
			owed.add(answering);
			answering.finally(() => owed.delete(answering));
			const { status, body } = await Promise.race([answering, given(deadlineMs + PATIENCE_MS)]);
			const ms = Math.round(performance.now() - began);
			return { name, kind, stage, status, ms, deadlineMs, ...understand(body) };
		}),
	);
}

type Answer = { readonly status: Status; readonly body: string };

async function answerOf(base: Parameters<typeof readMetrics>[1], path: string): Promise<Answer> {
	try {
		if (base === undefined) throw new Error('not running');
		const response = await fetch(new URL(path, base.origin), { headers: base.headers });
		return { status: response.status, body: await response.text() };
	} catch {
		return { status: 0, body: '' };
	}
}

/** The deadline of an answer. Its request is not aborted: the subject goes on all the same, and when it has ended is to be known. */
const given = (ms: number): Promise<Answer> => delay(ms, { status: -1, body: '' }, { ref: false });

/** The facts of a JSON body; nothing is read into one that is no JSON. */
export const apiSeen =
	({ charts, read, skipped, partial }: Pick<MetricsEndpoint, 'charts' | 'read' | 'skipped' | 'partial'>) =>
	(body: string): Seen => {
		const json = parsed(body);
		const points = charts.map((pointer) => valueAt(json, pointer)).filter(Array.isArray);
		const [rows, left] = [read, skipped].map((pointer) => pointer && valueAt(json, pointer));
		return {
			points: points.reduce((sum, { length }) => sum + length, 0),
			...(typeof rows === 'number' ? { read: rows } : {}),
			...(typeof left === 'number' ? { skipped: left } : {}),
			partial: partial !== undefined && valueAt(json, partial) === true,
		};
	};

export const pageSeen =
	({ chart, label, empty, partial }: Pick<MetricsPage, 'chart' | 'label' | 'empty' | 'partial'>) =>
	(body: string): Seen => ({
		points: body.split(chart).length - 1,
		partial: body.includes(partial),
		labelled: body.includes(label),
		empty: body.includes(empty),
	});

function parsed(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}

/** The value that an RFC 6901 pointer names, `undefined` where there is none. */
const valueAt = (json: unknown, pointer: string): unknown =>
	pointer
		.split('/')
		.slice(1)
		.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
		.reduce<unknown>(
			(value, key) =>
				typeof value === 'object' && value !== null && Object.hasOwn(value, key)
					? (value as Record<string, unknown>)[key]
					: undefined,
			json,
		);
