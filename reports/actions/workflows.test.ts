/** The workflows and the action, as far as they can be looked at without GitHub. */
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// Of testcontainers and of Vite: what reads these files here is what reads them there, as far as they are YAML.
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

interface Step {
	readonly uses?: string;
	readonly run?: string;
	readonly env?: Readonly<Record<string, unknown>>;
	readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
	readonly uses?: string;
	readonly permissions?: Readonly<Record<string, string>>;
	readonly steps?: readonly Step[];
	readonly with?: Readonly<Record<string, unknown>>;
	readonly needs?: string;
}
interface Described {
	readonly on?: Readonly<Record<string, { readonly inputs?: Readonly<Record<string, object>> } | null>>;
	readonly permissions?: Readonly<Record<string, string>>;
	readonly jobs?: Readonly<Record<string, Job>>;
	readonly inputs?: Readonly<Record<string, object>>;
	readonly runs?: { readonly steps: readonly Step[] };
}

const files = globSync('.github/{workflows,actions/*}/*.yml', { cwd: ROOT });
const read = (file: string): Described => parse(readFileSync(join(ROOT, file), 'utf8'));
const stepsOf = ({ jobs = {}, runs }: Described): readonly Step[] => [
	...Object.values(jobs).flatMap(({ steps = [] }) => steps),
	...(runs?.steps ?? []),
];
const cli = readFileSync(join(ROOT, 'bin/bystander.ts'), 'utf8');

test('there are workflows and an action', () => {
	expect(files.sort()).toEqual([
		'.github/actions/certify/action.yml',
		'.github/workflows/bystander.yml',
		'.github/workflows/certify.yml',
	]);
});

describe.each(files)('%s', (file) => {
	const described = read(file);
	const steps = stepsOf(described);
	const runs = steps.flatMap(({ run }) => run ?? []);

	test('takes actions by a major version, or from here', () => {
		const used = [...Object.values(described.jobs ?? {}), ...steps].flatMap(({ uses }) => uses ?? []);
		for (const uses of used) {
			if (uses.startsWith('./')) expect(globSync(`${uses}{,/action.yml}`, { cwd: ROOT })).not.toEqual([]);
			else expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/);
		}
		// Whose repository `./` is, another one's caller decides: what is called from elsewhere has no such step.
		if (described.on && 'workflow_call' in described.on)
			expect(steps.filter(({ uses }) => uses?.startsWith('./'))).toEqual([]);
	});
	test('has steps that a shell can read, and into which nothing is pasted', () => {
		for (const run of runs) {
			expect(spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' }).stderr, run).toBe('');
			// Whoever names a branch or an option would write the script.
			expect(run).not.toContain('${{');
		}
	});
	test('gives bystander commands and options that it has', () => {
		const options = new Set([...cli.matchAll(/'(--[a-z-]+)/g)].map(([, option]) => option));
		for (const [, command = '', rest = ''] of runs.flatMap((run) => [
			...run.matchAll(/\$COMMAND (\w+)(.*)/g),
		])) {
			expect(cli).toMatch(new RegExp(`\\.command\\('${command}[ ']`));
			for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(options).toContain(option);
		}
		for (const [option] of runs.join('\n').matchAll(/(?<=more\+=\()--[a-z-]+/g))
			expect(options).toContain(option);
	});
	test('asks for no right that it does not use', () => {
		for (const [name, { permissions = described.permissions, steps: own = [] }] of Object.entries(
			described.jobs ?? {},
		)) {
			expect(permissions, name).toBeDefined();
			const writes = Object.entries(permissions ?? {}).filter(([, right]) => right === 'write');
			const usedBy = JSON.stringify(own);
			// What may write runs nothing of a pull request.
			if (own.length > 0 && writes.length > 0) expect(usedBy).not.toMatch(/checkout|npm|COMMAND/);
		}
	});
});

test('no workflow runs what a fork brings with the rights of the repository', () => {
	for (const file of files) {
		expect(Object.keys(read(file).on ?? {})).not.toContain('pull_request_target');
		expect(Object.keys(read(file).on ?? {})).not.toContain('workflow_run');
	}
});

test('the caller gives inputs that there are, and the rights that are needed', () => {
	const { jobs = {}, on } = read('.github/workflows/bystander.yml');
	const caller = read('.github/workflows/certify.yml').jobs?.bystander;
	expect(Object.keys(on?.workflow_call?.inputs ?? {})).toEqual(
		expect.arrayContaining(Object.keys(caller?.with ?? {})),
	);
	for (const { permissions = {} } of Object.values(jobs))
		expect(caller?.permissions).toMatchObject(permissions);
});

describe('the step that comments', () => {
	let dir: string;
	beforeAll(() => {
		dir = mkdtempSync(join(tmpdir(), 'bystander-comment-'));
	});
	afterAll(() => rmSync(dir, { recursive: true }));
	const script = (read('.github/workflows/bystander.yml').jobs?.comment?.steps ?? []).flatMap(
		({ run }) => run ?? [],
	)[0] as string;

	/** A `gh` that notes what it is asked, and has such comments. */
	function comment(id: string): string {
		writeFileSync(
			join(dir, 'gh'),
			`#!/bin/sh\nprintf '%s\\n' "$*" >> asked\ncase "$*" in *paginate*) printf '${id}';; esac\n`,
			{ mode: 0o755 },
		);
		execFileSync('mkdir', ['-p', join(dir, 'archive')]);
		writeFileSync(join(dir, 'asked'), '');
		writeFileSync(join(dir, 'archive/summary.md'), '# verdict $(touch pwned) `touch pwned`\n');
		writeFileSync(join(dir, 'archive/changes.md'), '## changes\n');
		const env = {
			PATH: `${dir}:${process.env.PATH}`,
			GITHUB_REPOSITORY: 'o/r',
			NUMBER: '7',
			RUN: 'https://x/1',
		};
		execFileSync('bash', ['-e', '-c', script], { cwd: dir, env });
		return readFileSync(join(dir, 'asked'), 'utf8');
	}
	test('makes one, and then keeps that one up to date', () => {
		expect(comment('')).toContain('api --method POST repos/o/r/issues/7/comments --field body=@comment.md');
		expect(comment('41\\n42\\n')).toContain('api --method PATCH repos/o/r/issues/comments/41 --field body=@');
	});
	test('says what changed, then the verdict, and runs nothing of it', () => {
		comment('');
		expect(readFileSync(join(dir, 'comment.md'), 'utf8')).toBe(
			'<!-- bystander -->\n## changes\n\n# verdict $(touch pwned) `touch pwned`\n\n[The archive of this run](https://x/1#artifacts)\n',
		);
		expect(globSync('pwned', { cwd: dir })).toEqual([]);
	});
});
