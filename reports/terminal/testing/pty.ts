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
	/** Given what is on the screen, gives what is typed. */
	readonly type?: (screen: string) => string;
}

export interface Ended {
	readonly code: number | null;
	/** All that was written, as it came. */
	readonly text: string;
	/** What the terminal showed after each piece of it. */
	readonly screens: readonly string[];
	/** What the terminal obeyed. */
	readonly sequences: readonly string[];
	/** Processes of it that are still there. */
	readonly left: () => readonly number[];
}

export function inTerminal(
	command: readonly string[],
	{ columns, rows }: { readonly columns: number; readonly rows: number },
	{ type = () => '', ...place }: Place,
): Promise<Ended> {
	const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
	const line = `stty cols ${columns} rows ${rows}; exec ${words}`;
	const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
		...place,
		// Its end would be typed.
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	return ended(child, new Screen(columns), (screen) => {
		const typed = type(screen);
		if (typed !== '') child.stdin.write(typed);
	});
}

export const inPipe = ([file = '', ...args]: readonly string[], place: Place): Promise<Ended> =>
	ended(spawn(file, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] }), new Screen(80), () => undefined);

function ended(child: ChildProcess, screen: Screen, on: (screen: string) => void): Promise<Ended> {
	return new Promise((resolve, reject) => {
		let text = '';
		const screens: string[] = [];
		const seen = new Set<number>();
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding('utf8').on('data', (part: string) => {
				text += part;
				screen.write(part);
				screens.push(screen.text);
				for (const { pid } of descendants(child.pid ?? 0)) seen.add(pid);
				on(screen.text);
			});
		}
		child.on('error', reject);
		child.on('close', (code) =>
			resolve({ code, text, screens, sequences: screen.sequences, left: () => [...seen].filter(alive) }),
		);
	});
}
