/** The same product from its container image, which examples/python/Dockerfile builds. */
import { readFileSync } from 'node:fs';
import { type BlackBox, defineBlackBox } from '../../fixtures/subjects/index.ts';

const image = 'bystander-example-python';
const config: BlackBox = JSON.parse(readFileSync(new URL('bystander.config.json', import.meta.url), 'utf8'));

export default defineBlackBox({
	...config,
	name: `${config.name} in its image`,
	start: { image, port: { variable: 'PORT' }, ready: '/health' },
	cleanup: { image, command: ['/usr/bin/python3', 'cleanup.py'] },
});
