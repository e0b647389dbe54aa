import { control, observed } from '../../probes/invariants/testing/example.ts';
import type { Seen } from '../judge.ts';

/** What a suite is given to assert: the example's observation beside its control, but for these facts. */
export const seen = (facts: Partial<Seen> = {}): Seen => ({
	...observed,
	control,
	tables: ['telemetry_event', 'telemetry_cleanup_log'],
	separateWriter: true,
	capabilities: {},
	...facts,
});
