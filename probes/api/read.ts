/** Reads of the product's API, each with a deadline, and what their answers are worth. */
import type { Api, Endpoint, Look } from '../probe.ts';
import { Unseen } from '../probe.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Answer {
	/** `GET runs /runs/42`: the endpoint's name and path, never the origin or a header. */
	readonly what: string;
	/** 0 when nothing answered, -1 when the deadline passed first. */
	readonly status: number;
	readonly text: string;
	/** Absent when the body is not JSON. */
	readonly json?: Json;
	readonly ms: number;
}

const RUNS = 3;

/** The API, or the reason why there is nothing to ask. */
export function apiOf({ api }: Look): Api {
	if (!api) throw new Unseen('no API URL was given');
	return api;
}

/** Reads every endpoint at once, those of a run for up to three of the runs. */
export function readAll(
	api: Api,
	endpoints: readonly Endpoint[],
	{ signal, authorised = true }: { signal?: AbortSignal; authorised?: boolean } = {},
): Promise<{ endpoint: Endpoint; answer: Answer }[]> {
	const reads = endpoints.flatMap((endpoint) => {
		if (!endpoint.path.includes('{run}')) return [{ endpoint, path: endpoint.path }];
		if (api.runs.length === 0) throw new Unseen(`${endpoint.name} needs the id of a run, and none was given`);
		return api.runs
			.slice(0, RUNS)
			.map((run) => ({ endpoint, path: endpoint.path.replaceAll('{run}', encodeURIComponent(run)) }));
	});
	const headers = authorised ? api.headers : {};
	return Promise.all(
		reads.map(async ({ endpoint, path }) => ({
			endpoint,
			answer: await read(
				`GET ${endpoint.name} ${path}`,
				api.origin.replace(/\/$/, '') + path,
				headers,
				signal,
			),
		})),
	);
}

async function read(
	what: string,
	url: string,
	headers: Api['headers'],
	signal: AbortSignal = AbortSignal.timeout(5000),
): Promise<Answer> {
	const start = performance.now();
	const ms = () => Math.round(performance.now() - start);
	try {
		const response = await fetch(url, { headers, signal, redirect: 'manual' });
		const text = await response.text();
		return { what, status: response.status, text, ...parse(text), ms: ms() };
	} catch {
		return { what, status: signal.aborted ? -1 : 0, text: '', ms: ms() };
	}
}

function parse(text: string): { json?: Json } {
	try {
		return { json: JSON.parse(text) as Json };
	} catch {
		return {};
	}
}

/** Why an answer shows nothing: refused or not found is not the product's word on its state; an error is. */
export function misfit({ what, status, ms }: Answer): { wrong?: string; unclear?: string } {
	if (status === 200) return {};
	if (status === 0) return { unclear: `${what}: nothing answered` };
	if (status === -1) return { unclear: `${what}: no answer within ${ms} ms` };
	return status >= 500
		? { wrong: `${what} answered ${status}` }
		: { unclear: `${what} answered ${status}: nothing was seen` };
}

/** Every scalar of a document with the key it stands under. */
export function scalars(json: Json | undefined, key = ''): { key: string; value: Json }[] {
	if (json === undefined) return [];
	if (json === null || typeof json !== 'object') return [{ key, value: json }];
	if (Array.isArray(json)) return json.flatMap((item) => scalars(item, key));
	return Object.entries(json).flatMap(([name, item]) => scalars(item, name));
}

/** Every key of a document, those of empty objects and arrays too. */
export function keys(json: Json | undefined): string[] {
	if (json === undefined || json === null || typeof json !== 'object') return [];
	if (Array.isArray(json)) return json.flatMap(keys);
	return Object.entries(json).flatMap(([name, item]) => [name, ...keys(item)]);
}

/** The first of `names` that is a word of the text: `telemetry_event` in `from telemetry_event;`, not in `telemetry_events`. */
export function mentions(text: string, names: readonly string[]): string | undefined {
	const words = new Set(text.toLowerCase().split(/[^\p{L}\p{N}_$]+/u));
	return names.find((name) => words.has(name.toLowerCase()));
}

/** The names of the telemetry relations, without schema and quotes. */
export const telemetryNames = ({ subject }: Look): string[] =>
	subject.telemetry.map(({ name }) => (name.split('.').at(-1) ?? name).replaceAll('"', ''));
