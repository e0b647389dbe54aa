/** Imports run one way, so that a stranger can read any folder without the ones that use it. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = import.meta.dirname;
// What other tests write meanwhile, to be run as a user's own, is no source.
const sources = globSync('{bin,suites,probes,fixtures,reports}/**/*.{ts,tsx}', {
	cwd: root,
	exclude: ['reports/out*/**'],
});

/** Every relative import of a file, as a path from the root. */
function imports(file: string): readonly { readonly target: string; readonly typeOnly: boolean }[] {
	const text = readFileSync(join(root, file), 'utf8');
	const found = text.matchAll(
		/^\s*(?:import|export)\s(type\s)?(?:[^'";]*?from\s)?'(\.[^']+)'|import\('(\.[^']+)'\)/gm,
	);
	return [...found].map(([, type, path, dynamic]) => ({
		target: normalize(join(dirname(file), path ?? dynamic ?? ''))
			.split(sep)
			.join('/'),
		typeOnly: type !== undefined,
	}));
}

const isTest = (file: string) =>
	file.endsWith('.test.ts') ||
	/(scratch|testkit|testcases|testsubject|harness|examples|contract|testing\/)/.test(file);

/** What a folder may import besides itself; a pattern ending in `(types)` allows types alone. */
const RULES: readonly {
	readonly from: RegExp;
	readonly may: readonly RegExp[];
	readonly types?: readonly RegExp[];
}[] = [
	{ from: /^fixtures\/subjects\/reference\//, may: [/^fixtures\/subjects\/reference\//] },
	{ from: /^fixtures\//, may: [/^fixtures\//] },
	{
		from: /^probes\//,
		may: [
			/^probes\//,
			/^fixtures\/usage-error\.ts$/,
			/^fixtures\/subjects\/(port|load)\.ts$/,
			/^fixtures\/databases\/(port|sessions)\.ts$/,
		],
		types: [/^reports\/record\.ts$/, /^fixtures\//],
	},
	{
		from: /^reports\//,
		may: [
			/^reports\//,
			/^suites\/matrix\.ts$/,
			/^probes\/invariants\//,
			/^probes\/observe\/observation\.ts$/,
			/^fixtures\/usage-error\.ts$/,
		],
	},
	{ from: /^suites\/matrix\.ts$/, may: [], types: [/^(fixtures|probes)\//] },
	{ from: /^suites\//, may: [/^(suites|fixtures|probes|reports)\//] },
	{ from: /^bin\//, may: [/^(bin|suites|fixtures|probes|reports)\//] },
];

test('there are sources to look at', () => {
	expect(sources.length).toBeGreaterThan(50);
	expect(sources.flatMap(imports).length).toBeGreaterThan(200);
});

test.for(sources.filter((file) => !isTest(file)))('%s imports in one direction', (file) => {
	const rule = RULES.find(({ from }) => from.test(file));
	const wrong = imports(file).filter(
		({ target, typeOnly }) =>
			!rule?.may.some((allowed) => allowed.test(target)) &&
			!(typeOnly && rule?.types?.some((allowed) => allowed.test(target))),
	);
	expect(wrong.map(({ target }) => `${file} must not import ${target}`)).toEqual([]);
});
