/** `node dist/reports/publish.js dist/schemas`: a step of the build, which puts the JSON Schemas into the package. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from './schemas.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('publish.js takes the folder that the schemas go to');
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas()))
	writeFileSync(join(folder, name), `${JSON.stringify(schema, null, '\t')}\n`);
