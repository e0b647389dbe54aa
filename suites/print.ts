/** What a command prints: no secrets. */
import { withoutSecrets } from '../reports/secrets.ts';

export const print = (text: string): void => void process.stdout.write(withoutSecrets(text));
