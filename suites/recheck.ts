/** `certify --check`: whether a committed certificate still stands, without striking anything (the change policy). */
import { existsSync, readFileSync } from 'node:fs';
import pc from 'picocolors';
import type { Provider } from '../fixtures/databases/port.ts';
import type { Subject } from '../fixtures/subjects/port.ts';
import { UsageError } from '../fixtures/usage-error.ts';
import frozen from '../probes/frozen.json' with { type: 'json' };
import { readCatalog, schemaDigest } from '../probes/observe/catalog.ts';
import { matrixDigest } from '../reports/evidence.ts';
import { type Basis, type Lock, lock, voidedBy } from '../reports/lock.ts';
import { LOCK } from '../reports/paths.ts';
import { print } from './print.ts';
import { rolesOf, withSite } from './site.ts';

/** Resolves to 0 where nothing has changed that the certificate rests on, else to 2. @throws UsageError */
export async function recheck(provider: Provider, subject: Subject): Promise<number> {
	const then = readLock();
	const changes = voidedBy(then, await basisOf(provider, subject));
	const { certified, timestamp_utc } = then;
	for (const change of changes) print(`${pc.red('✗')} ${change}\n`);
	print(
		changes.length === 0
			? `${pc.green('✓')} ${certified} of ${timestamp_utc} stands: nothing has changed that it rests on\n`
			: `${pc.bold(`VOID: ${certified} of ${timestamp_utc} was of something else; certify again, and commit the new ${LOCK}`)}\n`,
	);
	return changes.length === 0 ? 0 : 2;
}

function readLock(): Lock {
	if (!existsSync(LOCK))
		throw new UsageError(
			`there is no ${LOCK} here: a run that certifies leaves one beside its certificate; copy it here and commit it`,
		);
	try {
		return lock.parse(JSON.parse(readFileSync(LOCK, 'utf8')));
	} catch {
		throw new UsageError(
			`${LOCK} is not one that a certification has left: copy it again from beside its certificate`,
		);
	}
}

async function basisOf(provider: Provider, subject: Subject): Promise<Basis> {
	const { name, version } = subject;
	let basis: Basis | undefined;
	await withSite(provider, subject, async ({ digest, template }) => {
		const schema = schemaDigest(await readCatalog(template.adminUrl, subject), rolesOf(template));
		basis = {
			subject: { name, version, digest, schema },
			matrix_digest: matrixDigest(),
			probe_digest: frozen.digest,
		};
	});
	if (basis === undefined) throw new Error('no site was opened');
	return basis;
}
