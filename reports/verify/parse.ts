/** Pure: the files of an archive, read and held against their schemas. */
import { z } from 'zod';
import type { InjectionId } from '../../suites/matrix.ts';
import { canonical, sha256 } from '../canonical.ts';
import type { KeptControl } from '../compact.ts';
import { CERTIFICATE, evidencePath } from '../paths.ts';
import * as schemas from '../schemas.ts';
import type { Archive } from './archive.ts';

export type Seen = schemas.Evidence | schemas.FailureEvidence;

export interface Parsed {
	readonly certificate: schemas.Certificate;
	readonly evidence: ReadonlyMap<InjectionId, Seen>;
	readonly controls: ReadonlyMap<string, KeptControl>;
}

/** Another version writes other shapes, and says so in its schemas: that contradicts nothing. */
export const ofOtherShape = (archive: Archive): boolean =>
	schemas.schemaFiles().some(([path, text]) => archive.get(path)?.toString('utf8') !== text);

/** A number with an exponent, which can be spelt shorter than it is written. */
const EXPONENT = /[:,[]-?\d[\d.]*e/i;

/**
 * Nothing stands in the text but what was read from it: a key that is there twice would be read differently by others. But for
 * exponents no spelling of JSON is shorter than the one that is written, so its length tells.
 */
const isPlain = (text: string, value: unknown): boolean =>
	EXPONENT.test(text) ? canonical(value) === text : JSON.stringify(value).length === text.length;

const firstOf = ({ issues: [first] }: z.ZodError): string => `/${first?.path.join('/')}: ${first?.message}`;

export function parse(archive: Archive, wrong: string[]): Parsed | undefined {
	const read = <T>(path: string, check: (value: unknown, text: string) => T): T | undefined => {
		const bytes = archive.get(path) ?? Buffer.alloc(0);
		const text = bytes.toString('utf8');
		try {
			const value: unknown = JSON.parse(text);
			if (!isPlain(text, value) || !Buffer.from(text).equals(bytes))
				wrong.push(`${path} says something twice, or otherwise than it is written`);
			return check(value, text);
		} catch (error) {
			const said = error instanceof z.ZodError ? firstOf(error) : String(error);
			wrong.push(`${path} cannot be read: ${said}`);
			return undefined;
		}
	};
	const within = (folder: string): string[] =>
		[...archive.keys()].filter((path) => path.startsWith(`${folder}/`)).sort();
	const certificate = read(CERTIFICATE, (value) => schemas.certificate.parse(value));
	const evidence = within('evidence').flatMap((path) => {
		const one = read(path, (value) => {
			('status' in Object(value) ? schemas.failureEvidence : schemas.evidence).parse(value);
			// Itself, not a copy: what is taken over from it need not be compared with it.
			return value as Seen;
		});
		if (one !== undefined && path !== evidencePath(one.injection_id))
			wrong.push(`${path} is the evidence of ${one.injection_id}`);
		return one === undefined ? [] : [[one.injection_id, one] as const];
	});
	const controls = within('controls').flatMap((path) => {
		// By the digest of its bytes, which is how phases name it.
		const keyed = (value: unknown, text: string) => {
			schemas.control.parse(value);
			return [[`sha256:${sha256(text)}`, value as KeptControl] as const];
		};
		return read(path, keyed) ?? [];
	});
	if (certificate === undefined) return undefined;
	return { certificate, evidence: new Map(evidence), controls: new Map(controls) };
}
