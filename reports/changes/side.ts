/** One side of a comparison: what a certificate says that can be held against another's. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../fixtures/usage-error.ts';
import { scrubText } from '../canonical.ts';
import { CERTIFICATE } from '../paths.ts';

const open = z
	.array(z.object({ injection_id: z.string(), cell: z.string(), reason: z.string() }))
	.default([]);

/** Loose, so that the archive of another version can be read as far as it says the same things. */
const side = z.object({
	failure_matrix: z.string(),
	timestamp_utc: z.string(),
	violations: z.array(z.object({ injection_id: z.string(), invariant: z.string(), evidence: z.string() })),
	details: z.object({
		/** Injection → cell or mark → status. */
		cells: z.record(z.string(), z.record(z.string(), z.string())),
		not_run: open,
		inconclusive: open,
		not_applicable: open,
		matrix_digest: z.string(),
		subject: z.array(z.object({ name: z.string(), version: z.string(), digest: z.string() })),
		database: z.array(z.object({ provider: z.string(), version: z.string() })),
		/** Milliseconds spent in each injection. */
		durations: z.record(z.string(), z.number()),
	}),
});

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** A certificate is one. */
export type Side = Immutable<z.infer<typeof side>>;

/** @throws UsageError where the folder holds no certificate that can be read. */
export function readSide(folder: string): Side {
	const named = scrubText(folder);
	if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
		throw new UsageError(
			`there is no folder ${named}: give the folder of an archive, for example reports/out`,
		);
	let text: string;
	try {
		text = readFileSync(join(folder, CERTIFICATE), 'utf8');
	} catch {
		throw new UsageError(`${named} holds no archive: there is no ${CERTIFICATE} that can be read`);
	}
	try {
		return side.parse(JSON.parse(text));
	} catch (error) {
		const [issue] = error instanceof z.ZodError ? error.issues : [];
		const why = issue ? `/${issue.path.join('/')}: ${issue.message}` : 'it is no JSON';
		throw new UsageError(`${join(named, CERTIFICATE)} is no certificate: ${why}`);
	}
}
