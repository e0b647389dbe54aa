/**
 * Every declared metrics endpoint answers 200, says that it is not authoritative (`authoritative: false` in
 * JSON, or the words) and shows no error text of Postgres, whatever state telemetry is in. A server error, a missing
 * label, `authoritative: true` and such text fail. Inconclusive: no API, no metrics declared (the caller knows that
 * they are not applicable then), 401, 403, 404, no answer. Spec §5 (R1, R2, A1), §6.
 */
import { judge, type Probe, plural, Unseen } from '../probe.ts';
import { apiOf, misfit, readAll, scalars } from './read.ts';

const POSTGRES =
	/(relation|column|function|table) \\?"?[^"\s]+"? (of relation \S+ )?does not exist|permission denied for|canceling statement|violates \S+ ?\S* constraint|syntax error at or near|sqlstate|could not obtain lock|invalid input syntax/i;

export const gracefulDegradation: Probe = async (look) => {
	const api = apiOf(look);
	const metrics = look.subject.capabilities.metrics ?? [];
	if (metrics.length === 0) throw new Unseen('metrics endpoints are not declared');
	const wrong: string[] = [];
	const unclear: string[] = [];
	let labels = 0;
	const answers = await readAll(api, metrics);
	for (const { answer } of answers) {
		const error = POSTGRES.exec(answer.text)?.[0];
		if (error) wrong.push(`${answer.what} shows an error of Postgres: ${error}`);
		const misfits = misfit(answer);
		if (misfits.wrong) wrong.push(misfits.wrong);
		if (misfits.unclear) unclear.push(misfits.unclear);
		if (answer.status !== 200) continue;
		const said = scalars(answer.json).filter(({ key }) => key === 'authoritative');
		if (said.some(({ value }) => value !== false)) wrong.push(`${answer.what} calls itself authoritative`);
		else if (said.length > 0 || /non[- ]authoritative/i.test(answer.text)) labels++;
		else wrong.push(`${answer.what} does not say that it is non-authoritative`);
	}
	return judge({
		looked: `${plural(answers.length, 'metrics read')}, ${plural(labels, 'label')}`,
		amount: labels,
		wrong,
		unclear,
	});
};
