/**
 * Telemetry follows the truth it describes. A row that describes nothing fails, as does one that shares its
 * transaction (equal xmin, or more than once in a hundred the equal commit timestamp of a savepoint) with truth, and one that was committed
 * before the earliest truth row of its scenario. An UPDATE gives a truth row a later transaction: where no
 * earlier row is left and the described table was, or may have been, updated, the order cannot be told. Such rows
 * are counted in `looked`; when no row's order can be told, the probe is inconclusive, as it is for 0 rows,
 * track_commit_timestamp off, a missing table, nothing declared as described. At most 20,000 rows of each
 * table are looked at. Statistics that Postgres lost (crash, template) prove nothing. Spec §2, §6.
 */
import { judge, type Probe, plural, present, Unseen } from '../probe.ts';
import { inspect } from './commits.ts';

export const writeOrder: Probe = async (look) => {
	present(look, 'truth');
	const tables = present(look, 'telemetry').filter(({ declared }) => declared.describes);
	if (tables.length === 0) throw new Unseen('no telemetry relation declares which truth it describes');
	const [setting] = await look.query<{ on: boolean }>(
		`select current_setting('track_commit_timestamp')::boolean as on`,
	);
	if (!setting?.on) throw new Unseen('track_commit_timestamp is off: no commit can be dated');
	const wrong: string[] = [];
	let [rows, shown] = [0, 0];
	for (const table of tables) {
		const { name, describes } = table.declared;
		const seen = await inspect(look, table);
		rows += seen.rows;
		shown += seen.after;
		if (seen.orphans > 0)
			wrong.push(`${plural(seen.orphans, 'row')} of ${name} describe no row of ${describes?.table}`);
		if (seen.shared > 0)
			wrong.push(`${plural(seen.shared, 'row')} of ${name} share a transaction with truth`);
		if (seen.pristine && seen.ahead > 0)
			wrong.push(`${plural(seen.ahead, 'row')} of ${name} were committed before the truth they describe`);
	}
	const looked = `${plural(rows, 'telemetry row')}, ${shown} of them shown to be committed after their truth`;
	const unclear = rows > 0 && shown === 0 ? ['the order of no row can be told: truth was updated since'] : [];
	return judge({ looked, amount: shown, wrong, unclear });
};
