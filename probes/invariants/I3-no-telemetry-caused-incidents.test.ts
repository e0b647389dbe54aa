import { describe, expect, it } from 'vitest';
import type { Fact, Observation } from '../observe/observation.ts';
import { noTelemetryCausedIncidents } from './I3-no-telemetry-caused-incidents.ts';
import { but, changing, control, observed } from './testing/example.ts';

const judged = (facts: readonly Fact[], of: Observation = control) =>
	noTelemetryCausedIncidents(of, but(observed, { facts }));

const incident = (key: string, fact: string): Fact => ({ holds: 'incidents', key, fact });
const without = (key: string, holds = 'incidents') =>
	observed.facts.filter((fact) => fact.key !== key || fact.holds !== holds);

describe('I3 no telemetry-caused incidents', () => {
	it('is held, and says what was looked at', () => {
		expect(judged(observed.facts)).toEqual({
			verdict: 'held',
			looked: '3 incidents, 1 decision',
			reason: '',
		});
	});

	it('is held without decisions where the subject makes none, and says so', () => {
		const incidents = observed.facts.filter((fact) => fact.holds === 'incidents');
		expect(judged(incidents, but(control, { facts: incidents }))).toMatchObject({
			verdict: 'held',
			looked: '3 incidents, no decisions: the subject makes none',
		});
	});

	it.each([
		[
			'an extra incident of no run, under whatever name',
			[...observed.facts, incident('', 'metrics_gap · low · open')],
			/^1 incident more than the control, under any name: no run: metrics_gap · low · open \(4 incidents, the control has 3\)\. Look first/,
		],
		[
			'an incident that is there twice',
			[...observed.facts, incident('load-2', 'budget_exceeded · high · open')],
			/^1 incident more than the control, under any name: load-2: budget_exceeded/,
		],
		[
			'an incident of a run that the control never saw',
			[...observed.facts, incident('ghost', 'telemetry_down · high · open')],
			/under any name: ghost: telemetry_down/,
		],
		[
			'a missing incident',
			without('load-2'),
			/^1 incident of the control missing: load-2: budget_exceeded · high · open/,
		],
		[
			'another severity',
			changing(observed.facts, ({ key }) => key === 'load-2', { fact: 'budget_exceeded · low · open' }),
			/^1 incident changed: load-2: budget_exceeded · high · open became budget_exceeded · low · open$/,
		],
		[
			'a missing decision',
			without('load-3', 'decisions'),
			/^1 decision of the control missing: load-3: block · deny/,
		],
		[
			'another decision',
			changing(observed.facts, ({ holds }) => holds === 'decisions', { fact: 'block · allow' }),
			/^1 decision changed: load-3: block · deny became block · allow$/,
		],
	] as const)('is violated by %s', (_, facts, reason) => {
		expect(judged(facts)).toMatchObject({ verdict: 'violated', reason: expect.stringMatching(reason) });
	});

	it('is inconclusive without incidents in the control', () => {
		const decisions = control.facts.filter((fact) => fact.holds === 'decisions');
		expect(judged(decisions, but(control, { facts: decisions }))).toMatchObject({
			verdict: 'inconclusive',
			reason: 'the control has no incidents: none could go missing',
		});
	});

	it('is inconclusive when the runs with decisions were not acknowledged', () => {
		const executions = changing(observed.executions, ({ key }) => key === 'load-3', { status: 500 });
		expect(noTelemetryCausedIncidents(control, but(observed, { executions }))).toMatchObject({
			verdict: 'inconclusive',
			reason: "none of the control's 1 decision belongs to a run acknowledged on both sides",
		});
	});

	it('is inconclusive when no run was acknowledged', () => {
		expect(noTelemetryCausedIncidents(control, but(observed, { executions: [] })).verdict).toBe(
			'inconclusive',
		);
	});
});
