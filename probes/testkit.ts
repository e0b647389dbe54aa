/** For the tests of the probes: a small law-abiding product as SQL and HTTP, to be broken one way at a time. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { test as base, expect } from 'vitest';
import { embedded } from '../fixtures/databases/embedded.ts';
import type { Database, Server } from '../fixtures/databases/port.ts';
import type { ProbeResult } from '../reports/record.ts';
import { runProbes } from './index.ts';
import type { Api, ProbeName, ProbeSubject } from './probe.ts';
import SUBJECT, { ROWS, SCHEMA } from './testsubject.ts';

export { SUBJECT };

export interface Kit {
	readonly server: Server;
	/** Name of a database with the schema and its rows. */
	readonly template: string;
	readonly database: Database;
	/** Statements as the owner, each argument a transaction. */
	readonly owner: (...sql: readonly string[]) => Promise<void>;
	/** Statements as a superuser. */
	readonly admin: (...sql: readonly string[]) => Promise<void>;
	/** The result of one probe of a run of all. */
	readonly probe: (name: ProbeName, subject?: Partial<ProbeSubject>, api?: Api) => Promise<ProbeResult>;
	/** Answers GET requests; `answer` is the test's. */
	readonly serve: (answer: Answer) => Promise<Api>;
}

export interface Reply {
	readonly status: number;
	readonly body: string;
}

/** What a product says to a GET; `authorised` when it came with the right key. */
export type Answer = (path: string, authorised: boolean) => Reply | Promise<Reply>;

export const json = (body: unknown, status = 200): Reply => ({ status, body: JSON.stringify(body) });

async function execute(url: string, statements: readonly string[]): Promise<void> {
	const client = new pg.Client(url);
	client.on('error', () => {});
	await client.connect();
	try {
		for (const sql of statements) await client.query(sql);
	} finally {
		await client.end();
	}
}

export const test = base.extend<Kit>({
	server: [
		// biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixture's dependencies from it
		async ({}, use) => {
			const server = await embedded.launch();
			await use(server);
			await server.stop();
		},
		{ scope: 'file' },
	],
	template: [
		async ({ server }, use) => {
			const database = await server.createDatabase({ roles: [] });
			await execute(database.owner.url, [SCHEMA, ...ROWS]);
			await use(database.name);
		},
		{ scope: 'file' },
	],
	database: async ({ server, template }, use) => {
		const database = await server.createDatabase({ roles: [], template });
		await use(database);
		await database.drop();
	},
	owner: async ({ database }, use) => use((...sql) => execute(database.owner.url, sql)),
	admin: async ({ database }, use) => use((...sql) => execute(database.adminUrl, sql)),
	probe: async ({ database }, use) =>
		use(async (name, subject = {}, api) => {
			const { results } = await runProbes({
				adminUrl: database.adminUrl,
				subject: { ...SUBJECT, ...subject },
				when: 'before',
				...(api ? { api } : {}),
			});
			const result = results.find((one) => one.name === name);
			expect(result).toBeDefined();
			return result as ProbeResult;
		}),
	// biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixture's dependencies from it
	serve: async ({}, use) => {
		const closing: (() => void)[] = [];
		await use(async (answer) => {
			const http = createServer(async ({ url = '', headers }, response) => {
				const reply = await Promise.resolve()
					.then(() => answer(url, headers.authorization === 'Bearer secret'))
					.catch((error) => json(String(error), 500));
				response.writeHead(reply.status).end(reply.body);
			});
			await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
			closing.push(() => {
				http.close();
				http.closeAllConnections();
			});
			const { port } = http.address() as AddressInfo;
			return {
				origin: `http://127.0.0.1:${port}`,
				headers: { authorization: 'Bearer secret' },
				runs: ['r1', 'r2'],
			};
		});
		for (const close of closing) close();
	},
});
