/**
 * What must not be told: texts that look like a secret, and those that this process knows to be one. Every text that
 * goes out passes {@link withoutSecrets}; twice is as good as once, and JSON stays JSON.
 */

const REMOVED = '[removed]';

/** A word that is found in every archive says nothing there; as a password it is told by what stands before it. */
const ORDINARY =
	/^(postgres(ql)?|password|passwd|bystander|telemetry|baseline|restored|violated|inconclusive|incidents?|decisions?|embedded|external)$/i;

/** Shorter ones would be found in words that have nothing to do with them. */
const SHORTEST = 8;

/** So much of a longer one is enough to tell it by, also where a text was cut. */
const TELLING = 12;

/** How much more of it is looked for then. */
const MORE = 64;

const known = new Set<string>();
let literals: RegExp | undefined;

/** From now on this text is in nothing that this process tells, in whatever form: plain, encoded, or quoted. */
export function hide(secret: string): void {
	if (secret.length < SHORTEST || ORDINARY.test(secret) || known.has(secret)) return;
	known.add(secret);
	literals = undefined;
}

/** As it may stand in a text. */
function formsOf(secret: string): readonly string[] {
	const quoted = JSON.stringify(secret).slice(1, -1);
	const encoded = encodeURIComponent(secret);
	return [
		secret,
		quoted,
		JSON.stringify(quoted).slice(1, -1),
		secret.replaceAll("'", "''"),
		encoded,
		encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
		encoded.replaceAll('%20', '+'),
		...[0, 1, 2].flatMap((before) => inBase64(secret, before)),
	];
}

