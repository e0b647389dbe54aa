/** A command as somebody runs it by hand, on a pseudo-terminal; and on a pipe. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { alive, descendants } from '../../../fixtures/processes.ts';
import { lacks } from '../../../fixtures/testing/machine.ts';
import { Screen } from './screen.ts';

/** Tests on a terminal are skipped without the `script` of util-linux, which makes one; CI fails without it. */
export const lacksTerminals = lacks(() => {
	try {
		return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
	} catch {
		return false;
	}
});

/** The environment of somebody who is in no test and no CI. */
export const outside = (): NodeJS.ProcessEnv => ({
	...Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) => !/^(VITEST|VITE_|NODE_ENV|TEST$|CI$|GITHUB_|FORCE_COLOR|NO_COLOR)/.test(name),
		),
	),
	TERM: 'xterm-256color',
});

interface Place {
	readonly cwd: string;
	readonly env: NodeJS.ProcessEnv;
	/** Told what is on the screen, and types where that is a terminal. */
	readonly look?: (screen: string, type: (keys: string) => void) => void;
}

export interface Ended {
	readonly code: number | null;
	/** All that was written, as it came. */
	readonly text: string;
	/** Whatever the terminal showed, until it was erased. */
	readonly screens: readonly string[];
	/** What the terminal obeyed. */
	readonly sequences: readonly string[];
	/** Processes of it that are still there. */
	readonly left: () => readonly number[];
}

export function inTerminal(
	command: readonly string[],
	{ columns, rows }: { readonly columns: number; readonly rows: number },
	{ look, ...place }: Place,
): Promise<Ended> {
	const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
	const line = `stty cols ${columns} rows ${rows}; exec ${words}`;
	const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
		...place,
		// Its end would be typed.
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	return ended(child, new Screen(columns), look);
}

export const inPipe = ([file = '', ...args]: readonly string[], { look, ...place }: Place): Promise<Ended> =>
	ended(spawn(file, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] }), new Screen(80), look);

function ended(child: ChildProcess, screen: Screen, look: Place['look']): Promise<Ended> {
	return new Promise((resolve, reject) => {
		let text = '';
		const screens: string[] = [];
		const seen = new Set<number>();
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding('utf8').on('data', (part: string) => {
				text += part;
				// A busy machine hands over in one piece what was drawn, erased and drawn again.
				for (const piece of part.split(/(?=.\[J)/s)) {
					screen.write(piece);
					screens.push(screen.text);
				}
				for (const { pid } of descendants(child.pid ?? 0)) seen.add(pid);
				look?.(screen.text, (keys) => child.stdin?.write(keys));
			});
		}
		child.on('error', reject);
		child.on('close', (code) =>
			resolve({ code, text, screens, sequences: screen.sequences, left: () => [...seen].filter(alive) }),
		);
	});
}
