/** Installs pg-boss as the owner of its schema, with its queues; the service's role gets rights and owns nothing. */
import pg from 'pg';
import { getConstructionPlans, PgBoss } from 'pg-boss';
import { QUEUES } from './queues.ts';

const connectionString = process.env.OWNER_URL ?? '';
const telemetry =
	/^\s*(CREATE TABLE|CREATE INDEX \S+ ON) pgboss\.(warning|queue_stats|instance)\b|^\s*DO \$\$/;

const client = new pg.Client({ connectionString });
await client.connect();
if (process.argv[2] === 'telemetry') {
	// The package's own statements, where what they make is missing.
	for (const statement of getConstructionPlans('pgboss').split(/;\n(?=\s*(?:CREATE|DO|INSERT|COMMIT)\b)/)) {
		if (!telemetry.test(statement)) continue;
		await client.query(statement.replace(/CREATE (TABLE|INDEX) /, 'CREATE $1 IF NOT EXISTS '));
	}
} else {
	const boss = new PgBoss({ connectionString, registerInstance: false, supervise: false });
	await boss.start();
	for (const { name, ...options } of QUEUES) await boss.createQueue(name, options);
	await boss.schedule('runs', '0 0 1 1 *', { key: 'new year' });
	await boss.stop();
}
const role = pg.escapeIdentifier(process.env.SERVICE_ROLE ?? '');
for (const to of [role, 'current_user'])
	await client.query(`
		grant usage on schema pgboss to ${to};
		grant select, insert, update, delete on all tables in schema pgboss to ${to};
		grant execute on all functions in schema pgboss to ${to}`);
await client.end();
