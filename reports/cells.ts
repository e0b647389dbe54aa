/**
 * Pure: the phase records of one injection become its cells (injection × invariant, spec §2) and its marks.
 * A cell is the worst of its phases; whatever is missing makes it worse, never better.
 */
import { INVARIANTS, type InvariantId, type Verdict } from '../probes/invariants/verdict.ts';
import { type Mode, PHASES, type Phase } from '../probes/observe/observation.ts';
import { type InjectionId, row } from '../suites/matrix.ts';
import type { PhaseRecord, ProbeRun, Shown } from './record.ts';

/** Size of the frozen probe set (spec §6). */
export const PROBE_COUNT = 15;

export interface PhaseLabel {
	readonly phase: Phase;
	readonly mode?: Mode;
}

/** `boot (sticky)`: how a phase is named wherever people read it. */
export const phaseName = ({ phase, mode }: PhaseLabel): string => (mode ? `${phase} (${mode})` : phase);

/** The phases an injection must show, from its row: those it is not excused from, boot in both modes (spec §5). */
export function expectedPhases(id: InjectionId): readonly PhaseLabel[] {
	return PHASES.filter((phase) => row(id).notIn[phase] === undefined).flatMap((phase): PhaseLabel[] =>
		phase === 'boot'
			? [
					{ phase, mode: 'sticky' },
					{ phase, mode: 'healable' },
				]
			: [{ phase }],
	);
}

/** What came of a cell: a verdict, or none: it never ran, or it does not apply to this subject. */
export type Status = Verdict | 'not run' | 'not applicable';

export interface Finding {
	readonly status: Status;
	/** What was looked at and how much. */
	readonly looked: string;
	/** Why it is not held, phase by phase; empty when held. */
	readonly reason: string;
}

export interface Cell extends Finding {
	readonly invariant: InvariantId;
}

/** What an injection must show besides its invariants; a name that `violated_invariant` may carry. */
export const MARKS = ['witness', 'outcome', 'restoration', 'probes'] as const;
export type Mark = (typeof MARKS)[number];
export type Judged = InvariantId | Mark;

export interface InjectionResult {
	readonly id: InjectionId;
	/** The worst of cells and marks. */
	readonly status: Status;
	readonly cells: readonly Cell[];
	/** `witness` is never `violated`: without it nothing is known. */
	readonly marks: Readonly<Record<Mark, Finding>>;
	readonly records: readonly PhaseRecord[];
}

/** Something that happened to a certification test and that no record tells. */
export interface Trouble {
	/** Without it, the whole run is meant. */
	readonly injection?: InjectionId;
	readonly kind: 'error' | 'skipped';
	readonly what: string;
}

const BADNESS: Readonly<Record<Status, number>> = {
	held: 0,
	'not applicable': 1,
	'not run': 2,
	inconclusive: 3,
	violated: 4,
};

/** The worst status; of nothing, `not run`. */
export const worstStatus = (all: readonly Status[]): Status =>
	all.length === 0 ? 'not run' : all.reduce((a, b) => (BADNESS[b] > BADNESS[a] ? b : a));

const unique = (texts: readonly string[]): string[] => [...new Set(texts.filter((text) => text !== ''))];

/** What one phase says of one cell. */
interface Draft {
	readonly status: Status;
	readonly looked?: string;
	readonly reason?: string;
}

/** A draft and the phase it is of; `''` when no phase in particular is meant. */
type Told = Draft & { readonly where: string };

/** The worst of several phases, with the reasons of those that are as bad; what they share is said once. */
function worst(all: readonly Told[]): Finding {
	const status = worstStatus(all.map((told) => told.status));
	const looked = unique(all.map((told) => told.looked ?? '')).join(' · ');
	if (status === 'held') return { status, looked, reason: '' };
	const reasons = Map.groupBy(
		all.filter((told) => told.status === status),
		(told) => told.reason || 'no reason was recorded',
	);
	const said = [...reasons].map(([reason, of]) => {
		const where = unique(of.map((told) => told.where)).join(', ');
		return where === '' ? reason : `${where}: ${reason}`;
	});
	return { status, looked, reason: said.join(' · ') };
}

/** The probe that a subject without metrics cannot be asked. */
const OF_METRICS = 'graceful-degradation';

