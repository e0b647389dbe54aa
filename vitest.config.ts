import { defineConfig } from 'vitest/config';
import { CertificationReporter } from './reports/reporter.ts';
import { INJECTIONS } from './suites/matrix.ts';

const SCOPES = 'suites/{writer,reader,cleanup,api,replay,cascade}';
/** Tests that run the command themselves: one after the other, since each takes the whole machine. */
const WHOLE = ['suites/{stop-rule,not-applicable,witnesses,teeth/teeth}.test.ts'];

/** The injection that `-t W3` asks for: its file alone is then collected, which is what makes the inner loop quick. */
const asked = INJECTIONS.find((id) =>
	process.argv.some(
		(argument, index, all) => argument === id && /^(-t|--testNamePattern)$/.test(all[index - 1] ?? ''),
	),
);

const narrowed = asked === undefined ? undefined : `-t ${asked}`;

export default defineConfig({
	test: {
		reporters: [
			'default',
			...(process.env.GITHUB_ACTIONS ? ['github-actions'] : []),
			new CertificationReporter({
				...(narrowed === undefined ? {} : { narrowed }),
				...(process.env.BYSTANDER_OUT === undefined ? {} : { out: process.env.BYSTANDER_OUT }),
			}),
		],
		projects: [
			{
				test: {
					name: 'certification',
					include: [`${SCOPES}/${asked ?? '*'}-*.test.ts`],
					globalSetup: './suites/setup.ts',
					maxWorkers: 2,
					isolate: false,
					maxConcurrency: 4,
					// Every operation inside has a deadline of its own; this one is for a fault of ours.
					hookTimeout: 900_000,
				},
			},
			{
				test: {
					name: 'project',
					include: asked === undefined ? ['**/*.test.ts'] : [],
					exclude: [`${SCOPES}/*.test.ts`, ...WHOLE, 'node_modules/**', 'examples/**'],
					testTimeout: 60_000,
					hookTimeout: 60_000,
					maxWorkers: 2,
					sequence: { groupOrder: 1 },
				},
			},
			{
				test: {
					name: 'whole runs',
					include: asked === undefined ? WHOLE : [],
					hookTimeout: 60_000,
					maxWorkers: 1,
					sequence: { groupOrder: 2 },
				},
			},
		],
	},
});
