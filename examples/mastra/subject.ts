/** What Bystander knows of the product: how to start and ask it, and which of Mastra's tables are which. */
import { type BlackBox, defineBlackBox } from '../../fixtures/subjects/index.ts';

type Part<Key extends keyof BlackBox> = NonNullable<BlackBox[Key]>;

const node = (program: string): [string, string] => [process.execPath, program];

/** Mastra keeps each time twice, once with its zone. */
const times = (...columns: string[]) => columns.flatMap((column) => [column, `${column}Z`]);

/** Of these alone the time with its zone: that of what has not come holds when the row was made. */
const zoned = (columns: string) => columns.split(' ').map((of) => `${of}AtZ`);

/** A thread has the key of its ticket, and so has whom it is about. */
const truth: Part<'truth'> = [
	{
		name: 'mastra_workflow_snapshot',
		holds: 'runs',
		key: ['workflow_name', 'run_id'],
		scenario: 't."resourceId"',
		volatile: ['run_id', 'snapshot', ...times('createdAt', 'updatedAt')],
	},
	{
		name: 'mastra_threads',
		holds: 'traces',
		key: ['id'],
		scenario: 't.id',
		volatile: times('createdAt', 'updatedAt'),
	},
	{
		name: 'mastra_messages',
		holds: 'memory',
		key: ['id'],
		scenario: 't.thread_id',
		volatile: ['id', 'content', ...times('createdAt')],
	},
	{
		name: 'mastra_resources',
		holds: 'memory',
		key: ['id'],
		scenario: 't.id',
		volatile: times('createdAt', 'updatedAt'),
	},
	{
		name: 'mastra_notifications',
		holds: 'incidents',
		key: ['id'],
		scenario: 't."threadId"',
		volatile: [
			'id',
			...times('createdAt', 'updatedAt'),
			...zoned('deliver delivered seen dismissed archived discarded summary lastDeliveryAttempt'),
		],
		facts: ['kind', 'priority', 'status', 'summary'],
	},
];

const stamps = (...at: string[]) => at.flatMap((of) => [`${of}/createdAt`, `${of}/updatedAt`]);

const endpoints: Part<'endpoints'> = [
	{
		name: 'runs',
		path: '/runs',
		volatile: ['/runs/{*}/runId', '/runs/{*}/snapshot', ...stamps('/runs/{*}')],
		unordered: ['/runs'],
	},
	{
		name: 'run',
		path: '/runs/{run}',
		volatile: [
			'/runId',
			...stamps(''),
			'/error/stack',
			...['error/stack', 'startedAt', 'endedAt', 'suspendedAt', 'resumedAt'].map((at) => `/steps/{*}/${at}`),
		],
	},
	{ name: 'threads', path: '/threads', volatile: stamps('/threads/{*}'), unordered: ['/threads'] },
	{
		name: 'messages',
		path: '/runs/{run}/messages',
		volatile: ['id', 'createdAt', 'content/parts/{*}/createdAt', 'content/metadata/traceId'].map(
			(of) => `/messages/{*}/${of}`,
		),
	},
	{
		name: 'incidents',
		path: '/runs/{run}/incidents',
		volatile: ['/incidents/{*}/id', ...stamps('/incidents/{*}')],
	},
];

type Variant = Pick<BlackBox, 'name' | 'telemetry' | 'departures'> &
	Partial<Pick<BlackBox, 'roles' | 'connections'>> & { readonly store: string; readonly grants?: string };

export const subject = ({
	name,
	store,
	roles,
	telemetry,
	grants = 'grants.sql',
	departures,
	...rest
}: Variant) => {
	// Node keeps what it has compiled of Mastra: a third of the time that loading it takes.
	const env = {
		STORE: store,
		MASTRA_TELEMETRY_DISABLED: '1',
		NODE_COMPILE_CACHE: 'node_modules/.cache/compiled',
	};
	const init = { command: node('migrate.ts'), env, database: 'DATABASE_URL', as: 'app' };
	return defineBlackBox({
		name: `mastra, ${name}`,
		version: '1.71.0',
		roles: { app: 'DATABASE_URL', ...roles },
		sources: ['*.ts', '*.sql', 'package-lock.json'],
		migrate: [{ sql: grants }, init],
		restoreTelemetry: [init],
		start: { command: node('service.ts'), env, port: { variable: 'PORT' }, ready: '/health' },
		execute: {
			path: '/runs',
			run: '/run',
			body: { key: '{key}', goal: 'Summarise ticket {key}' },
			scenarios: {
				success: {},
				'budget-exceeded': { body: { goal: 'Summarise ticket {key} [[verbose]]' } },
				'policy-violation': { body: { goal: 'Summarise ticket {key} and send_mail' } },
				'transient-failure': { body: { goal: 'Summarise ticket {key} [[fail-once]]' } },
				'upstream-timeout': { body: { goal: 'Summarise ticket {key} [[hang]]' } },
			},
		},
		replay: { path: '/runs/{run}/replay' },
		batchMs: 5000,
		...rest,
		drain: { path: '/traces/flush', pointer: '/queued' },
		departures: {
			'check-constraint': 'no CHECK says that a span or a score is not authoritative',
			'non-authoritative': 'no column says that a span or a score is not authoritative',
			'ttl-enforcement':
				'spans and scores have no column that says when they expire; without a policy they are kept',
			...departures,
		},
		truth,
		telemetry,
		endpoints,
		replayReads: ['mastra_workflow_snapshot', 'mastra_messages', 'mastra_notifications'],
		metrics: [{ name: 'traces', path: '/traces', charts: ['/spans'], deadlineMs: 5000 }],
	});
};
