/**
 * `node probes/freeze.ts` freezes the probe set anew: what was certified with another set must be certified again. In
 * the package, the build notes with it what it made of that set.
 */
import { writeFile } from 'node:fs/promises';
import { COMPILED, filesDigest, PROBE_NAMES } from './index.ts';

const digest = await filesDigest();
const [name, noted] = COMPILED ? ['built', { digest }] : ['frozen', { digest, probes: PROBE_NAMES }];
await writeFile(new URL(`./${name}.json`, import.meta.url), `${JSON.stringify(noted, null, '\t')}\n`);
console.log(digest);
