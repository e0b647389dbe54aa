/**
 * What the file of an injection asserts, asked again of what was recorded: the very same lines, without Vitest and without
 * a run. A witness is then no claim of the archive, but follows from its observations.
 */
import { readdirSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExpectStatic } from 'vitest';
import type { Shown } from '../../reports/record.ts';
import type { FactsAgain } from '../../reports/verify/rebuild.ts';
import type { Seen } from '../judge.ts';
import { INJECTIONS, row } from '../matrix.ts';
import { timeliness, witnessIn } from '../shown.ts';
import { asserted } from './stand-in.ts';

const SUITES = join(import.meta.dirname, '..');
const STAND_IN = pathToFileURL(join(import.meta.dirname, `stand-in${import.meta.filename.slice(-3)}`)).href;
const STOOD_IN_FOR = /^vitest$|\/injection\.[tj]s$/;

/** Reads the files of all injections, once. */
export async function readAssertions(): Promise<FactsAgain> {
	const files = INJECTIONS.flatMap((id) => {
		const folder = join(SUITES, row(id).scope);
		return readdirSync(folder)
			.filter((name) => name.startsWith(`${id}-`) && /\.test\.[tj]s$/.test(name))
			.map((name) => pathToFileURL(join(folder, name)).href);
	});
	const hooks = registerHooks({
		resolve: (specifier, context, next) =>
			STOOD_IN_FOR.test(specifier) && files.includes(context.parentURL ?? '')
				? { url: STAND_IN, shortCircuit: true }
				: next(specifier, context),
	});
	try {
		await Promise.all(files.map((file) => import(file)));
	} finally {
		hooks.deregister();
	}
	return factsAgain;
}

const factsAgain: FactsAgain = async ({ injection, phase, mode, control, observed, context }) => {
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
