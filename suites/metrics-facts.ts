/** What people saw of telemetry under a failure, each with the words for the evidence. */
import type { MetricsRead, Observation } from '../probes/observe/observation.ts';
import type { Fact } from './facts.ts';
import type { Seen } from './judge.ts';

const said = ({ name, stage, status, ms, points, empty }: MetricsRead): string =>
	`${name} (${stage}): ${status}, ${points} points${empty ? ', empty state' : ''}, ${ms} ms`;

const isEmpty = ({ kind, status, points, empty, labelled }: MetricsRead): boolean =>
	points === 0 &&
	(kind === 'page' ? status === 200 && empty === true && labelled === true : status === 200 || status >= 500);

const isCharted = ({ kind, status, points, labelled, empty }: MetricsRead): boolean =>
	status === 200 && points > 0 && (kind === 'api' || (labelled === true && empty === false));

/** Without charts in the control nothing could have disappeared. */
const chartedInControl = ({ control }: Seen): boolean => {
	const quiet = control.metrics.filter(({ stage }) => stage === 'quiet');
	return quiet.length > 0 && quiet.every(isCharted);
};

function every(
	seen: Seen,
	reads: readonly MetricsRead[],
	holds: (read: MetricsRead) => boolean,
	told = said,
): Fact {
	const wrong = reads.filter((read) => !holds(read));
	const shown = reads.length > 0 && wrong.length === 0 && chartedInControl(seen);
	const facts = chartedInControl(seen) ? '' : 'the control has no charts; ';
	return { shown, facts: facts + (wrong.length > 0 ? wrong : reads).map(told).join('; ') };
}

const inTime = ({ ms, deadlineMs }: MetricsRead): boolean => ms <= deadlineMs;

/** Nothing to be seen: the page says so, and the API answers without data or with an error, in the time it declares. */
export const metricsEmpty = (seen: Seen): Fact =>
	every(seen, seen.metrics, (read) => isEmpty(read) && inTime(read));

/**
 * The same once the load is over: while it lasts, rows come and go. Where a clock writes telemetry it has gone on, and
 * there are no more points than rows.
 */
export const metricsEmptyAtRest = (seen: Seen): Fact =>
	every(
		seen,
		seen.metrics.filter(({ stage }) => stage === 'quiet'),
		(read) =>
			(isEmpty(read) || (seen.periodic === true && isCharted(read) && read.points <= seen.telemetry.rows)) &&
			inTime(read),
	);

/** Charts, or the empty state, but always an answer in the time it declares. */
export const metricsAnswer = (seen: Seen): Fact =>
	every(seen, seen.metrics, (read) => (isEmpty(read) || isCharted(read)) && inTime(read));

/** Whether the endpoint that was read declares where it says this; a page declares all of its words. */
const declares = (
	{ capabilities: { metrics = [] } }: Pick<Seen, 'capabilities'>,
	{ name, kind }: Pick<MetricsRead, 'name' | 'kind'>,
	what: 'read' | 'skipped' | 'partial',
): boolean => kind === 'page' || metrics.find((one) => one.name === name)?.[what] !== undefined;

/**
 * Charts that say that they do not cover everything, as `readable` rows cannot, wherever a label is declared. In a boot the control does not say
 * so; elsewhere the suite's own gates have made the plane lose rows, and the figures alone tell.
 */
export function metricsPartial(seen: Seen, readable: number): Fact {
	const quiet = seen.metrics.filter(({ stage }) => stage === 'quiet');
	const whole = seen.control.metrics.every(({ stage, partial }) => stage !== 'quiet' || !partial);
	const shown = every(
		seen,
		quiet,
		(read) =>
			isCharted(read) &&
			(read.partial || !declares(seen, read, 'partial')) &&
			inTime(read) &&
			(read.read ?? 0) <= readable,
		(read) =>
			`${said(read)}, ${read.partial ? '' : 'not '}called partial, ${read.read ?? 'an untold number of'} rows read of ${readable} that can be`,
	);
	return seen.phase !== 'boot' || whole
		? shown
		: { shown: false, facts: `the control calls its charts partial already; ${shown.facts}` };
}

/** Good rows are in the charts, and all rows and the `bad` ones among them are counted, wherever a count is declared. */
export function badRowsSkipped(seen: Seen, bad: number): Fact {
	const good = Object.values(seen.telemetry.byKey).reduce((sum, rows) => sum + rows, 0) - bad;
	const quiet = seen.metrics.filter(({ stage }) => stage === 'quiet');
	const charted = every(seen, quiet, isCharted);
	const counted = quiet.filter(({ kind }) => kind === 'api');
	const right = counted.filter(
		(one) =>
			(one.skipped === bad || !declares(seen, one, 'skipped')) &&
			(one.read === good + bad || !declares(seen, one, 'read')),
	);
	return {
		shown: bad > 0 && good > 0 && charted.shown && counted.length > 0 && right.length === counted.length,
		facts: `${charted.facts}; ${good} good rows, ${bad} bad ones; ${counted
			.map(({ name, read = 'untold', skipped = 'untold' }) => `${name} read ${read} and skipped ${skipped}`)
			.join(', ')}`,
	};
}

/** Answers of the API with a server error, seen by the suite itself. */
export function serverErrors(seen: Observation): Fact {
	const errors = seen.metrics.filter(({ kind, status }) => kind === 'api' && status >= 500);
	return {
		shown: errors.length > 0,
		facts:
			errors.map(said).join('; ') ||
			`no metrics endpoint answered 5xx: ${seen.metrics.map(said).join('; ') || 'none was read'}`,
	};
}

/** Bodies of O1 under the failure, and those of them that came as they should and could be looked into. */
function truthRead({ reads }: Observation) {
	const asked = reads.filter(({ stage }) => stage === 'quiet');
	const good = asked.filter(({ status, sha256 }) => status === 200 && sha256 !== '');
	return { asked, all: asked.length > 0 && good.length === asked.length, good };
}

/** O1 was read under the failure, and no word of it passes off as certain what telemetry suggests. */
export function factsAlone(seen: Observation): Fact {
	const { asked, all, good } = truthRead(seen);
	const claims = asked.flatMap(({ endpoint, claims = [] }) => claims.map((word) => `${endpoint}: ${word}`));
	return {
		shown: all && claims.length === 0,
		facts:
			claims.join(', ') ||
			`${good.length} of ${asked.length} bodies of O1 looked into, none with such a word`,
	};
}

/** Every read of O1 under the failure was answered. */
export function truthAnswers(seen: Observation): Fact {
	const { asked, all, good } = truthRead(seen);
	return { shown: all, facts: `${good.length} of ${asked.length} bodies of O1 with 200` };
}
