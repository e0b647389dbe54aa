/** Pure: what was recorded of a saboteur against what must catch it. */
import type { Catch } from '../../fixtures/saboteurs/saboteur.ts';
import type { PhaseRecord } from '../../reports/record.ts';
import type { Catcher, Proof, Red, Tried } from '../../reports/teeth/table.ts';
import type { InjectionId } from '../matrix.ts';

/** The phase as its test is called: `boot, sticky`. */
export const titleOf = ({ phase, mode }: Pick<PhaseRecord, 'phase' | 'mode'>): string =>
	mode === undefined ? phase : `${phase}, ${mode}`;

/** Every violated cell of one phase, and the outcome where it did not come although the failure bit. */
export function redIn(record: PhaseRecord): readonly Omit<Red, 'ms'>[] {
	const where = { injection: record.injection, phase: titleOf(record) };
	const cells = Object.entries(record.judgements).flatMap(([cell, { verdict, reason }]) =>
		verdict === 'violated' ? [{ ...where, cell: cell as Catcher, said: reason }] : [],
	);
	const witnessed = record.witness.length > 0 && record.witness.every(({ shown }) => shown);
	const missing = record.outcome.filter(({ shown }) => !shown);
	const said = missing.map(({ name, facts }) => `${name}: ${facts}`).join('; ');
	return witnessed && missing.length > 0 ? [...cells, { ...where, cell: 'outcome', said }] : cells;
}

export function proofOf({ injection, phase, cell, message }: Catch, records: readonly PhaseRecord[]): Proof {
	const where = { injection: injection as InjectionId, phase, cell };
	const record = records.find((one) => one.injection === injection && titleOf(one) === phase);
	const red = record && redIn(record).find((one) => one.cell === cell);
	const ms = record?.durationMs ?? 0;
	if (red !== undefined)
		return { ...where, came: message.test(red.said) ? 'caught' : 'wrong reason', said: red.said, ms };
	if (record === undefined) return { ...where, came: 'not shown', said: 'the phase left no record', ms };
	if (record.notApplicable !== undefined)
		return { ...where, came: 'not shown', said: `not applicable: ${record.notApplicable}`, ms };
	if (record.error !== undefined) return { ...where, came: 'not shown', said: record.error, ms };
	return { ...where, came: 'missed', said: saidOf(record, cell), ms };
}

function saidOf(record: PhaseRecord, cell: Catcher): string {
	if (cell === 'outcome')
		return [...record.witness, ...record.outcome]
			.map(({ name, shown, facts }) => `${shown ? 'shown' : 'missing'}: ${name}: ${facts}`)
			.join('; ');
	const judgement = record.judgements[cell];
	return judgement === undefined
		? `${cell} was not judged`
		: `${judgement.verdict}: ${judgement.reason || judgement.looked}`;
}

export function triedOf(
	{ name, about, caughtBy }: { name: string; about: string; caughtBy: readonly Catch[] },
	records: readonly PhaseRecord[],
): Tried {
	const began = Math.min(...records.map(({ startedAt }) => Date.parse(startedAt)));
	return {
		saboteur: name,
		about,
		digest: records[0]?.subject.digest ?? '',
		proofs: caughtBy.map((one) => proofOf(one, records)),
		red: records.flatMap((record) =>
			redIn(record).map((red) => ({ ...red, ms: Date.parse(record.startedAt) + record.durationMs - began })),
		),
		phases: records.filter(({ notApplicable }) => notApplicable === undefined).length,
	};
}
