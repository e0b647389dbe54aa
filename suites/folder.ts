/** A folder of one run, leased, for what its workers share. */

import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lease } from '../fixtures/leases.ts';

export async function runFolder(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
	const folder = join(tmpdir(), `bystander-run-${randomBytes(6).toString('hex')}`);
	const leased = lease({ kind: 'directory', path: folder });
	await mkdir(folder, { mode: 0o700 });
	return {
		folder,
		async remove() {
			await rm(folder, { recursive: true, force: true });
			leased.release();
		},
	};
}
