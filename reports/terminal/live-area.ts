/**
 * Lines at the foot of a terminal that are drawn anew in place. The cursor rests where they begin: erasing from there clears
 * them also after the window was made narrower, and where this process is killed, what comes next is written over them.
 */
import type { WriteStream } from 'node:tty';

const ERASE_BELOW = '\u001b[J';
const BACK_TO = (lines: number): string => `${lines > 1 ? `\u001b[${lines - 1}A` : ''}\r`;

type Write = WriteStream['write'];

export class LiveArea {
	readonly #terminal: WriteStream;
	readonly #write: Write;
	readonly #lines: (columns: number) => readonly string[];
	readonly #restore: (() => void)[] = [];
	#drawn = '';
	/** Something was written that did not end its line. */
	#midLine = false;
	#timer: NodeJS.Timeout | undefined;

	/** `lines` gives what is to be seen now, none of it longer than `columns`. */
	constructor(terminal: WriteStream, lines: (columns: number) => readonly string[]) {
		this.#terminal = terminal;
		this.#write = terminal.write.bind(terminal);
		this.#lines = lines;
	}

	/** From now on, whatever is written to the terminal comes above the lines. */
	start(everyMs = 200): void {
		for (const stream of new Set<NodeJS.WriteStream>([this.#terminal, process.stdout, process.stderr]))
			if (stream.isTTY) this.#intercept(stream);
		this.#timer = setInterval(() => this.draw(), everyMs).unref();
		this.draw();
	}

	/** Clears the lines, and leaves the terminal to others. */
	stop(): void {
		clearInterval(this.#timer);
		for (const restore of this.#restore.splice(0)) restore();
		this.#erase();
	}

	draw(): void {
		// A pseudo-terminal that nobody has given a size is 0 wide.
		const columns = this.#terminal.columns || 80;
		const rows = this.#terminal.rows || 24;
		// A full line wraps in some terminals; of an area higher than the window, the beginning could not be gone back to.
		const lines = this.#lines(columns - 1).slice(0, Math.max(1, rows - 1));
		const drawing = lines.length === 0 ? '' : lines.join('\n') + BACK_TO(lines.length);
		if (drawing === this.#drawn) return;
		const before = this.#drawn !== '' ? ERASE_BELOW : this.#midLine ? '\n' : '';
		this.#write(before + drawing);
		this.#midLine = false;
		this.#drawn = drawing;
	}

	#erase(): void {
		if (this.#drawn !== '') this.#write(ERASE_BELOW);
		this.#drawn = '';
	}

	#intercept(stream: NodeJS.WriteStream): void {
		const { write } = stream;
		const above = ((chunk: Uint8Array | string, ...rest: []) => {
			this.#erase();
			const went = write.call(stream, chunk, ...rest);
			const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
			if (text !== '') this.#midLine = !text.endsWith('\n');
			if (!this.#midLine) this.draw();
			return went;
		}) as Write;
		stream.write = above;
		this.#restore.push(() => {
			if (stream.write === above) stream.write = write;
		});
	}
}
