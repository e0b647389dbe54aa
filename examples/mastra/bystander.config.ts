/** Mastra as its quick start has it: one store, one connection string, tables that it creates itself. */
import { subject } from './subject.ts';

export default subject({
	name: 'PostgresStore',
	store: 'postgres',
	telemetry: [
		{
			name: 'mastra_ai_spans',
			key: ['traceId', 'spanId'],
			describes: { column: 'runId', table: 'mastra_workflow_snapshot', references: 'run_id' },
		},
		{ name: 'mastra_scorers', key: ['id'] },
	],
});
