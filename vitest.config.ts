import { defineConfig } from 'vitest/config';
import { soleInjection } from './reports/asked.ts';
import { CertificationReporter, certification } from './suites/project.ts';

/** Tests that run the command themselves: one after the other, since each takes the whole machine. */
const WHOLE = [
	'suites/{stop-rule,not-applicable,witnesses,redaction,terminal,teeth/teeth,verify/verify}.test.ts',
	'suites/page/page.test.ts',
];

const sole = soleInjection(process.argv);

export default defineConfig({
	test: {
		reporters: [
			'default',
			...(process.env.GITHUB_ACTIONS ? ['github-actions'] : []),
			new CertificationReporter(
				process.env.BYSTANDER_OUT === undefined ? {} : { out: process.env.BYSTANDER_OUT },
			),
		],
		projects: [
			certification(),
			{
				test: {
					name: 'project',
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
					include: sole === undefined ? ['examples/findings.test.ts'] : [],
					hookTimeout: 60_000,
					maxWorkers: 1,
					sequence: { groupOrder: 2 },
				},
			},
			{
				test: {
					name: 'whole runs',
					include: sole === undefined ? WHOLE : [],
					hookTimeout: 60_000,
					maxWorkers: 1,
					sequence: { groupOrder: 3 },
				},
			},
		],
	},
});
