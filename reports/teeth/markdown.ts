/** Pure: the kill table as Markdown. */
import { seconds } from '../amounts.ts';
import { firstCatch, isCaught, type KillTable, type Proof, type Tried } from './table.ts';

const inCell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
const line = (cells: readonly string[]): string => `| ${cells.map(inCell).join(' | ')} |`;

/** `W3 live I4`, as cells are named wherever people read of them. */
export const named = ({ injection, phase, cell }: Pick<Proof, 'injection' | 'phase' | 'cell'>): string =>
	`${injection} ${phase} ${cell}`;

/** The verdict in one sentence. */
export function sentence({ tried, asked, caught, full, proven, unproven, seconds }: KillTable): string {
	const short = tried.length < asked ? `, ${asked - tried.length} not yet tried` : '';
	const all = `${caught} of ${asked} saboteurs caught for the stated reason${short}, in ${seconds} s`;
	const cells = proven + unproven.length;
	return full ? `${all}; ${proven} of ${cells} cells have been seen red` : all;
}

export const listed = ({ unproven }: KillTable): string =>
	unproven.map(({ injection, cell }) => `${injection} ${cell}`).join(', ');

export function markdown(table: KillTable): string {
	const rows = table.tried.map((one: Tried) => {
		const first = firstCatch(one);
		return line([
			one.saboteur,
			one.about,
			one.proofs.map((proof) => `${named(proof)}: ${proof.came}`).join(', '),
			first === undefined ? 'nothing' : `${named(first)}, ${seconds(first.ms)}`,
			String(new Set(one.red.map(({ injection, cell }) => `${injection} ${cell}`)).size),
		]);
	});
	const wrong = table.tried
		.filter((one) => !isCaught(one))
		.flatMap(({ saboteur, proofs }) =>
			proofs
				.filter(({ came }) => came !== 'caught')
				.map((proof) => `- **${saboteur}**, ${named(proof)}, ${proof.came}: ${inCell(proof.said)}`),
		);
	return `${[
		'# What the checks catch',
		`**${sentence(table)}**`,
		...(wrong.length === 0 ? [] : ['## Not caught as stated', wrong.join('\n')]),
		...(table.full && table.unproven.length > 0 ? ['## Unproven', listed(table)] : []),
		'## Saboteurs',
		[
			line(['saboteur', 'what its author would say', 'must be caught by', 'first red, after', 'cells red']),
			line(Array.from({ length: 5 }, () => '---')),
			...rows,
		].join('\n'),
	].join('\n\n')}\n`;
}
