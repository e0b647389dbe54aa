/**
 * The `doctor` command: tests an adapter before the system is judged. Two controls are run on fresh databases;
 * what differs between them without being declared volatile is an error of the adapter, found here and not by luck.
 */
import pc from 'picocolors';
import { askedFor, chooseProvider } from '../fixtures/databases/index.ts';
import { askForMajor } from '../fixtures/databases/majors.ts';
import { subjectFile } from '../fixtures/subjects/load.ts';
import { SCENARIOS, type Subject } from '../fixtures/subjects/port.ts';
import { UsageError } from '../fixtures/usage-error.ts';
import { judge, sentence } from '../probes/invariants/index.ts';
import type { Observation } from '../probes/observe/observation.ts';
import { outsideOf, undeclared } from './applicable.ts';
import { makeControl } from './control.ts';
import { samplesOf } from './judge.ts';
import { INJECTIONS } from './matrix.ts';
import { print } from './print.ts';
import { loadSubject } from './settings.ts';
import { type Site, withSite } from './site.ts';

/** Throws a UsageError that names the method, what came back and what was expected; resolves to 0 when all is well. */
export async function doctor(given: Record<string, unknown>): Promise<number> {
	const subject = await loadSubject(
		subjectFile(given.subject === undefined ? undefined : String(given.subject)),
	);
	askForMajor(given.postgres);
	const provider = await chooseProvider(askedFor(given.database));
	const say = (text: string): void => void print(`${pc.green('✓')} ${text}\n`);
	print(`looking at the adapter of ${subject.name} ${subject.version} on ${provider.name}\n`);
	let departing: readonly string[] = [];
	await withSite(provider, subject, async (site) => {
		departing = site.probes.results.flatMap(({ name, verdict, declared }) =>
			verdict === 'departs' ? [`${name} (${declared})`] : [],
		);
		say(`migrate, start, execute, replay and stop do what they promise on PostgreSQL ${site.server.version}`);
		checkProbes(site);
		say(
			`${site.probes.results.filter(({ verdict }) => verdict === 'passed').length} probes pass on the baseline`,
		);
		const [first, second] = [await control(site), await control(site)];
		checkScenarios(subject, first.observation);
		say(`all ${SCENARIOS.length} scenarios leave the facts they should`);
		compare(first, second);
		say('two controls are equal once the declared volatile parts are removed');
	});
	for (const line of departing) print(`○ departs from the data law: ${line}: never certified\n`);
	for (const line of outsideOf(subject, INJECTIONS)) print(`○ ${line}\n`);
	for (const line of undeclared(subject)) print(`  the subject declares ${line}\n`);
	return 0;
}

type Made = Awaited<ReturnType<typeof control>>;

async function control(site: Site) {
	const made = await makeControl(site, 'live');
	if ('error' in made)
		throw new UsageError(`the workload could not be run without any failure: ${made.error}`);
	return made;
}

function checkProbes({ probes }: Site): void {
	const [wrong] = probes.results.filter(({ verdict }) => verdict === 'failed' || verdict === 'inconclusive');
	if (wrong !== undefined)
		throw new UsageError(
			`probe ${wrong.name} ${wrong.verdict} on a healthy system: ${wrong.detail} (looked at ${wrong.looked}); declare what it looks for, or, of a plane that cannot be changed, under departures why it is not there: never certified then`,
		);
}

/** S1, S2 and S4 end in an incident, S2 in a decision too; S3 and plain successes in none. */
function checkScenarios({ truth }: Subject, { facts, executions }: Observation): void {
	const decides = truth.some(({ holds }) => holds === 'decisions');
	const count = (holds: 'incidents' | 'decisions', key: string) =>
		facts.filter((fact) => fact.holds === holds && fact.key === key).length;
	for (const { key, scenario } of executions) {
		const expected = scenario === 'success' || scenario === 'transient-failure' ? 0 : 1;
		if (Math.min(1, count('incidents', key)) !== expected)
			throw new UsageError(
				`execute() of scenario ${scenario} must leave ${expected === 0 ? 'no incident' : 'an incident'}, but ${key} left ${count('incidents', key)}`,
			);
		if (decides && scenario === 'policy-violation' && count('decisions', key) === 0)
			throw new UsageError(
				`execute() of scenario ${scenario} must leave a policy decision, but ${key} left none`,
			);
	}
}

function compare(first: Made, second: Made): void {
	const [control, observed] = [first, second].map((one, index, both) => {
		const other = both[1 - index] as Made;
		return {
			...one.observation,
			samples: samplesOf(one.observation, other.observation, (digest) => one.texts[digest]),
		};
	}) as [Observation, Observation];
	const judgements = judge(['I1', 'I2', 'I3', 'I5'], control, observed);
	for (const [id, judgement] of Object.entries(judgements))
		if (judgement.verdict !== 'held')
			throw new UsageError(
				`two runs of the same workload without any failure could not be shown to be equal; what varies must be declared volatile or unordered: ${sentence(id as 'I1', judgement)}`,
			);
}
