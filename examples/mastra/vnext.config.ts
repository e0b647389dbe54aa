/** Mastra with its other Postgres store, and spans in the same database: for development, its manual says. */
import { eventsOf } from './events.ts';
import { subject } from './subject.ts';

export default subject({
	name: 'PostgresStoreVNext',
	store: 'vnext',
	grants: 'vnext.sql',
	telemetry: eventsOf(''),
	// Two pools of twenty.
	connections: 40,
	departures: { 'table-schema': 'feedback has a review status' },
});
