/** Pure: what the page shows of a run, one view for each of the 22 injections, whether it was asked for or not. */
import { INVARIANTS } from '../../probes/invariants/verdict.ts';
import { INJECTIONS, type InjectionId, row } from '../../suites/matrix.ts';
import {
	type Finding,
	type InjectionResult,
	type Judged,
	judgedOf,
	phaseName,
	resultOf,
	type Status,
} from '../cells.ts';
import type { Certificate } from '../certificate.ts';
import type { PhaseRecord } from '../record.ts';
import { phaseId, STATUSES } from './words.ts';

export interface PhaseView {
	readonly anchor: string;
	readonly name: string;
	readonly record: PhaseRecord;
	readonly status: Status;
	/** Cells and marks of this phase alone. */
	readonly judged: readonly (Finding & { readonly name: Judged })[];
}

export interface InjectionView {
	readonly id: InjectionId;
	readonly status: Status;
	/** Absent where it was not asked for. */
	readonly result?: InjectionResult;
	readonly phases: readonly PhaseView[];
	/** Why there is nothing to see, where nothing was struck. */
	readonly untold: string;
	readonly ms: number;
}

/** What the page needs of a run. */
export interface View {
	readonly certificate: Certificate;
	readonly injections: readonly InjectionView[];
}

export const viewOf = (certificate: Certificate, results: readonly InjectionResult[]): View => ({
	certificate,
	injections: INJECTIONS.map((id) => injectionView(id, certificate, results)),
});

function injectionView(
	id: InjectionId,
	{ details }: Certificate,
	results: readonly InjectionResult[],
): InjectionView {
	const result = results.find((one) => one.id === id);
	const struck = (result?.records ?? []).filter(
		({ notRun, notApplicable, error }) => (notRun ?? notApplicable) === undefined || error !== undefined,
	);
	const [first] = result?.cells ?? [];
	return {
		id,
		status: result?.status ?? 'not run',
		...(result === undefined ? {} : { result }),
		phases: phaseViews(id, struck),
		untold:
			result === undefined
				? details.others || 'it was not asked for'
				: struck.length === 0
					? (first?.reason ?? '')
					: '',
		ms: details.durations[id] ?? 0,
	};
}

function phaseViews(id: InjectionId, records: readonly PhaseRecord[]): readonly PhaseView[] {
	const times = new Map<string, number>();
	return records.map((record) => {
		const own = resultOf(id, [record], [], []);
		const anchor = phaseId(id, record);
		const before = times.get(anchor) ?? 0;
		times.set(anchor, before + 1);
		return {
			// The same phase twice, as shards that overlap leave it.
			anchor: before === 0 ? anchor : `${anchor}-${before + 1}`,
			name: phaseName(record),
			record,
			status: own.status,
			judged: judgedOf(own).map((each) => ({ ...each, reason: unlabelled(each.reason, record) })),
		};
	});
}

/** The phase is said by the heading that a reason stands under. */
const unlabelled = (reason: string, record: PhaseRecord): string =>
	reason.startsWith(`${phaseName(record)}: `) ? reason.slice(phaseName(record).length + 2) : reason;

/** I1 … I6 of an injection; `undefined` where its row does not ask for the invariant. */
export const cellsOf = ({ id, result }: InjectionView): readonly (Status | undefined)[] =>
	INVARIANTS.map((invariant) => {
		if (!row(id).invariants.includes(invariant)) return undefined;
		return result?.cells.find((cell) => cell.invariant === invariant)?.status ?? 'not run';
	});

/** How many of the cells have which status. */
export function counted(injections: readonly InjectionView[]): Readonly<Record<Status, number>> {
	const all = injections.flatMap(cellsOf);
	const count = (status: Status) => all.filter((one) => one === status).length;
	return Object.fromEntries(STATUSES.map((status) => [status, count(status)])) as Record<Status, number>;
}

/** Every status that any cell or mark of it has: what it is found by. */
export const statusesOf = (view: InjectionView): readonly Status[] => [
	...new Set([
		view.status,
		...cellsOf(view).filter((status) => status !== undefined),
		...Object.values(view.result?.marks ?? {})
			.map(({ status }) => status)
			.filter((status) => status !== 'held'),
	]),
];

/** Where a phase says why this is not held. */
export const reasonId = ({ anchor }: PhaseView, name: Judged): string => `${anchor}-${name}`;

/** Where it is first seen that something is of this status: its reason, where it has one. */
export function anchorOf(view: InjectionView, status: Status, name: Judged): string {
	for (const phase of view.phases) {
		const own = phase.judged.find((each) => each.status === status && each.name === name);
		if (own) return isTold(own) ? reasonId(phase, name) : phase.anchor;
	}
	return view.id;
}

/** Whether a phase has a reason to tell. */
export const isTold = ({ status, reason }: Finding): boolean => status !== 'held' && reason !== '';
