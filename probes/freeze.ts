/** `node probes/freeze.ts` freezes the probe set anew. What was certified with another set must be certified again. */
import { writeFile } from 'node:fs/promises';
import { PROBE_NAMES, probeDigest } from './index.ts';

const frozen = { digest: await probeDigest(), probes: PROBE_NAMES };
await writeFile(new URL('./frozen.json', import.meta.url), `${JSON.stringify(frozen, null, '\t')}\n`);
console.log(frozen.digest);
