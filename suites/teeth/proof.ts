/** Pure: what was recorded of a saboteur against what must catch it. */
import type { Catch } from '../../fixtures/saboteurs/sabotage.ts';
import type { PhaseRecord } from '../../reports/record.ts';

export interface Proof extends Pick<Catch, 'injection' | 'phase' | 'cell'> {
	/** `wrong reason`: the cell is red, and does not say what it should; `not shown`: nothing is known. */
	readonly came: 'caught' | 'missed' | 'wrong reason' | 'not shown';
	/** What the cell said. */
	readonly said: string;
	/** Milliseconds from the start of the phase to its verdicts. */
	readonly ms: number;
}

/** A cell that is red, and why. */
export interface Red {
	readonly injection: string;
	readonly phase: string;
	readonly cell: Catch['cell'];
	readonly said: string;
}

export const titleOf = ({ phase, mode }: Pick<PhaseRecord, 'phase' | 'mode'>): string =>
	mode === undefined ? phase : `${phase}, ${mode}`;

/** Every violated cell of one phase, and the outcome where it did not come although the failure bit. */
export function redIn(record: PhaseRecord): readonly Red[] {
	const where = { injection: record.injection, phase: titleOf(record) };
	const cells = Object.entries(record.judgements).flatMap(([cell, { verdict, reason }]) =>
		verdict === 'violated' ? [{ ...where, cell: cell as Red['cell'], said: reason }] : [],
	);
	const witnessed = record.witness.length > 0 && record.witness.every(({ shown }) => shown);
	const missing = record.outcome.filter(({ shown }) => !shown);
	const said = missing.map(({ name, facts }) => `${name}: ${facts}`).join('; ');
	return witnessed && missing.length > 0 ? [...cells, { ...where, cell: 'outcome', said }] : cells;
}

export function proofOf({ injection, phase, cell, message }: Catch, records: readonly PhaseRecord[]): Proof {
	const where = { injection, phase, cell };
	const record = records.find((one) => one.injection === injection && titleOf(one) === phase);
	const red = record && redIn(record).find((one) => one.cell === cell);
	const ms = record?.durationMs ?? 0;
	if (red !== undefined)
		return { ...where, came: message.test(red.said) ? 'caught' : 'wrong reason', said: red.said, ms };
	if (record === undefined) return { ...where, came: 'not shown', said: 'the phase left no record', ms };
	if (record.error !== undefined) return { ...where, came: 'not shown', said: record.error, ms };
	return { ...where, came: 'missed', said: saidOf(record, cell), ms };
}

function saidOf(record: PhaseRecord, cell: Catch['cell']): string {
	if (cell === 'outcome')
		return [...record.witness, ...record.outcome]
			.map(({ name, shown, facts }) => `${shown ? 'shown' : 'missing'}: ${name}: ${facts}`)
			.join('; ');
	const judgement = record.judgements[cell];
	return judgement === undefined
		? `${cell} was not judged`
		: `${judgement.verdict}: ${judgement.reason || judgement.looked}`;
}
