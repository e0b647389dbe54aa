/** What a run knows to be secret, said once where it becomes known: {@link hide} takes it out of all that is told. */
import type { Login } from '../fixtures/databases/port.ts';
import type { RunningSubject } from '../fixtures/subjects/port.ts';
import { hide } from '../reports/secrets.ts';

/** The password in a URL, as it stands there and as it is typed. */
export function hideUrl(text: string): void {
	const password = URL.parse(text)?.password ?? '';
	hide(password);
	try {
		hide(decodeURIComponent(password));
	} catch {
		// No more than a `%` that is one.
	}
}

/** The passwords of a database's logins and of its superuser; the copies of it have the same. */
export function hideLogins(database: {
	readonly adminUrl: string;
	readonly owner: Login;
	readonly roles: Readonly<Record<string, Login>>;
}): void {
	hideUrl(database.adminUrl);
	for (const { url } of [database.owner, ...Object.values(database.roles)]) hideUrl(url);
}

/** They say what a body is, and authorise nothing. */
const PLAIN = /^(accept(-.*)?|content-.*|user-agent|host|connection)$/i;

/** What authorises the reads of a subject, and whatever else it was given that nobody is to see. */
export function hideCredentials({ headers, secrets = [] }: RunningSubject): void {
	for (const [name, value] of Object.entries(headers)) {
		if (PLAIN.test(name)) continue;
		hide(value);
		const [scheme = '', credential = ''] = value.split(/\s+/, 2);
		hide(credential);
		if (/^basic$/i.test(scheme)) {
			const [, password = ''] = /^[^:]*:(.*)$/.exec(Buffer.from(credential, 'base64').toString()) ?? [];
			hide(password);
		}
	}
	for (const secret of secrets) hide(secret);
}

/** Where users put what a command is given: its arguments, and its environment. */
export function hideGiven(args: readonly string[], env: NodeJS.ProcessEnv): void {
	for (const text of [...args, env.BYSTANDER_DATABASE ?? '', env.DATABASE_URL ?? ''])
		hideUrl(text.replace(/^--[\w-]+=/, ''));
	hide(env.PGPASSWORD ?? '');
	hide(env.BYSTANDER_API_KEY ?? '');
}
