/** The `teeth` command: every saboteur is struck where it must be caught, and has to be, for the stated reason. */
import { existsSync } from 'node:fs';
import { basename, extname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pc from 'picocolors';
import { z } from 'zod';
import { askedFor, chooseProvider } from '../../fixtures/databases/index.ts';
import { askForMajor } from '../../fixtures/databases/majors.ts';
import { broken } from '../../fixtures/saboteurs/any/any.ts';
import { ANY_SABOTEURS } from '../../fixtures/saboteurs/any/index.ts';
import type { Catch, Saboteur } from '../../fixtures/saboteurs/saboteur.ts';
import { subjectFile } from '../../fixtures/subjects/load.ts';
import { UsageError } from '../../fixtures/usage-error.ts';
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { seconds } from '../../reports/amounts.ts';
import { scrubText } from '../../reports/canonical.ts';
import type { PhaseRecord } from '../../reports/record.ts';
import { listed, named, sentence } from '../../reports/teeth/markdown.ts';
import { isWhole, type KillTable, killTable, type Proof, type Tried } from '../../reports/teeth/table.ts';
import { writeTable } from '../../reports/teeth/write.ts';
import { INJECTIONS, type InjectionId } from '../matrix.ts';
import { optionsFrom } from '../options.ts';
import { loadSubject } from '../settings.ts';
import { proofOf, titleOf, triedOf } from './proof.ts';
import { everyPhase, runTrials, saboteurFile, type Trial } from './run.ts';

const Options = z.object({
	only: z.string().optional(),
	subject: z.string().optional(),
	saboteur: z.string().optional(),
	full: z.boolean().default(false),
	database: z.string(),
	postgres: z.unknown().optional(),
	out: z.string().optional(),
});

/** What a saboteur's file must export beside a subject. */
const Declared = z.object({
	about: z.string().min(1),
	caughtBy: z
		.array(
			z.object({
				injection: z.enum(INJECTIONS as [InjectionId, ...InjectionId[]]),
				phase: z.enum(['live', 'boot, sticky', 'boot, healable', 'stop']),
				cell: z.enum([...INVARIANTS, 'outcome']),
				message: z.instanceof(RegExp),
			}),
		)
		.min(1),
	timed: z.literal(true).optional(),
});

/** A saboteur as it is tried. */
interface Candidate extends Pick<Trial, 'name' | 'path' | 'wrapped'> {
	readonly about: string;
	readonly caughtBy: readonly Catch[];
	readonly timed?: boolean | undefined;
}

/** Resolves to 0 when all are caught for the stated reason, 1 when one is not, 2 when that could not be shown. */
export async function teeth(given: Record<string, unknown>): Promise<number> {
	const options = readOptions({ ...given, database: askedFor(given.database) });
	const all = await candidates(options);
	const asked = selection(all, options.only);
	const out = resolve(options.out ?? (options.full ? 'reports/out/teeth' : 'reports/out/teeth/short'));
	askForMajor(options.postgres);
	const provider = await chooseProvider(options.database);
	process.env.BYSTANDER_DATABASE = options.database === 'auto' ? provider.name : options.database;
	say(`${asked.length} saboteurs on ${provider.name}: ${provider.why}`);
	const began = performance.now();
	const tried: Tried[] = [];
	const write = (): KillTable => {
		const took = Math.round((performance.now() - began) / 1000);
		const of = { full: options.full, asked: asked.length, at: new Date().toISOString(), seconds: took };
		const table = killTable(tried, of);
		writeTable(out, table);
		return table;
	};
	write();
	// The whole matrix takes minutes for each: one after the other, and what is known is on disk.
	for (const group of options.full ? asked.map((one) => [one]) : inTurns(asked)) {
		tried.push(...(await tryAll(group, options.full)));
		write();
	}
	return conclude(write(), relative(process.cwd(), out) || '.');
}

function readOptions(given: Record<string, unknown>): z.infer<typeof Options> {
	const options = optionsFrom(Options, given);
	if (options.subject !== undefined && options.saboteur !== undefined)
		throw new UsageError(
			'--subject and --saboteur cannot be used together: a saboteur is a subject of its own',
		);
	return options;
}

const say = (line: string): void => void process.stdout.write(`${scrubText(line)}\n`);

async function candidates({
	subject,
	saboteur,
}: Pick<z.infer<typeof Options>, 'subject' | 'saboteur'>): Promise<readonly Candidate[]> {
	if (saboteur !== undefined) return [await fromFile(resolve(saboteur))];
	if (subject === undefined && existsSync(OF_THE_REFERENCE))
		return Object.entries(await ofTheReference()).map(([name, { about, caughtBy, timed }]) => ({
			name,
			path: saboteurFile(name),
			about,
			caughtBy,
			timed,
		}));
	const path = subjectFile(subject);
	const loaded = await loadSubject(path);
	for (const one of Object.values(ANY_SABOTEURS)) broken(loaded, one);
	return Object.values(ANY_SABOTEURS).map(({ name, about, caughtBy }) => ({
		name,
		path,
		wrapped: name,
		about,
		caughtBy,
	}));
}

/** They break the reference, and are where it is: in the repository, and in no package. */
const OF_THE_REFERENCE = saboteurFile('index');

async function ofTheReference(): Promise<Readonly<Record<string, Saboteur>>> {
	const module: { readonly SABOTEURS: Readonly<Record<string, Saboteur>> } = await import(
		pathToFileURL(OF_THE_REFERENCE).href
	);
	return module.SABOTEURS;
}

/** A saboteur that is not on the list. */
async function fromFile(path: string): Promise<Candidate> {
	const declared = Declared.safeParse(await loadSubject(path));
	if (!declared.success) {
		const [issue] = declared.error.issues;
		throw new UsageError(
			`${path} must export a saboteur by default (export default sabotage({ … })), but its ${issue?.path.join('.')}: ${issue?.message}`,
		);
	}
	return { name: basename(path, extname(path)), path, ...declared.data };
}

function selection(all: readonly Candidate[], only: string | undefined): readonly Candidate[] {
	if (only === undefined) return all;
	const found = only.split(',').flatMap((given) => {
		const asked = given.trim();
		const named = all.filter(
			({ name }) => name === asked || name.endsWith(`/${asked}`) || name.startsWith(`${asked}/`),
		);
		if (named.length === 0) {
			const folders = new Set(all.map(({ name }) => name.split('/')[0]));
			throw new UsageError(
				`there is no saboteur ${asked}: --only takes ${[...folders].join(', ')}, or the names of single ones in them`,
			);
		}
		return named;
	});
	return [...new Set(found)];
}

/** What only time tells needs the machine for itself. */
const inTurns = (asked: readonly Candidate[]): readonly (readonly Candidate[])[] =>
	[...asked.filter(({ timed }) => timed).map((one) => [one]), asked.filter(({ timed }) => !timed)].filter(
		(group) => group.length > 0,
	);

async function tryAll(asked: readonly Candidate[], full: boolean): Promise<readonly Tried[]> {
	const records = new Map<string, PhaseRecord[]>(asked.map(({ name }) => [name, []]));
	const catches = new Map(asked.map(({ name, caughtBy }) => [name, caughtBy]));
	const trials = asked.map(({ caughtBy, ...candidate }): Trial => {
		const mends = full || caughtBy.some(({ cell }) => cell === 'I6');
		return { ...candidate, strikes: full ? everyPhase() : strikesOf(caughtBy), mends };
	});
	const sound = await runTrials(trials, ({ name }, record) => {
		records.get(name)?.push(record);
		const due = catches
			.get(name)
			?.filter(({ injection, phase }) => injection === record.injection && phase === titleOf(record));
		for (const one of due ?? []) say(line(name, proofOf(one, [record])));
	});
	// What went wrong beside them leaves no proof of any.
	if (!sound) return asked.map((candidate) => triedOf(candidate, []));
	return asked.map((candidate) => triedOf(candidate, records.get(candidate.name) ?? []));
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

const COLOURS: Readonly<Record<Proof['came'], (text: string) => string>> = {
	caught: pc.green,
	missed: pc.red,
	'wrong reason': pc.red,
	'not shown': pc.yellow,
};

function line(name: string, proof: Proof): string {
	const { came, said, ms } = proof;
	const why = came === 'caught' ? '' : `\n    ${said.split('\n').join('\n    ')}`;
	return `${COLOURS[came](came)} ${name} by ${named(proof)} (${seconds(ms)})${why}`;
}

function conclude(table: KillTable, out: string): number {
	const wrong = table.tried.flatMap(({ saboteur, proofs }) =>
		proofs.filter(({ came }) => came !== 'caught').map((proof) => ({ saboteur, proof })),
	);
	if (wrong.length > 0) say('');
	for (const { saboteur, proof } of wrong) say(line(saboteur, proof));
	say(`\n${sentence(table)}.`);
	if (table.full && table.unproven.length > 0) say(`Unproven: ${listed(table)}`);
	say(`Kill table: ${out}`);
	if (isWhole(table)) return 0;
	return wrong.some(({ proof }) => proof.came !== 'not shown') ? 1 : 2;
}
