/** The tables in which the other Postgres store keeps telemetry. */
import type { BlackBox } from '../../fixtures/subjects/index.ts';

const rows = (name: string, ...key: string[]) => ({ name, key });

/** With this before their names. */
export const eventsOf = (schema: '' | 'observability.'): BlackBox['telemetry'] => [
	{
		...rows(`${schema}mastra_span_events`, 'traceId', 'spanId', 'endedAt'),
		describes: { column: 'runId', table: 'mastra_workflow_snapshot', references: 'run_id' },
	},
	rows(`${schema}mastra_metric_events`, 'metricId', 'timestamp'),
	rows(`${schema}mastra_log_events`, 'logId', 'timestamp'),
	rows(`${schema}mastra_score_events`, 'scoreId', 'timestamp'),
	rows(`${schema}mastra_feedback_events`, 'feedbackId', 'timestamp'),
	rows(`${schema}mastra_observability_discovery`, 'cacheKey'),
	rows('mastra_scorers', 'id'),
];
