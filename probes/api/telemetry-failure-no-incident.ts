/**
 * Incidents are about the product, none about its telemetry: no text in a row of the incidents mentions telemetry,
 * the name of a telemetry relation or an error of Postgres; and the API's endpoint named `incidents`, where one
 * is declared, shows no incident that truth does not have. Either fails. Inconclusive: no API, 0 incidents, no
 * table of incidents, 401, 404, an endpoint whose incidents cannot be counted or that shows fewer (a page, one
 * tenant's, or hidden ones: it cannot be told). An endpoint of one run is compared as a part. Spec §3 (I3), §6.
 */
import { type Api, judge, type Look, type Probe, plural, present, Unseen } from '../probe.ts';
import { apiOf, type Json, mentions, misfit, readAll, telemetryNames } from './read.ts';

const FAILURE =
	/telemetry|sqlstate\W*[0-9a-z]{5}|(relation|column) "[^"]+".* does not exist|permission denied for/i;

/** The elements of the body, or of the first array in it. */
function items(json: Json | undefined): number | undefined {
	if (Array.isArray(json)) return json.length;
	if (json === null || typeof json !== 'object') return undefined;
	return Object.values(json).find(Array.isArray)?.length;
}

interface Compared {
	looked: string;
	wrong?: string;
	unclear?: string;
}

async function compare(look: Look, api: Api, sql: string, rows: number): Promise<Compared> {
	const endpoint = look.subject.endpoints.find(({ name }) => name === 'incidents');
	if (!endpoint) return { looked: 'no endpoint named incidents' };
	let shown = 0;
	for (const { answer } of await readAll(api, [endpoint])) {
		const count = items(answer.json);
		const { wrong, unclear } = misfit(answer);
		if (wrong ?? unclear) return { looked: answer.what, ...(wrong ? { wrong } : { unclear: unclear ?? '' }) };
		if (count === undefined)
			return { looked: answer.what, unclear: `${answer.what} has no list of incidents` };
		shown += count;
	}
	const looked = `${shown} shown by the API`;
	// What the shared snapshot does not have yet may have been committed since.
	const [now] =
		shown > rows ? await look.fresh<{ rows: number }>(`select count(*)::int as rows from ${sql}`) : [];
	const most = Math.max(rows, now?.rows ?? 0);
	if (shown > most) return { looked, wrong: `the API shows ${shown} incidents, truth has ${most}` };
	if (shown < rows && !endpoint.path.includes('{run}'))
		return {
			looked,
			unclear: `the API shows ${shown} of ${rows} incidents: a page, a tenant's, or hidden ones`,
		};
	return { looked };
}

export const telemetryFailureNoIncident: Probe = async (look) => {
	const api = apiOf(look);
	const table = present(look, 'truth').find(({ declared }) => declared.holds === 'incidents');
	if (!table) throw new Unseen('no table of incidents is declared');
	const incidents = await look.query<{ text: string }>(
		`select (select string_agg(v.value, ' · ' order by v.key) from jsonb_each_text(to_jsonb(t)) as v) as text
		from ${table.sql} as t`,
	);
	const names = telemetryNames(look);
	const suspects = incidents.filter(({ text }) => FAILURE.test(text) || mentions(text, names) !== undefined);
	const compared = await compare(look, api, table.sql, incidents.length);
	return judge({
		looked: `${plural(incidents.length, 'incident')}, ${compared.looked}`,
		amount: incidents.length,
		wrong: [
			...suspects.map(({ text }) => `an incident is about telemetry: ${text.slice(0, 200)}`),
			...(compared.wrong ? [compared.wrong] : []),
		],
		unclear: compared.unclear ? [compared.unclear] : [],
	});
};
