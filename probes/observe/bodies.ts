/** HTTP bodies as comparable facts: volatile parts removed, order forgotten where it means nothing. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Endpoint } from '../../fixtures/subjects/port.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Body {
	/** What is left to compare: RFC 8785 text, or markup. */
	readonly text: string;
	/** SHA-256 of `text`, hex. */
	readonly sha256: string;
	/** Scalars in `text`, or pieces of text on the page: 0 means that there was nothing to look at. */
	readonly values: number;
}

/**
 * The comparable form of a JSON body (or NDJSON, read as an array). Pointers are RFC 6901 with `{*}` for every
 * element of an array or object. Throws a SyntaxError for what is neither.
 */
export function normalise(
	body: string,
	endpoint: Pick<Endpoint, 'volatile' | 'unordered' | 'html'> = {},
): Body {
	if (endpoint.html !== undefined) return normalisePage(body, endpoint.html);
	const json = parse(body);
	for (const pointer of endpoint.volatile ?? []) visit(json, pointer, (parent, key) => remove(parent, key));
	for (const pointer of endpoint.unordered ?? [])
		visit({ root: json }, `/root${pointer}`, (parent, key) => sort(parent, key));
	const text = canonicalize(json) ?? '';
	return { text, sha256: sha256(text), values: countScalars(json) };
}

/** How much a body shows, without making it comparable. */
export const valuesIn = (body: string, endpoint: Pick<Endpoint, 'html'> = {}): number =>
	endpoint.html === undefined ? countScalars(parse(body)) : normalisePage(body, []).values;

/** A page is compared as its markup; what it shows is counted as pieces of text between tags. */
function normalisePage(body: string, volatile: readonly string[]): Body {
	if (!/<html[\s>]/i.test(body)) throw new SyntaxError('the body is no page');
	const text = volatile.reduce((rest, pattern) => rest.replaceAll(new RegExp(pattern, 'g'), ''), body);
	const shown = text.replace(/<(style|script|head)\b.*?<\/\1>/gis, '').split(/<[^>]*>/);
	return { text, sha256: sha256(text), values: shown.filter((piece) => piece.trim() !== '').length };
}

/**
 * Words by which O1 would pass off as certain what telemetry suggests; facts need none of them. Names of fields count
 * too (`estimated_cost`, `likelyCause`); other words that are built on these do not (`unpredictable`).
 */
export function claimsIn(text: string): readonly string[] {
	// Many bodies are read under load, and most have nothing like it.
	if (!/confiden|likel|predict|estimat/i.test(text)) return [];
	const words = text.replace(/_|(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
	return [...new Set(words.match(CLAIMS))];
}

const CLAIMS =
	/\b(confiden(ce|t|tly)|(un)?likely|likelihoods?|predict(s|ed|ions?)?|estimat(es?|ed|ions?))\b/g;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function parse(body: string): Json {
	try {
		return JSON.parse(body);
	} catch (error) {
		const lines = body.split('\n').filter((line) => line.trim() !== '');
		if (lines.length < 2) throw error;
		return lines.map((line) => JSON.parse(line));
	}
}

type Parent = Json[] | { [key: string]: Json };

function visit(json: Json, pointer: string, act: (parent: Parent, key: string) => void): void {
	const [part, ...rest] = pointer.slice(1).split('/');
	if (json === null || typeof json !== 'object' || part === undefined) return;
	// Only what is used now: a name that holds a slash must not be split later.
	const head = part.replaceAll('~1', '/').replaceAll('~0', '~');
	for (const key of head === '{*}' ? Object.keys(json) : [head]) {
		if (rest.length === 0) act(json, key);
		else visit(child(json, key), `/${rest.join('/')}`, act);
	}
}

const child = (parent: Parent, key: string): Json =>
	(Array.isArray(parent) ? parent[Number(key)] : parent[key]) ?? null;

function remove(parent: Parent, key: string): void {
	if (!Object.hasOwn(parent, key)) return;
	if (Array.isArray(parent)) parent[Number(key)] = null;
	else delete parent[key];
}

function sort(parent: Parent, key: string): void {
	const value = child(parent, key);
	if (!Array.isArray(value)) return;
	const keyed = value.map((element) => ({ element, text: canonicalize(element) ?? '' }));
	keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
	value.splice(0, value.length, ...keyed.map(({ element }) => element));
}

function countScalars(json: Json): number {
	if (json === null || typeof json !== 'object') return 1;
	return Object.values(json).reduce((sum: number, value) => sum + countScalars(value as Json), 0);
}