/** What is sure to stand in the base64 of a longer text, by how many bytes (modulo 3) come before: `user:secret`, say. */
function inBase64(secret: string, before: number): readonly string[] {
	const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
	const text = bytes
		.toString('base64')
		.slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
	return text.length < SHORTEST ? [] : [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}

function knownLiterals(): RegExp {
	const forms = [...new Set([...known].flatMap(formsOf))].sort((a, b) => b.length - a.length);
	const parts = forms.flatMap((form) => [
		literally(form),
		...(form.length < TELLING + SHORTEST ? [] : [beginningOf(form)]),
	]);
	// Whole ones first: of what begins alike, the longest is taken.
	return new RegExp(parts.join('|') || '(?!)', 'g');
}

/** As much of it as is there, {@link TELLING} characters at least. */
const beginningOf = (form: string): string =>
	literally(form.slice(0, TELLING)) +
	[...form.slice(TELLING, TELLING + MORE)].reduceRight(
		(rest, character) => `(?:${literally(character)}${rest})?`,
		'',
	);

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** What names a secret that is given after it, `=` or `:` between; `tokens` and `token_count` name none. */
const NAME =
	/(?<![\w-])[\w-]*?(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization)(?!\w)/;
const BETWEEN = /(?<between>\\*["']?\s{0,20}(?:=>|[=:]|%3[AaDd])\s{0,20}|\s{1,20}(?='))/;
/** A quote that ends a JSON text, and begins no value, has more JSON after it. */
const OPENS = /(?:(?<="\s{0,20}[=:>]\s{0,20})|(?!\\*"\s{0,20}[,:}\]]))/;
/** In quotes, in the quotes of a JSON text inside a JSON text, or bare; of one whose end was cut off, its beginning. */
const VALUE = [
	/(?<quote>")(?:\\.|[^"\\])+"/,
	/(?<deep>\\+")[^"\\]+\k<deep>/,
	/(?<single>')[^'"\\]+'/,
	/["']?(?:(?:Bearer|Basic|Token|Negotiate|Digest)\s+(?!\[))?(?!(?:Bearer|Basic|Token|Negotiate|Digest)\s+\[)(?<bare>[^\s,;"'&()[\]{}<>\\]+)/,
];
const ASSIGNED = new RegExp(
	`(?<name>${NAME.source})${BETWEEN.source}${OPENS.source}(?:${VALUE.map(({ source }) => source).join('|')})`,
	'gi',
);

/** No secrets: what SQL and JSON say instead of a value, and the numbers that products count. */
const NOTHING = /^(?:null|undefined|true|false|none|\$\d+|\?|\*+)$/i;
const COUNTED = /^\d{1,12}$/;

/** A credential has a figure or another sign in it, or capitals in its midst; `authentication` has not. */
const CREDENTIAL = /(?=[\w.~+/=-]*(?:[\d_~+/=-]|\.\w|[a-z][A-Z]))[\w.~+/=-]{8,}/.source;

type Replace = string | ((match: string, ...groups: never[]) => string);

const PATTERNS: readonly (readonly [what: string, RegExp, Replace])[] = [
	[
		'a private key',
		/-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^"'<>\\-]|\\+[nr])*(?:-----END [A-Z ]*-----)?/g,
		REMOVED,
	],
	['a connection string', /\bpostgres(?:ql)?:(?:\\?\/){2}(?:[^\s"'`<>\\]|\\\/)+/gi, `postgres://${REMOVED}`],
	[
		'a password in a URL',
		/(:(?:\\?\/){2})[^\s/:@"'`<>\\]{0,200}(?::(?!\d+[/?#])[^\s@"'`<>\\]{0,500})?@/g,
		`$1${REMOVED}@`,
	],
	['a signed token', /(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{4,}(?:\.[\w-]*)?/g, REMOVED],
	[
		'a credential',
		new RegExp(`\\b([Bb]earer|BEARER|[Bb]asic|BASIC)((?:\\s|%20)+)${CREDENTIAL}`, 'g'),
		`$1$2${REMOVED}`,
	],
	[
		'a key by its prefix',
		/\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|sk-[\w-]{20,}|sk_(?:live|test)_\w{16,}|AIza[\w-]{30,}|xox[abprs]-[\w-]{10,})/g,
		REMOVED,
	],
	['what a name says to be one', ASSIGNED, assigned as Replace],
];

interface Assignment {
	readonly name: string;
	readonly between: string;
	readonly quote?: string;
	readonly deep?: string;
	readonly single?: string;
	readonly bare?: string;
}

function assigned(match: string, ...rest: readonly unknown[]): string {
	const { name, between, quote, deep, single, bare } = rest.at(-1) as Assignment;
	const around = quote ?? deep ?? single;
	if (around !== undefined) return `${name}${between}${around}${REMOVED}${around}`;
	if (bare === undefined || NOTHING.test(bare)) return match;
	const word = /pass(?:word|wd)$/i.test(name);
	if (!word && (COUNTED.test(bare) || bare.length < 6)) return match;
	// A number in JSON: what stands for it needs quotes.
	const [mark = ''] = /^\\*"/.exec(between) ?? [];
	return `${name}${between}${mark}${REMOVED}${mark}`;
}

/** Once is not enough where what is left of one place and its neighbour look like another. */
const ROUNDS = 10;

/** The text with {@link hide hidden} secrets taken out, and with what looks like one. */
export function withoutSecrets(text: string): string {
	literals ??= knownLiterals();
	return cleaned(text, [[literals, REMOVED], ...PATTERNS.map(([, ...pattern]) => pattern)]);
}

/** The text without what looks like a secret: the same in every process, whatever it knows. */
export const withoutWhatLooksLikeOne = (text: string): string =>
	cleaned(
		text,
		PATTERNS.map(([, ...pattern]) => pattern),
	);

function cleaned(text: string, patterns: readonly (readonly [RegExp, Replace])[]): string {
	if (text.length < 4) return text;
	let clean = text;
	for (let round = 0; round < ROUNDS; round += 1) {
		const before = clean;
		for (const [pattern, instead] of patterns) clean = clean.replace(pattern, instead as string);
		if (clean === before) break;
	}
	return clean;
}

/** An error that says the same without secrets: its message, its stack, what caused it, and nothing else. */
export function safeError(error: unknown): Error {
	if (!(error instanceof Error)) return new Error(withoutSecrets(String(error)));
	const { name, message, stack, cause } = error;
	const safe = new Error(withoutSecrets(message), cause === undefined ? {} : { cause: safeError(cause) });
	if (stack !== undefined) safe.stack = withoutSecrets(stack);
	return Object.assign(safe, { name });
}

/** What comes of `act`; what it throws goes on as {@link safeError}. */
export async function safely<T>(act: () => T | Promise<T>): Promise<T> {
	try {
		return await act();
	} catch (error) {
		throw safeError(error);
	}
}
