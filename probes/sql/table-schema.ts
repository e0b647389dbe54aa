/**
 * The telemetry plane is the one that was declared: every relation is a table, with its key and its declared
 * columns, and no column is named after a fact (severity, status, decision). A missing table fails: to exist is
 * what is asked here, and every other probe is inconclusive without it. Inconclusive when nothing is declared.
 * Spec §2 (data law), §6.
 */
import { judge, type Probe, plural, Unseen } from '../probe.ts';

interface Shape {
	oid: number;
	columns: string[];
	keys: string[];
}

const NOTHING: Shape = { oid: 0, columns: [], keys: [] };
const FACTS = new Set(['severity', 'severities', 'status', 'statuses', 'decision', 'decisions']);

/** `userStatus` and `user_status` have the words `user` and `status`; `statusquo` has one. */
const words = (column: string): string[] =>
	column
		.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
		.toLowerCase()
		.split(/[^a-z0-9]+/);

const keyOf = (columns: readonly string[]): string => [...columns].sort().join(', ');

export const tableSchema: Probe = async (look) => {
	const { telemetry, missing } = look;
	if (telemetry.length + missing.telemetry.length === 0)
		throw new Unseen('no telemetry relation is declared');
	const shapes = await look.query<Shape>(
		`select r.oid,
			array(select a.attname::text from pg_attribute a
				where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped) as columns,
			array(select (select string_agg(a.attname, ', ' order by a.attname collate "C")
					from pg_attribute a where a.attrelid = r.oid and a.attnum = any(i.indkey::int2[]))
				from pg_index i where i.indrelid = r.oid and i.indisunique and i.indisvalid
					and i.indpred is null and i.indexprs is null and i.indnkeyatts = i.indnatts) as keys
		from unnest($1::oid[]) as r(oid)`,
		[telemetry.map(({ oid }) => oid)],
	);
	const wrong = missing.telemetry.map((name) => `${name} does not exist`);
	for (const { declared, oid, kind } of telemetry) {
		const { columns, keys } = shapes.find((shape) => shape.oid === oid) ?? NOTHING;
		const { name, key, describes, expires, authoritative } = declared;
		if (kind !== 'r' && kind !== 'p') wrong.push(`${name} is not a table (relkind ${kind})`);
		if (key.length === 0) wrong.push(`${name} declares no key`);
		else if (!keys.includes(keyOf(key))) wrong.push(`${name} has no unique key (${key.join(', ')})`);
		for (const column of [describes?.column, expires, authoritative])
			if (column !== undefined && !columns.includes(column)) wrong.push(`${name} has no column ${column}`);
		for (const column of columns)
			if (words(column).some((word) => FACTS.has(word)))
				wrong.push(
					`${name}.${column} is named after a fact: telemetry carries no severity, status or decision`,
				);
	}
	const columns = shapes.reduce((sum, shape) => sum + shape.columns.length, 0);
	return judge({
		looked: `${plural(telemetry.length, 'telemetry relation')}, ${plural(columns, 'column')}`,
		amount: columns,
		wrong,
	});
};
