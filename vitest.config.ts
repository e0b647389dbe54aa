import { defineConfig } from 'vitest/config';
import { soleInjection } from './reports/asked.ts';
import { CertificationReporter, certification, OtherAnnotations } from './suites/project.ts';

/** Tests that run the command themselves: one after the other, since each takes the whole machine. */
const WHOLE = [
	'suites/{stop-rule,mend,not-applicable,witnesses,redaction,terminal,shards,teeth/teeth,verify/verify}.test.ts',
	'suites/page/page.test.ts',
];

/** What is sure to come is waited for, however busy the machine is: Vitest's one second is too little. */
const expectation = { poll: { timeout: 30_000 } };

/** Runs that a test starts are not told to GitHub Actions. */
const env = { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };

const sole = soleInjection(process.argv);

export default defineConfig({
	test: {
		reporters: [
			'default',
			...(process.env.GITHUB_ACTIONS ? [new OtherAnnotations()] : []),
			new CertificationReporter(
				process.env.BYSTANDER_OUT === undefined ? {} : { out: process.env.BYSTANDER_OUT },
			),
		],
		projects: [
			certification(),
			{
				test: {
					name: 'project',
					env,
					expect: expectation,
					include: sole === undefined ? ['**/*.test.ts'] : [],
					exclude: [
						'suites/{writer,reader,cleanup,api,replay,cascade}/*.test.ts',
						...WHOLE,
						'node_modules/**',
						'examples/**',
					],
					testTimeout: 60_000,
					hookTimeout: 60_000,
					maxWorkers: 2,
					sequence: { groupOrder: 1 },
				},
			},
			{
				test: {
					name: 'findings',
					env,
					expect: expectation,
					include: sole === undefined ? ['examples/findings.test.ts'] : [],
					hookTimeout: 60_000,
					maxWorkers: 1,
					sequence: { groupOrder: 2 },
				},
			},
			{
				test: {
					name: 'whole runs',
					env,
					expect: expectation,
					include: sole === undefined ? WHOLE : [],
					testTimeout: 60_000,
					hookTimeout: 60_000,
					maxWorkers: 1,
					sequence: { groupOrder: 3 },
				},
			},
		],
	},
});