/**
 * Why this is not 15 probes that passed; empty when it is. One of them may have been left out, for the one thing
 * that a probe asks about and a subject need not have: metrics. What departs as declared is in no doubt, and keeps the
 * whole from being certified.
 */
function probeDoubt(run: ProbeRun | undefined): string {
	if (!run) return 'the probes did not run';
	const applied = run.results.filter(
		({ name, verdict, detail }) => verdict !== 'not applicable' || detail === '' || name !== OF_METRICS,
	);
	const bad = applied.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'departs');
	if (bad.length > 0) {
		return bad
			.map(({ name, verdict, detail }) => `probe ${name} ${verdict}: ${detail || 'no detail'}`)
			.join('; ');
	}
	const names = new Set(run.results.map((result) => result.name)).size;
	const whole = names === PROBE_COUNT && run.results.length === PROBE_COUNT;
	return whole && applied.length >= PROBE_COUNT - 1
		? ''
		: `${Math.min(names, applied.length)} of ${PROBE_COUNT} probes passed`;
}

const runsOf = (record: PhaseRecord, when: ProbeRun['when']): readonly (ProbeRun | undefined)[] => {
	const runs = record.probes.filter((run) => run.when === when);
	return runs.length > 0 ? runs : [undefined];
};

/** What was thrown is no verdict, but nothing around it is one either. */
const thrownIn = ({ error }: PhaseRecord): string[] =>
	error === undefined ? [] : [`something was thrown: ${error || 'without a message'}`];

const unprepared = (record: PhaseRecord): string[] =>
	runsOf(record, 'before')
		.map(probeDoubt)
		.filter(Boolean)
		.map((why) => `preconditions not met: ${why}`);

/** The fault bit, as Postgres or the operating system shows; without that nothing is known, so it is never violated. */
function witnessed(record: PhaseRecord): Draft {
	const draft = shown(record.witness, 'witness', thrownIn(record));
	return draft.status === 'violated'
		? { ...draft, status: 'inconclusive', reason: `no witness: ${draft.reason}` }
		: draft;
}

/** Why nothing that was seen in this phase can count as held. */
function doubts(record: PhaseRecord): string[] {
	const { status, reason = '' } = witnessed(record);
	return [...(status === 'held' ? thrownIn(record) : [reason]), ...unprepared(record)];
}

function judged(record: PhaseRecord, invariant: InvariantId): Draft {
	const judgement = record.judgements[invariant];
	if (!judgement)
		return { status: 'inconclusive', reason: [...doubts(record), `${invariant} was not judged`].join('; ') };
	const { verdict, looked, reason } = judgement;
	if (verdict !== 'held') return { status: verdict, looked, reason };
	const why = [...doubts(record), ...(looked.trim() === '' ? ['it does not say what was looked at'] : [])];
	return why.length === 0
		? { status: 'held', looked }
		: { status: 'inconclusive', looked, reason: why.join('; ') };
}

/** A list of things to be shown: facts against one of them violate it, unless something already is in doubt. */
function shown(all: readonly Shown[], what: string, doubted: readonly string[]): Draft {
	const looked = all.map(({ name, facts }) => `${name}: ${facts}`).join('; ');
	const missing = all.filter((one) => !one.shown);
	const blank = all.filter((one) => one.facts.trim() === '');
	const said = missing.map(({ name, facts }) => `"${name}" was not shown: ${facts || 'no facts'}`);
	const why = [
		...doubted,
		...(all.length === 0 ? [`no ${what} was recorded`] : []),
		...blank.map(({ name }) => `"${name}" has no facts behind it`),
	];
	if (why.length > 0) return { status: 'inconclusive', looked, reason: [...said, ...why].join('; ') };
	return { status: missing.length > 0 ? 'violated' : 'held', looked, reason: said.join('; ') };
}

function probed(record: PhaseRecord): Draft {
	const before = runsOf(record, 'before').map(probeDoubt).filter(Boolean);
	const after = runsOf(record, 'after').map(probeDoubt).filter(Boolean);
	const failed = runsOf(record, 'after').some((run) =>
		run?.results.some((result) => result.verdict === 'failed'),
	);
	const reason = [
		...thrownIn(record),
		...before.map((why) => `before: ${why}`),
		...after.map((why) => `after restoring: ${why}`),
	];
	const looked = record.probes.map((run) => `${run.results.length} probes ${run.when}`).join(', ');
	// A phase that threw, or began on a broken plane, says nothing about how it was left.
	if (failed && before.length === 0 && record.error === undefined) {
		return { status: 'violated', looked, reason: reason.join('; ') };
	}
	return { status: reason.length === 0 ? 'held' : 'inconclusive', looked, reason: reason.join('; ') };
}

