/** Where Mastra keeps its facts and its spans: as its quick start has it, or in another way that its manual describes. */
import type { MastraCompositeStore } from '@mastra/core/storage';
import { PostgresStore, PostgresStoreVNext } from '@mastra/pg';

const url = (variable: string): string => {
	const found = process.env[variable];
	if (found === undefined) throw new Error(`${variable} is not set`);
	return found;
};

const STORES: Readonly<Record<string, () => MastraCompositeStore>> = {
	/** The quick start: one store, one connection string. */
	postgres: () => new PostgresStore({ id: 'storage', connectionString: url('DATABASE_URL') }),
	/** The other Postgres store, with spans in the same database: for development, it warns. */
	vnext: () =>
		new PostgresStoreVNext({
			id: 'storage',
			connectionString: url('DATABASE_URL'),
			observability: { connectionString: url('DATABASE_URL') },
		}),
	/** The other Postgres store as for production: spans in a database that is known by another URL alone. */
	separate: () =>
		new PostgresStoreVNext({
			id: 'storage',
			connectionString: url('DATABASE_URL'),
			observability: { connectionString: url('OBSERVABILITY_DATABASE_URL'), schemaName: 'observability' },
		}),
};

export function storeOf(name = process.env.STORE ?? 'postgres'): MastraCompositeStore {
	const store = STORES[name];
	if (store === undefined) throw new Error(`STORE is one of ${Object.keys(STORES).join(', ')}`);
	return store();
}
