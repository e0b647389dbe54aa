/** A terminal in memory, of a given width and without a lower end: what is on it after all that was written. */
import { cells } from '../text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys begins with one
const TOKEN = /\u001b\[[\d;?]*[A-Za-z]|[\s\S]/gu;

export class Screen {
	readonly #columns: number;
	readonly #rows: string[][] = [[]];
	#x = 0;
	#y = 0;
	/** Sequences that were obeyed, and those that change no text: colours, modes. */
	readonly sequences: string[] = [];

	constructor(columns: number) {
		this.#columns = columns;
	}

	write(text: string): void {
		for (const [token] of text.matchAll(TOKEN)) {
			if (token.length > 2) this.#obey(token);
			else if (token === '\n') [this.#x, this.#y] = [0, this.#y + 1];
			else if (token === '\r') this.#x = 0;
			else this.#put(token);
		}
	}

	/** Where the next sign would go. */
	get cursor(): readonly [column: number, row: number] {
		return [this.#x, this.#y];
	}

	/** Rows without the blanks at their ends, nor empty ones at the end. */
	get text(): string {
		return Array.from(this.#rows, (row = []) =>
			Array.from(row, (sign) => sign ?? ' ')
				.join('')
				.trimEnd(),
		)
			.join('\n')
			.trimEnd();
	}

	#put(sign: string): void {
		const wide = cells(sign);
		if (this.#x + wide > this.#columns) [this.#x, this.#y] = [0, this.#y + 1];
		const row = this.#rows[this.#y] ?? [];
		this.#rows[this.#y] = row;
		row[this.#x] = sign;
		if (wide === 2) row[this.#x + 1] = '';
		this.#x += wide;
	}

	#obey(sequence: string): void {
		this.sequences.push(sequence);
		const [, count = '', what] = /^.\[([\d;?]*)([A-Za-z])$/.exec(sequence) ?? [];
		if (what === 'A') this.#y = Math.max(0, this.#y - Number(count || 1));
		else if (what === 'J') {
			this.#rows.splice(this.#y + 1);
			this.#rows[this.#y]?.splice(this.#x);
		} else if (what === 'K') this.#rows[this.#y]?.splice(this.#x);
		else if (what !== 'm' && !count.startsWith('?'))
			throw new Error(`this terminal does not know ${JSON.stringify(sequence)}`);
	}
}
