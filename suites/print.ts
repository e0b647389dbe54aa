/** What a command prints: no secrets. */
import { withoutSecrets } from '../reports/secrets.ts';
import { plain, wrap } from '../reports/terminal/text.ts';

export const print = (text: string): void => void process.stdout.write(withoutSecrets(text));

/** A line without colours, broken at spaces where a terminal would break it anywhere; scrubbed first, while a secret is whole. */
export const printLine = (text: string): void =>
	print(
		`${wrap(plain(withoutSecrets(text)), process.stdout.columns || Number.POSITIVE_INFINITY).join('\n')}\n`,
	);
