/** What Bystander knows of the service; what a variant sets of pg-boss's options, and what that adds to be declared. */
import { createHash } from 'node:crypto';
import { type BlackBox, defineBlackBox } from '../../fixtures/subjects/index.ts';
import { DEAD_LETTERS } from './queues.ts';

/** The table that pg-boss gives to a queue of its own partition. */
const deadLetters = `pgboss.j${createHash('sha224').update(DEAD_LETTERS).digest('hex')}`;
const TIMES = ['start_after', 'created_on', 'started_on', 'completed_on', 'keep_until', 'heartbeat_on'];
const SOURCE = ['source_id', 'source_created_on', 'source_root_id'];
const READ_TIMES = ['startAfter', 'createdOn', 'startedOn', 'completedOn', 'keepUntil', 'heartbeatOn'];
const READ_SOURCE = ['sourceId', 'sourceCreatedOn', 'sourceRootId'];

/** What the supervisor brings up to date in a queue's row: what it last counted there, and when. */
const COUNTED = [
	...['deferred', 'blocked', 'queued', 'ready', 'active', 'failed', 'total', 'retained'].map(
		(of) => `${of}_count`,
	),
	...['created_delta', 'completed_delta', 'failed_delta', 'delta_seconds', 'wait_bins', 'run_bins'],
	...['ready_oldest_seconds', 'ready_history', 'singletons_active', 'delta_on', 'retained_on'],
	...['monitor_claim_on', 'monitor_on', 'maintain_on'],
];

/** What pg-boss, which never heard of the data law, does not have. */
const DEPARTURES = {
	'check-constraint': 'no table has a column that a CHECK keeps from being authoritative',
	'non-authoritative': 'no table has such a column',
	'replay-isolation': 'a job is its own trace, and no row of telemetry belongs to one',
	'ttl-enforcement':
		'rows go by their age, at the next pass of the supervisor, and none says when it expires',
	'write-order': 'rows are about an instance or a queue, and none describes a job',
};

const node = (...command: string[]) => [process.execPath, ...command] as [string, ...string[]];
const install = (...what: string[]) => ({
	command: node('install.ts', ...what),
	database: 'OWNER_URL',
	env: { SERVICE_ROLE: '{app}' },
});

/** The first is what most failures strike: the table that this variant is there for. */
const telemetry = ({ persistQueueStats, persistWarnings }: Options): BlackBox['telemetry'] => {
	const instance = { name: 'pgboss.instance', key: ['id'] };
	const warning = { name: 'pgboss.warning', key: ['id'] };
	const statistics = { name: 'pgboss.queue_stats', key: ['id', 'captured_on'] };
	if (persistQueueStats) return [statistics, instance, warning];
	return persistWarnings ? [warning, instance, statistics] : [instance, warning, statistics];
};

interface Options {
	readonly persistQueueStats?: true;
	readonly persistWarnings?: true;
	readonly warningQueueSize?: number;
}

export const variant = (name: string, options: Options, declared: Partial<BlackBox> = {}): BlackBox =>
	defineBlackBox({
		name: `pg-boss, ${name}`,
		version: '12.38.0',
		roles: { app: 'DATABASE_URL' },
		sources: ['*.ts', 'package-lock.json'],
		migrate: [install()],
		restoreTelemetry: [install('telemetry')],
		start: {
			command: node('service.ts'),
			env: { PG_BOSS_OPTIONS: JSON.stringify(options) },
			port: { variable: 'PORT' },
			ready: '/health',
		},
		execute: {
			path: '/runs',
			run: '/run',
			body: { key: '{key}', cost: 10, tool: 'count_words', upstream: 'answers' },
			scenarios: {
				success: {},
				'budget-exceeded': { body: { cost: 2000 } },
				'policy-violation': { body: { tool: 'send_mail' } },
				'transient-failure': { body: { fragile: true } },
				'upstream-timeout': { body: { upstream: 'hangs' } },
			},
		},
		replay: { path: '/runs/{run}/replay' },
		drain: { path: '/health', pointer: '/supervising' },
		truth: [
			{
				name: 'pgboss.job_common',
				holds: 'runs',
				key: ['name', 'id'],
				scenario: "t.data->>'key'",
				// A crash costs a job a try, now this one and now that.
				volatile: ['id', 'retry_count', ...TIMES],
			},
			{
				name: deadLetters,
				holds: 'incidents',
				key: ['name', 'id'],
				scenario: "t.data->>'key'",
				volatile: ['id', ...TIMES, ...SOURCE],
				facts: ['source_output', 'source_name', 'state', 'source_retry_count'],
			},
			// Definitions of queues, and what the supervisor last counted in them: a definition stays as it was.
			{
				name: 'pgboss.queue',
				holds: 'other',
				key: ['name'],
				volatile: ['created_on', 'updated_on', ...COUNTED],
				moving: COUNTED,
			},
			{
				name: 'pgboss.schedule',
				holds: 'other',
				key: ['name', 'key'],
				volatile: ['created_on', 'updated_on', 'last_job_id'],
			},
		],
		telemetry: telemetry(options),
		endpoints: [
			{
				name: 'run',
				path: '/runs/{run}',
				volatile: ['id', 'retryCount', ...READ_TIMES].map((field) => `/${field}`),
			},
			{
				name: 'incidents',
				path: '/incidents',
				volatile: ['id', ...READ_TIMES, ...READ_SOURCE].map((field) => `/incidents/{*}/${field}`),
				unordered: ['/incidents'],
			},
			{ name: 'queues', path: '/queues', unordered: ['/queues'] },
			{
				name: 'schedules',
				path: '/schedules',
				volatile: ['createdOn', 'updatedOn', 'lastJobId'].map((field) => `/schedules/{*}/${field}`),
			},
		],
		replayReads: ['pgboss.job_common'],
		interrupted: { column: 'state', status: 'failed', incident: '{"value": {"message": "job timed out"}}' },
		departures: DEPARTURES,
		periodic: true,
		atOnce: 8,
		...declared,
	});
