/** I3: the multiset of incidents equals the control's, and so do the enforcement decisions. */
import type { Fact, Observation } from '../observe/observation.ts';
import { comparable, conclude, count, examples, type Finding, gap, premises, violation } from './findings.ts';
import type { Invariant } from './verdict.ts';

type Kind = Fact['holds'];
const KINDS = ['incidents', 'decisions'] as const;
const NOUN = { incidents: 'incident', decisions: 'decision' } as const;

export const noTelemetryCausedIncidents: Invariant = (control, observed) => {
	const judged = comparable(control, observed);
	const expected = control.facts.filter((fact) => judged(fact.key));
	const seen = observed.facts.filter((fact) => judged(fact.key));
	return conclude(
		looked(control, seen),
		premises(control, observed),
		enough(control, expected),
		...KINDS.map((kind) => compareFacts(kind, ofKind(expected, kind), ofKind(seen, kind))),
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
	const identity = (fact: Fact) => JSON.stringify([fact.key, fact.fact]);
	for (const other of others) left.set(identity(other), (left.get(identity(other)) ?? 0) + 1);
	return facts.filter((fact) => {
		const known = left.get(identity(fact)) ?? 0;
		left.set(identity(fact), known - 1);
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