function mark(record: PhaseRecord, which: Mark): Draft {
	switch (which) {
		case 'witness':
			return witnessed(record);
		case 'outcome':
			// Where the failure did not bite, its outcome could not come: that is not the subject's fault.
			return shown(record.outcome, 'expected outcome', doubts(record));
		case 'restoration':
			// What began on a broken plane says nothing about how it was left.
			return shown(record.restoration, 'restoration', [...thrownIn(record), ...unprepared(record)]);
		case 'probes':
			return probed(record);
	}
}

const wasStruck = ({ notRun, notApplicable }: PhaseRecord): boolean =>
	notRun === undefined && notApplicable === undefined;

/** What a record tells of a phase in which nothing was struck; `applies` where another phase of the same was. */
function unlooked(id: InjectionId, record: PhaseRecord, applies: boolean): Told | undefined {
	const { notRun, notApplicable, error } = record;
	const where = phaseName(record);
	if (notRun !== undefined) return { status: 'not run', where, reason: notRun };
	if (notApplicable === undefined || error !== undefined) return undefined;
	if (row(id).needs.length === 0)
		return { status: 'inconclusive', where, reason: 'it applies to every subject, and was not struck' };
	return applies
		? { status: 'inconclusive', where, reason: 'it was struck in other phases, and so it applies' }
		: { status: 'not applicable', where: '', reason: notApplicable };
}

const sameLabel = (a: PhaseLabel, b: PhaseLabel): boolean => a.phase === b.phase && a.mode === b.mode;

/**
 * The result of one injection. `expected` is what the suite declares: the phases that must be there;
 * one that is missing beside others makes every cell inconclusive.
 */
export function resultOf(
	id: InjectionId,
	records: readonly PhaseRecord[],
	troubles: readonly Trouble[] = [],
	expected: readonly PhaseLabel[] = expectedPhases(id),
): InjectionResult {
	const own = records.filter((record) => record.injection === id);
	const without: Told[] = troubles
		.filter((trouble) => trouble.injection === id)
		.map(({ kind, what }) => ({
			status: kind === 'error' || own.length > 0 ? 'inconclusive' : 'not run',
			where: '',
			reason: what,
		}));
	if (own.length === 0 && without.length === 0) {
		without.push({ status: 'not run', where: '', reason: 'none of its tests ran' });
	}
	const missing: Told[] = (own.length === 0 ? [] : expected)
		.filter((label) => !own.some((record) => sameLabel(record, label)))
		.map((label) => ({ status: 'inconclusive', where: phaseName(label), reason: 'this phase is missing' }));
	const applies = own.some(wasStruck);
	const over = (draft: (record: PhaseRecord) => Draft): Finding =>
		worst([
			...own.map(
				(record): Told => unlooked(id, record, applies) ?? { where: phaseName(record), ...draft(record) },
			),
			...missing,
			...without,
		]);
	const cells = INVARIANTS.filter((invariant) => row(id).invariants.includes(invariant)).map(
		(invariant): Cell => ({ invariant, ...over((record) => judged(record, invariant)) }),
	);
	const markOf = (which: Mark): Finding => over((record) => mark(record, which));
	const marks = {
		witness: markOf('witness'),
		outcome: markOf('outcome'),
		restoration: markOf('restoration'),
		probes: markOf('probes'),
	};
	const status = worstStatus([...cells, ...Object.values(marks)].map((each) => each.status));
	return { id, status, cells, marks, records: own };
}

/** Cells and marks by name, in the order in which they are told: I1 … I6, then the marks. */
export function judgedOf(result: InjectionResult): readonly (Finding & { readonly name: Judged })[] {
	return [
		...result.cells.map((cell) => ({ ...cell, name: cell.invariant })),
		...MARKS.map((which) => ({ ...result.marks[which], name: which })),
	];
}

/** Records of phases that really ran. */
export const ran = (result: InjectionResult): readonly PhaseRecord[] => result.records.filter(wasStruck);
