/** What goes out beside an archive when it is written: what changed against a base, and what GitHub Actions shows. */
import { relative } from 'node:path';
import type { TestModule, Vitest } from 'vitest/node';
import { tellActions } from './actions/tell.ts';
import type { Certificate, Run } from './certificate.ts';
import type { Side } from './changes/side.ts';
import { writeChanges } from './changes/write.ts';

export interface BesideOptions {
	/** What the run is compared with: `changes.md` says what changed. */
	readonly base?: Side;
	/** `false` for a shard, of which GitHub Actions is told when it is merged. */
	readonly actions?: boolean;
}

/** Path of the subject's module, as far as it was named. */
const subjectOf = ({ projects }: Vitest): string | undefined =>
	process.env.BYSTANDER_SUBJECT ??
	projects.map((project) => project.getProvidedContext().certification?.subject).find(Boolean);

/** Gives lines for the log. */
export function writeBeside(
	folder: string,
	certificate: Certificate,
	{ results }: Run,
	{ base, actions = true }: BesideOptions,
	{ vitest, modules }: { readonly vitest: Vitest; readonly modules: readonly TestModule[] },
): readonly string[] {
	const changed = base && writeChanges(folder, base, certificate);
	if (!actions) return changed?.lines ?? [];
	const out = relative(process.cwd(), folder) || '.';
	const told = { certificate, results, out, ...(changed && { changes: changed.markdown }) };
	return [...(changed?.lines ?? []), ...tellActions(told, modules, subjectOf(vitest))];
}
