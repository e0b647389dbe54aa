/** Each finding still holds with the version that is installed: a script that ends with 1 says that something changed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Server } from '../../fixtures/databases/port.ts';
import { launch } from '../../fixtures/failures/scratch.ts';

const folder = import.meta.dirname;
let server: Server;

async function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
	const child = spawn(command, args, {
		cwd: folder,
		env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
	});
	let said = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			said += chunk;
		});
	const [code] = await once(child, 'close');
	return { code, said };
}

beforeAll(async () => {
	if (!existsSync(join(folder, 'node_modules')))
		expect(await run('npm', ['ci', '--ignore-scripts'])).toMatchObject({ code: 0 });
	server = await launch();
}, 180_000);

afterAll(() => server?.stop());

test.concurrent.for(readdirSync(join(folder, 'findings')))('%s', { timeout: 120_000 }, async (script) => {
	const database = await server.createDatabase({ roles: ['unused'] });
	const { code, said } = await run(process.execPath, [join('findings', script)], {
		DATABASE_URL: database.adminUrl,
	});
	await database.drop();
	expect(code, said).toBe(0);
});
