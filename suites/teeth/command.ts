/** The `teeth` command: every saboteur is struck where it must be caught, and has to be, for the stated reason. */
import { resolve } from 'node:path';
import pc from 'picocolors';
import { z } from 'zod';
import { chooseProvider } from '../../fixtures/databases/index.ts';
import { SABOTEURS } from '../../fixtures/saboteurs/index.ts';
import type { Catch } from '../../fixtures/saboteurs/sabotage.ts';
import { UsageError } from '../../fixtures/usage-error.ts';
import type { PhaseRecord } from '../../reports/record.ts';
import type { InjectionId } from '../matrix.ts';
import { type Proof, proofOf, titleOf } from './proof.ts';
import { runTrials, saboteurFile, type Trial } from './run.ts';

const Options = z.object({
	only: z.string().optional(),
	database: z.string(),
	out: z.string(),
});

/** Resolves to 0 when all are caught for the stated reason, 1 when one is not, 2 when that could not be shown. */
export async function teeth(given: Record<string, unknown>): Promise<number> {
	const options = Options.parse(given);
	const names = selection(options.only);
	const provider = await chooseProvider(options.database);
	process.env.BYSTANDER_DATABASE = options.database === 'auto' ? provider.name : options.database;
	const say = (line: string): void => void process.stdout.write(`${line}\n`);
	say(`${names.length} saboteurs on ${provider.name}: ${provider.why}`);
	const began = performance.now();
	const records = new Map<string, PhaseRecord[]>(names.map((name) => [name, []]));
	const proofs = new Map<string, readonly Proof[]>();
	await runTrials(
		names.map((name) => ({
			name,
			path: saboteurFile(name),
			strikes: strikesOf(caughtBy(name)),
			mends: caughtBy(name).some(({ cell }) => cell === 'I6'),
		})),
		({ name }, record) => {
			records.get(name)?.push(record);
			for (const one of caughtBy(name).filter(
				({ injection, phase }) => injection === record.injection && phase === titleOf(record),
			))
				say(line(name, proofOf(one, [record])));
		},
	);
	for (const name of names)
		proofs.set(
			name,
			caughtBy(name).map((one) => proofOf(one, records.get(name) ?? [])),
		);
	return conclude(proofs, Math.round((performance.now() - began) / 1000), say);
}

const caughtBy = (name: string): readonly Catch[] => SABOTEURS[name]?.caughtBy ?? [];

function selection(only: string | undefined): readonly string[] {
	const all = Object.keys(SABOTEURS);
	if (only === undefined) return all;
	return only.split(',').map((asked) => {
		const found = all.find((name) => name === asked || name.endsWith(`/${asked}`));
		if (found === undefined)
			throw new UsageError(
				`there is no saboteur ${asked}: --only takes names of files below fixtures/saboteurs`,
			);
		return found;
	});
}

/** The phases that must catch it, by injection. */
function strikesOf(catches: readonly Catch[]): Trial['strikes'] {
	const strikes: Partial<Record<InjectionId, readonly string[]>> = {};
	for (const { injection, phase } of catches) {
		const id = injection as InjectionId;
		strikes[id] = [...new Set([...(strikes[id] ?? []), phase])];
	}
	return strikes;
}

const COLOURS = { caught: pc.green, missed: pc.red, 'wrong reason': pc.red, 'not shown': pc.yellow } as const;

const line = (name: string, { injection, phase, cell, came, said, ms }: Proof): string =>
	`${COLOURS[came](came)} ${name} by ${injection} ${phase} ${cell} (${(ms / 1000).toFixed(1)} s)${
		came === 'caught' ? '' : `\n    ${said.split('\n').join('\n    ')}`
	}`;

function conclude(
	proofs: ReadonlyMap<string, readonly Proof[]>,
	seconds: number,
	say: (line: string) => void,
): number {
	const all = [...proofs].flatMap(([name, of]) => of.map((proof) => ({ name, ...proof })));
	const wrong = all.filter(({ came }) => came !== 'caught');
	const caught = [...proofs.values()].filter((of) => of.every(({ came }) => came === 'caught')).length;
	for (const proof of wrong) say(line(proof.name, proof));
	say(
		`${caught} of ${proofs.size} saboteurs caught for the stated reason, ${all.length} cells, in ${seconds} s`,
	);
	if (wrong.length === 0) return 0;
	return wrong.some(({ came }) => came !== 'not shown') ? 1 : 2;
}

export const outFolder = (out: string): string => resolve(out);
