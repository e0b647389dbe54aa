/** Reads of truth endpoints (O1): what one gives, and all of them, counted. */
import type { Endpoint, RunningSubject, Subject } from '../fixtures/subjects/port.ts';
import { claimsIn, normalise, valuesIn } from '../probes/observe/bodies.ts';
import type { Read, Status } from '../probes/observe/observation.ts';
import { DEADLINE } from './deadlines.ts';

/** Stands for the digest of a body that cannot be compared. */
const VARIES = 'varies under load';

/** What came of one read; the text behind the digest where it is one of a body. */
type Found = Pick<Read, 'status' | 'sha256' | 'values' | 'claims' | 'slowestMs'> & { readonly text?: string };

/** Of the run with this id where the path names one; the body of what `varies` is counted, and not compared. */
export async function readEndpoint(
	running: RunningSubject | undefined,
	endpoint: Endpoint,
	varies: boolean,
	run = 'unknown',
): Promise<Found> {
	const began = performance.now();
	const deadline = AbortSignal.timeout(DEADLINE.read);
	let status: Status = 0;
	let body: Pick<Found, 'sha256' | 'values' | 'claims' | 'text'> = { sha256: '', values: 0 };
	try {
		if (running === undefined) throw new Error('not running');
		const path = endpoint.path.replaceAll('{run}', encodeURIComponent(run));
		const response = await fetch(new URL(path, running.origin), {
			headers: running.headers,
			signal: deadline,
		});
		const text = await response.text();
		status = response.status;
		const claims = claimsIn(text);
		if (claims.length > 0) body = { ...body, claims };
		body = varies
			? { ...body, sha256: VARIES, values: valuesIn(text, endpoint) }
			: { ...body, ...normalise(text, endpoint) };
	} catch (error) {
		if (!(error instanceof SyntaxError)) status = deadline.aborted ? -1 : 0;
	}
	return { status, ...body, ...(status === 200 ? {} : { slowestMs: Math.round(performance.now() - began) }) };
}

/** Reads of the same endpoint, run and stage that came to the same are one entry, with how many they were. */
export class Reads {
	readonly #found = new Map<string, Read>();

	get all(): readonly Read[] {
		return [...this.#found.values()];
	}

	add(read: Read): void {
		const id = [read.endpoint, read.key, read.stage, read.status, read.sha256, read.cut].join(' ');
		const same = this.#found.get(id);
		this.#found.set(
			id,
			same === undefined
				? read
				: {
						...same,
						times: same.times + 1,
						...(read.slowestMs === undefined
							? {}
							: { slowestMs: Math.max(same.slowestMs ?? 0, read.slowestMs) }),
					},
		);
	}
}

/** Everything of O1 that is read under load: endpoints and pages. */
export const truthReads = ({ endpoints, capabilities }: Subject): readonly Endpoint[] => [
	...endpoints,
	...(capabilities.truthPages ?? []),
];

/** Every endpoint, with every key where its path names a run. */
export function eachRead(
	endpoints: readonly Endpoint[],
	keys: readonly string[],
): readonly { readonly endpoint: Endpoint; readonly key?: string }[] {
	return endpoints.flatMap((endpoint) =>
		endpoint.path.includes('{run}') ? keys.map((key) => ({ endpoint, key })) : [{ endpoint }],
	);
}
