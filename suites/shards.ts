/** A run in parts: what `--shard 1/2` leaves below its output folder, for `--merge` to put together. */
import { readdirSync, statSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../fixtures/usage-error.ts';
import { scrubText } from '../reports/canonical.ts';

const FOLDER = 'shards';

export const Shard = z.string().refine((part) => {
	const [, index, count] = /^([1-9]\d{0,2})\/([1-9]\d{0,2})$/.exec(part) ?? [];
	return index !== undefined && Number(index) <= Number(count);
}, 'expected a part and how many there are, for example 1/2');

export const shardPath = (shard: string): string => `${FOLDER}/${shard.replace('/', '-of-')}.json`;

/** @throws UsageError */
export function checkShard(shard: string, injections: number): void {
	if (Number(shard.split('/')[1]) > injections)
		throw new UsageError(
			`--shard ${shard}: ${injections} injections cannot be run in more parts than they are`,
		);
}

/** @throws UsageError */
export function checkMerge(folder: string): void {
	const found = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
	if (found.length === 0 || found.some((name) => !/^\d+-of-\d+\.json$/.test(name)))
		throw new UsageError(
			`--merge ${scrubText(folder)} must be a folder of what certify --shard has left in ${FOLDER} of its output folder, and of nothing else`,
		);
}
