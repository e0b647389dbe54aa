/**
 * Pure: `ctrf.json`, the Common Test Report Format, for dashboards that collect test results. One test is one cell, since
 * dashboards follow a test through time by its name: `W3 I4` is what gets red and green; phases are how it was looked at.
 */
import { type CTRFReport, CURRENT_SPEC_VERSION, calculateSummary, REPORT_FORMAT, type Test } from 'ctrf';
import { row } from '../../suites/matrix.ts';
import { type InjectionResult, judgedOf, ran, type Status } from '../cells.ts';
import type { Certificate } from '../certificate.ts';
import { spanOf } from '../collect.ts';

/** What is not known has not passed: `other`, which no dashboard counts among the green. */
const CTRF: Readonly<Record<Status, Test['status']>> = {
	held: 'passed',
	violated: 'failed',
	inconclusive: 'other',
	'not run': 'pending',
	'not applicable': 'skipped',
};

/** All cells of an injection are judged of the same phases: each took as long as it, from its first to its last. */
function when(result: InjectionResult): Pick<Test, 'duration' | 'start' | 'stop'> {
	const span = spanOf(ran(result));
	if (span === undefined) return { duration: 0 };
	const { startedAt: start, durationMs: duration } = span;
	return { duration, start, stop: start + duration };
}

const testsOf = (result: InjectionResult): Test[] => {
	const { title, scope, minimal } = row(result.id);
	const time = when(result);
	return judgedOf(result).map(({ name, status, reason, looked }) => ({
		name: `${result.id} ${name}`,
		testId: `${result.id} ${name}`,
		status: CTRF[status],
		rawStatus: status,
		...time,
		suite: [scope, `${result.id} ${title}`],
		...(reason === '' ? {} : { message: reason }),
		tags: [scope, ...(minimal ? ['minimal'] : [])],
		labels: { injection: result.id, judged: name, ...(looked === '' ? {} : { looked }) },
	}));
};

/** The whole as a test of its own: what ends a run short, or is wrong outside of any cell, must not look green. */
function certificateTest(certificate: Certificate): Test {
	const { violations, details } = certificate;
	return {
		name: 'certificate',
		testId: 'certificate',
		status: violations.length > 0 ? 'failed' : details.certified === undefined ? 'other' : 'passed',
		duration: Math.round(details.duration_ms),
		suite: ['certificate'],
		message: [details.verdict, ...details.obstacles].join('\n'),
	};
}

export function ctrf(certificate: Certificate, results: readonly InjectionResult[]): CTRFReport {
	const { timestamp_utc, evidence_hash, failure_matrix, details } = certificate;
	const tests = [certificateTest(certificate), ...results.flatMap(testsOf)];
	const start = Date.parse(details.started_at);
	const duration = Math.round(details.duration_ms);
	const { os } = details.versions;
	return {
		reportFormat: REPORT_FORMAT,
		specVersion: CURRENT_SPEC_VERSION,
		timestamp: timestamp_utc,
		generatedBy: 'bystander',
		results: {
			tool: { name: 'bystander' },
			summary: { ...calculateSummary(tests), start, stop: start + duration, duration },
			tests,
			environment: {
				reportName: 'Telemetry as a bystander',
				...(details.subject[0] === undefined
					? {}
					: { appName: details.subject[0].name, appVersion: details.subject[0].version }),
				...(os === undefined ? {} : { osPlatform: os }),
				extra: { failure_matrix, verdict: details.verdict, evidence_hash },
			},
		},
	};
}
