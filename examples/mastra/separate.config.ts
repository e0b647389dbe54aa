/**
 * Mastra with its other Postgres store as its manual has it for production: spans behind a URL of their own. Here that is
 * another role with a schema of its own, where Bystander can see it; Mastra sees a URL, and shares nothing but that.
 */
import { eventsOf } from './events.ts';
import { subject } from './subject.ts';

export default subject({
	name: 'PostgresStoreVNext, observability apart',
	store: 'separate',
	roles: { observability: 'OBSERVABILITY_DATABASE_URL' },
	grants: 'separate.sql',
	telemetry: eventsOf('observability.'),
	// Two pools of twenty.
	connections: 40,
	departures: { 'table-schema': 'feedback has a review status' },
});
