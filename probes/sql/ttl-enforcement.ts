/**
 * Telemetry always expires: the declared column is NOT NULL, a CHECK or a default puts it after the row's creation
 * (both are evaluated, not read), a valid index leads with it, and every row has it after its creation: the
 * column that the CHECK compares it with, else one whose default is the time, else the commit timestamp.
 * Inconclusive: 0 rows, a missing table, no declared column, no creation time to compare with. Spec §2, §6.
 */
import {
	ident,
	judge,
	type Look,
	type Probe,
	plural,
	present,
	type Relation,
	type TelemetryTable,
	Unseen,
} from '../probe.ts';
import { keptAfter, SHAPE, type Shape } from './expiry.ts';

type Verdicts = { rows: number; wrong: string[]; unclear: string[] };

async function inspect(look: Look, { sql, oid, declared }: Relation<TelemetryTable>): Promise<Verdicts> {
	const expires = declared.expires ?? '';
	const where = `${declared.name}.${expires}`;
	const [shape] = await look.query<Shape>(SHAPE, [oid, expires]);
	if (shape === undefined) return { rows: 0, wrong: [], unclear: [`${where} does not exist`] };
	const wrong: string[] = [];
	if (!shape.required) wrong.push(`${where} may be NULL: such a row never expires`);
	if (!shape.indexed) wrong.push(`no index leads with ${where}`);
	const after = await keptAfter(look, shape.checks, expires);
	const ahead = await look.query<{ ahead: boolean }>(`select (${shape.default ?? 'null'}) > now() as ahead`);
	if (after === undefined && ahead[0]?.ahead !== true)
		wrong.push(`no CHECK and no default puts ${where} after the creation of its row`);
	const column = after ?? shape.clock;
	const created = column ? `t.${ident(column)}` : 'pg_xact_commit_timestamp(t.xmin)';
	if (!column && !shape.stamped)
		return { rows: 0, wrong, unclear: [`${where} has no creation to compare with`] };
	const [count] = await look.query<{ rows: number; bad: number }>(
		`select count(*)::float8 as rows, (count(*) filter (where (t.${ident(expires)} > ${created}) is not true))::float8 as bad
		from ${sql} as t`,
	);
	if (count && count.bad > 0)
		wrong.push(`${count.bad} rows of ${declared.name} expire before they were created`);
	return { rows: count?.rows ?? 0, wrong, unclear: [] };
}

export const ttlEnforcement: Probe = async (look) => {
	const tables = present(look, 'telemetry').filter(({ declared }) => declared.expires !== undefined);
	if (tables.length === 0) throw new Unseen('no telemetry relation declares when its rows expire');
	const seen: Verdicts[] = [];
	for (const table of tables) seen.push(await inspect(look, table));
	const rows = seen.reduce((sum, verdicts) => sum + verdicts.rows, 0);
	return judge({
		looked: `${plural(tables.length, 'expiry column')}, ${plural(rows, 'row')}`,
		amount: rows,
		wrong: seen.flatMap((verdicts) => verdicts.wrong),
		unclear: seen.flatMap((verdicts) => verdicts.unclear),
	});
};
