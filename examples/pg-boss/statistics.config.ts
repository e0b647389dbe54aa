/** With the history of every queue's statistics, which `getQueueStats()` then reads. */
import { variant } from './variant.ts';

export default variant(
	'statistics',
	{ persistQueueStats: true },
	{ metrics: [{ name: 'statistics', path: '/metrics', charts: ['/series'], deadlineMs: 2000 }] },
);
