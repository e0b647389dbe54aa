/** I3: the multiset of incidents equals the control's, and so do the enforcement decisions. */
import type { Fact, Observation } from '../observe/observation.ts';
import { charged, cutLooked, cutRuns, foundOf } from './cut.ts';
import {
	acknowledged,
	comparable,
	conclude,
	count,
	examples,
	type Finding,
	gap,
	premises,
	violation,
} from './findings.ts';
import type { Invariant } from './verdict.ts';

type Kind = Fact['holds'];
const KINDS = ['incidents', 'decisions'] as const;
const NOUN = { incidents: 'incident', decisions: 'decision' } as const;

export const noTelemetryCausedIncidents: Invariant = (control, observed) => {
	const [whole, cut] = [comparable(control, observed), cutRuns(observed)];
	const judged = (key: string) => {
		const run = cut.get(key);
		return whole(key) || (run !== undefined && foundOf(control, observed, run) === 'finished');
	};
	const expected = control.facts.filter((fact) => judged(fact.key));
	const seen = observed.facts.filter((fact) => judged(fact.key));
	return conclude(
		[looked(control, seen), ...cutLooked(control, observed)].join(', '),
		premises(control, observed),
		enough(control, expected),
		...KINDS.map((kind) => compareFacts(kind, ofKind(expected, kind), ofKind(seen, kind))),
		cutFacts(control, observed),
	);
};

const ofKind = (facts: readonly Fact[], kind: Kind): readonly Fact[] =>
	facts.filter((fact) => fact.holds === kind);

function looked(control: Observation, seen: readonly Fact[]): string {
	const decisions = ofKind(seen, 'decisions').length;
	const none = decisions === 0 && ofKind(control.facts, 'decisions').length === 0;
	return `${count(ofKind(seen, 'incidents').length, 'incident')}, ${none ? 'no decisions: the subject makes none' : count(decisions, 'decision')}`;
}

function* enough(control: Observation, expected: readonly Fact[]): Generator<Finding> {
	for (const kind of KINDS) {
		const all = ofKind(control.facts, kind).length;
		if (all === 0 && kind === 'incidents') yield gap('the control has no incidents: none could go missing');
		else if (all > 0 && ofKind(expected, kind).length === 0)
			yield gap(
				`none of the control's ${count(all, NOUN[kind])} belongs to a run acknowledged on both sides`,
			);
	}
}

const nameOf = (fact: Fact): string => fact.fact.split(' · ')[0] ?? '';
const told = (fact: Fact): string => `${fact.key || 'no run'}: ${fact.fact}`;

/** What is in `facts` and not in `others`, each as often as it is too many. */
function surplus(facts: readonly Fact[], others: readonly Fact[]): Fact[] {
	const left = new Map<string, number>();
	// Postgres has no NUL in a text.
	const identity = (fact: Fact) => `${fact.key}\0${fact.fact}`;
	for (const other of others) {
		const id = identity(other);
		left.set(id, (left.get(id) ?? 0) + 1);
	}
	return facts.filter((fact) => {
		const id = identity(fact);
		const known = left.get(id) ?? 0;
		left.set(id, known - 1);
		return known <= 0;
	});
}

function* compareFacts(kind: Kind, expected: readonly Fact[], seen: readonly Fact[]): Generator<Finding> {
	const extra = surplus(seen, expected);
	const missing: Fact[] = [];
	const changed: string[] = [];
	for (const fact of surplus(expected, seen)) {
		const twin = extra.findIndex((other) => other.key === fact.key && nameOf(other) === nameOf(fact));
		const [now] = twin >= 0 ? extra.splice(twin, 1) : [];
		if (now) changed.push(`${told(fact)} became ${now.fact}`);
		else missing.push(fact);
	}
	const figures = `${count(seen.length, NOUN[kind])}, the control has ${expected.length}`;
	if (extra.length > 0)
		yield violation(
			`${count(extra.length, NOUN[kind])} more than the control, under any name: ${examples(extra.map(told))} (${figures}). ` +
				'Look first for what turns an error of telemetry into a fact',
		);
	if (missing.length > 0)
		yield violation(
			`${count(missing.length, NOUN[kind])} of the control missing: ${examples(missing.map(told))} (${figures})`,
		);
	if (changed.length > 0)
		yield violation(`${count(changed.length, NOUN[kind])} changed: ${examples(changed)}`);
}

/** Runs that were cut off: what the control has of them at most, and the one declared incident of the interrupted. */
function* cutFacts(control: Observation, observed: Observation): Generator<Finding> {
	const known = acknowledged(control);
	const [extra, alone, silent]: [Fact[], Fact[], string[]] = [[], [], []];
	for (const run of cutRuns(observed).values()) {
		const found = foundOf(control, observed, run);
		if (found === 'finished') continue;
		const facts = observed.facts.filter(({ key }) => key === run.key);
		const declared = facts.filter(({ interruption }) => interruption);
		const others = facts.filter(({ interruption }) => !interruption);
		const own = control.facts.filter(({ key }) => key === run.key && found !== 'absent');
		if (found === 'interrupted' && declared.length === 0) silent.push(run.key);
		extra.push(...declared.slice(found === 'absent' ? 0 : 1));
		if (known.has(run.key))
			extra.push(...surplus(others, found === 'interrupted' ? ofKind(own, 'decisions') : own));
		else alone.push(...others);
	}
	if (extra.length > 0)
		yield charged(
			control,
			`runs that were cut off have more than the control and their declared incident: ${examples(extra.map(told))}`,
		);
	if (silent.length > 0)
		yield charged(control, `interrupted without the declared incident: ${examples(silent)}`);
	if (alone.length > 0)
		yield gap(`of runs that were cut off, and not acknowledged in the control: ${examples(alone.map(told))}`);
}
