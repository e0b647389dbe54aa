/**
 * Every declared truth read (O1) answers 200 with JSON that has values in it, and nothing in it comes from telemetry:
 * no name of a telemetry relation, no field called telemetry or authoritative. A server error, a body that is
 * not JSON, such a mention, and an open door (200 without the declared headers) fail. Inconclusive: no API, no
 * endpoint declared, 401, 403, 404, no answer, a body without a value. Spec §3 (I5), §6.
 */
import { judge, type Probe, plural, Unseen } from '../probe.ts';
import { apiOf, keys, mentions, misfit, readAll, scalars, telemetryNames } from './read.ts';

const FIELD = /(^|[^a-z])(non_?)?(telemetry|authoritative)([^a-z]|$)/i;

export const o1Independence: Probe = async (look) => {
	const api = apiOf(look);
	const { endpoints, telemetry } = look.subject;
	if (endpoints.length === 0) throw new Unseen('no O1 endpoint is declared');
	const declared = new Set(telemetry.flatMap(({ authoritative }) => authoritative ?? []));
	const wrong: string[] = [];
	const unclear: string[] = [];
	let values = 0;
	const answers = await readAll(api, endpoints);
	for (const { answer } of answers) {
		const misfits = misfit(answer);
		if (misfits.wrong) wrong.push(misfits.wrong);
		if (misfits.unclear) unclear.push(misfits.unclear);
		if (answer.status !== 200) continue;
		const found = scalars(answer.json).length;
		values += found;
		if (answer.json === undefined) wrong.push(`${answer.what} is not JSON`);
		else if (found === 0) unclear.push(`${answer.what} has no value in it`);
		const relation = mentions(answer.text, telemetryNames(look));
		if (relation) wrong.push(`${answer.what} mentions the telemetry relation ${relation}`);
		const field = keys(answer.json).find((key) => declared.has(key) || FIELD.test(key));
		if (field) wrong.push(`${answer.what} has a field ${field}`);
	}
	const guarded = Object.keys(api.headers).length > 0;
	if (guarded)
		for (const { answer } of await readAll(api, endpoints, { authorised: false }))
			if (answer.status === 200) wrong.push(`${answer.what} answers 200 without authorisation`);
	return judge({
		looked: `${plural(answers.length, 'O1 read')}, ${plural(values, 'value')}; ${guarded ? 'each asked without authorisation too' : 'no authorising header declared'}`,
		amount: values,
		wrong,
		unclear,
	});
};
