/** Everything that a database object rests on, and the way there. */
import type { Look } from '../probe.ts';
import { CLOSURE, STEP } from './edges.ts';

export interface Node {
	/** `regclass` of the catalog it lives in, e.g. `pg_proc`. */
	readonly catalog: string;
	readonly oid: number;
}

export interface Reached {
	/** Targets, and the way to each: `table runs → trigger t on table runs → function f() → table telemetry`. */
	readonly hits: readonly { readonly oid: number; readonly path: string }[];
	/** The closure, targets and starts among it. */
	readonly nodes: readonly Node[];
}

/** Parts of a relation that count when it is only read: not its triggers, not its constraints. */
export const READ_PARTS = ['pg_class', 'pg_rewrite', 'pg_attrdef', 'pg_policy'];
export const ALL_PARTS = [...READ_PARTS, 'pg_trigger', 'pg_constraint'];

const id = (node: Node): string => `${node.catalog}:${node.oid}`;

/** The closure of `start`; it ends at the targets. */
export async function reach(
	look: Look,
	start: readonly Node[],
	targets: readonly number[],
	parts: readonly string[],
): Promise<Reached> {
	const nodes = await look.query<Node>(CLOSURE, [
		start.map(({ catalog }) => catalog),
		start.map(({ oid }) => oid),
		parts,
		targets,
	]);
	const begun = new Set(start.map(id));
	const hit = nodes.filter((node) => isTarget(node, targets) && !begun.has(id(node)));
	return { hits: hit.length === 0 ? [] : await ways(look, start, targets, parts), nodes };
}

const isTarget = ({ catalog, oid }: Node, targets: readonly number[]): boolean =>
	catalog === 'pg_class' && targets.includes(oid);

/** The shortest way to each target, breadth first: asked for only where there is one to tell of. */
async function ways(
	look: Look,
	start: readonly Node[],
	targets: readonly number[],
	parts: readonly string[],
): Promise<Reached['hits']> {
	const seen = new Set(start.map(id));
	const parents = new Map<string, Node>();
	const hits: Node[] = [];
	let frontier = [...start];
	while (frontier.length > 0) {
		const edges = await look.query<Node & { fromCatalog: string; fromOid: number }>(STEP, [
			frontier.map(({ catalog }) => catalog),
			frontier.map(({ oid }) => oid),
			parts,
		]);
		frontier = [];
		for (const { fromCatalog, fromOid, catalog, oid } of edges) {
			const node: Node = { catalog, oid };
			if (seen.has(id(node))) continue;
			seen.add(id(node));
			parents.set(id(node), { catalog: fromCatalog, oid: fromOid });
			if (isTarget(node, targets)) hits.push(node);
			else frontier.push(node);
		}
	}
	const paths = await describe(
		look,
		hits.map((hit) => {
			const way = [hit];
			for (let at = parents.get(id(hit)); at; at = parents.get(id(at))) way.unshift(at);
			return way;
		}),
	);
	return hits.map(({ oid }, index) => ({ oid, path: paths[index] ?? '' }));
}

async function describe(look: Look, ways: readonly (readonly Node[])[]): Promise<string[]> {
	const rows = await look.query<{ way: number; text: string }>(
		`select way, string_agg(pg_describe_object(cls, obj, 0), ' → ' order by at) as text
		from unnest($1::int[], $2::int[], $3::regclass[], $4::oid[]) as n(way, at, cls, obj) group by way order by way`,
		[
			ways.flatMap((way, index) => way.map(() => index)),
			ways.flatMap((way) => way.map((_, at) => at)),
			ways.flatMap((way) => way.map(({ catalog }) => catalog)),
			ways.flatMap((way) => way.map(({ oid }) => oid)),
		],
	);
	return rows.map(({ text }) => text);
}

/** Relations as places to start from. */
export const asNodes = (oids: readonly number[]): Node[] => oids.map((oid) => ({ catalog: 'pg_class', oid }));
