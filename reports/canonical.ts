/** Bytes that hash the same everywhere: RFC 8785 canonical JSON, and the SHA-256 of a text. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import escapeRegExp from 'escape-string-regexp';
import { withoutSecrets, withoutWhatLooksLikeOne } from './secrets.ts';

/** RFC 8785 bytes of plain data, as text. What JSON cannot say (NaN, lone surrogates) becomes what it can. */
export function canonical(value: unknown): string {
	const text = JSON.stringify(value) ?? 'null';
	const plain: unknown = LONE_SURROGATE.test(text)
		? JSON.parse(text, (_key, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part))
		: JSON.parse(text);
	return canonicalize(plain) ?? 'null';
}

/** As JSON.stringify writes it: what is well-formed is never escaped. */
const LONE_SURROGATE = /\\ud[89a-f]/;

/** Lower-case hex, as `sha256sum` prints it. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** `sha256:…` over the canonical bytes of plain data. */
export const digestOf = (value: unknown): string => `sha256:${sha256(canonical(value))}`;

/** The same text without secrets and without the path of this machine's working folder. */
export function scrubText(text: string, folder = process.cwd()): string {
	const clean = withoutSecrets(text);
	// Of a path that only begins alike nothing is taken.
	return folder.length > 1
		? clean.replaceAll(new RegExp(`${escapeRegExp(folder)}(?![\\w.-])`, 'g'), '.')
		: clean;
}

/**
 * Plain data that was derived from what is without secrets already: put together, its texts may look like one. Anybody who derives
 * it again gets the same, whatever secrets are known where that is done.
 */
export const withoutLooks = <T>(value: T): T => inTexts(value, withoutWhatLooksLikeOne);

const inTexts = <T>(value: T, change: (text: string) => string): T =>
	JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
		typeof part === 'string' ? change(part) : part,
	) as T;

/** {@link scrubText} on every string of plain data: nothing secret reaches a file or a log (spec §7). */
export const scrub = <T>(value: T): T => inTexts(value, (text) => scrubText(text));

/** Plain data as its file gives it back, keys in their canonical order: what is derived from it can be derived again. */
export const asRead = <T>(value: T): T => JSON.parse(canonical(value)) as T;

/** {@link asRead} of what is left without secrets. */
export const asKept = <T>(value: T): T => asRead(scrub(value));
