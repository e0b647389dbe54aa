/**
 * What the file of an injection asserts, asked again of what was recorded: the very same lines, without Vitest and without
 * a run. A witness is then no claim of the archive, but follows from its observations.
 */
import { readdirSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExpectStatic } from 'vitest';
import type { Shown } from '../../reports/record.ts';
import type { FactsAgain } from '../../reports/verify/rebuild.ts';
import type { Phase, Seen } from '../judge.ts';
import { INJECTIONS, row } from '../matrix.ts';
import { timeliness, witnessIn } from '../shown.ts';

const SUITES = join(import.meta.dirname, '..');
const STAND_IN = join(import.meta.dirname, `stand-in${import.meta.filename.slice(-3)}`);
const STOOD_IN_FOR = /^vitest$|\/injection\.[tj]s$/;

/** Reads the files of all injections, once. By `require`, which a test runner around this does not take for its own. */
export function readAssertions(): FactsAgain {
	const files = INJECTIONS.flatMap((id) => {
		const folder = join(SUITES, row(id).scope);
		return readdirSync(folder)
			.filter((name) => name.startsWith(`${id}-`) && /\.test\.[tj]s$/.test(name))
			.map((name) => join(folder, name));
	});
	const urls = new Set(files.map((file) => pathToFileURL(file).href));
	const hooks = registerHooks({
		resolve: (specifier, context, next) =>
			STOOD_IN_FOR.test(specifier) && urls.has(context.parentURL ?? '')
				? { url: pathToFileURL(STAND_IN).href, shortCircuit: true }
				: next(specifier, context),
	});
	try {
		const require = createRequire(import.meta.url);
		for (const file of files) require(file);
		const { asserted } = require(STAND_IN) as typeof import('./stand-in.ts');
		return factsFrom(asserted);
	} finally {
		hooks.deregister();
	}
}

const factsFrom =
	(asserted: ReadonlyMap<string, Phase>): FactsAgain =>
	async ({ injection, phase, mode, control, observed, context }) => {
		if (control === undefined || observed === undefined || context === undefined) return undefined;
		const title = `${injection} ${phase}${mode === undefined ? '' : `, ${mode}`}`;
		const assertions = asserted.get(title);
		if (assertions === undefined) throw new Error(`${title} is no phase of this version`);
		const witness: Shown[] = [];
		const outcome: Shown[] = [];
		const seen: Seen = { ...observed, ...context, control };
		const matchers = {
			toWitness: (name: string, shown: boolean, facts: string) =>
				void witness.push(witnessIn(seen, name, shown, facts)),
			toComeOut: (name: string, shown: boolean, facts: string) => void outcome.push({ name, shown, facts }),
			toStrikeInTime: () => void witness.push(timeliness(seen, injection)),
			toHoldInvariants: () => undefined,
			toBeRestored: () => undefined,
		};
		const expect = Object.assign(() => matchers, { soft: () => matchers });
		await assertions({ observe: async () => seen, expect: expect as unknown as ExpectStatic });
		return { witness, outcome };
	};
