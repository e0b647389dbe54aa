/** How a telemetry row is joined with the truth row that it describes. */
import type { TelemetryTable } from '../../fixtures/subjects/port.ts';
import { identifier, qualified, type Run } from './session.ts';

const TYPE = `(select format_type(atttypid, null) from pg_attribute
	where attrelid = to_regclass($1) and attname = $2 and attnum > 0 and not attisdropped)`;

/** SQL of the condition between telemetry `x` and truth `t`; `undefined` where there is nothing to join. */
export async function describing(
	run: Run,
	{ name, describes }: Pick<TelemetryTable, 'name' | 'describes'>,
): Promise<string | undefined> {
	if (describes === undefined) return undefined;
	const { column, table, references } = describes;
	const [found] = await run<{ own: string | null; other: string | null }>(
		`select ${TYPE} as own, ${TYPE.replace('$1', '$3').replace('$2', '$4')} as other`,
		[qualified(name), column, qualified(table), references],
	);
	if (found?.own == null || found.other == null) return undefined;
	// As text only where it must be: no index finds a row by the text of its key.
	const cast = found.own === found.other ? '' : '::text';
	return `x.${identifier(column)}${cast} = t.${identifier(references)}${cast}`;
}
