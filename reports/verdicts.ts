/** The verdicts of an archive, cell by cell, so that several archives can be held against each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `W3 I1` → its status. */
export type Verdicts = ReadonlyMap<string, string>;

interface Evidence {
	readonly injection_id: string;
	readonly details: {
		readonly cells: readonly { readonly invariant: string; readonly status: string }[];
	};
}

/** Empty when the archive has no evidence. */
export function verdictsIn(folder: string): Verdicts {
	const evidence = join(folder, 'evidence');
	const files = readdirSync(evidence).filter((file) => file.endsWith('.json'));
	return new Map(
		files.flatMap((file) => {
			const { injection_id, details } = JSON.parse(readFileSync(join(evidence, file), 'utf8')) as Evidence;
			return details.cells.map(({ invariant, status }) => [`${injection_id} ${invariant}`, status] as const);
		}),
	);
}

/** Versions of PostgreSQL that the certificate of an archive names, e.g. `14.23`. */
export function serversIn(folder: string): readonly string[] {
	const { details } = JSON.parse(readFileSync(join(folder, 'certificate.json'), 'utf8')) as {
		readonly details: { readonly database: readonly { readonly version: string }[] };
	};
	return details.database.map(({ version }) => version);
}

export interface Comparison {
	/** Cells of any of them. */
	readonly cells: number;
	/** Of each cell that is not the same everywhere: `W3 I1: held in one, absent in other`. */
	readonly differ: readonly string[];
}

/** Holds archives against each other, each by the name that tells it. Pure. */
export function compared(archives: ReadonlyMap<string, Verdicts>): Comparison {
	const cells = [...new Set([...archives.values()].flatMap((verdicts) => [...verdicts.keys()]))].sort();
	const statuses = (cell: string) =>
		[...archives].map(([name, verdicts]) => ({ name, status: verdicts.get(cell) ?? 'absent' }));
	const differ = cells.filter((cell) => new Set(statuses(cell).map(({ status }) => status)).size > 1);
	return {
		cells: cells.length,
		differ: differ.map(
			(cell) =>
				`${cell}: ${statuses(cell)
					.map(({ name, status }) => `${status} in ${name}`)
					.join(', ')}`,
		),
	};
}
