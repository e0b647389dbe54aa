/** The stop rule (spec §5), on a real run: a subject that every injection catches, certified without `--keep-going`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alive, descendants, type Process, startTime } from '../fixtures/processes.ts';
import type { InvariantId } from '../probes/invariants/verdict.ts';
import type { CertificateDetails } from '../reports/certificate.ts';
import type { PhaseRecord } from '../reports/record.ts';
import { type Certificate, certificate, evidence, failureEvidence } from '../reports/schemas.ts';
import { type InjectionId, row } from './matrix.ts';
import { slotsOf } from './slots.ts';
import { COMMAND, outsideTests, ROOT } from './testing/command.ts';

const SUBJECT = 'fixtures/saboteurs/I2-replay/replay-looks-up-telemetry.ts';
/** More than two workers can have begun when the first of them is caught. */
const ASKED = ['W1', 'W3', 'P1', 'P3'] as const satisfies readonly InjectionId[];
const DEADLINE_MS = 180_000;

let out: string;
let code: number | null;
let printed = '';
let stands: Certificate;
let details: CertificateDetails;
/** By injection, the evidence of those that ran. */
let files: ReadonlyMap<InjectionId, unknown>;
/** Phases that ran. */
let ran: readonly PhaseRecord[];
/** The violation that ended the run, as every cell that did not run tells it. */
let reasons: ReadonlySet<string>;
/** Every process that was seen below the command while it ran. */
const seen = new Map<number, Process>();

beforeAll(async () => {
	out = await mkdtemp(join(tmpdir(), 'bystander-stop-rule-'));
	const given = ['certify', '--subject', SUBJECT, '--only', ASKED.join(','), '--database', 'embedded'];
	const command = spawn(process.execPath, [COMMAND, ...given, '--out', out], {
		cwd: ROOT,
		env: outsideTests(),
	});
	const heard = (text: string): void => {
		printed += text;
		for (const one of descendants(command.pid ?? 0)) seen.set(one.pid, one);
	};
	command.stdout.setEncoding('utf8').on('data', heard);
	command.stderr.setEncoding('utf8').on('data', heard);
	[code] = (await once(command, 'close')) as [number | null];
	const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(out, path), 'utf8'));
	stands = certificate.parse(await json('certificate.json'));
	details = stands.details as unknown as CertificateDetails;
	const evidences = stands.executed_injections.map(
		async (id) => [id, await json(`evidence/${id}.json`)] as const,
	);
	files = new Map(await Promise.all(evidences));
	ran = [...files.values()]
		.flatMap(
			(file) => (file as { readonly details: { readonly phases: readonly PhaseRecord[] } }).details.phases,
		)
		.filter(({ notRun }) => notRun === undefined);
	const told = details.not_run.flatMap(({ reason }) => [
		...reason.matchAll(/\w\d (?:live|boot|stop)(?:, \w+)?: \w+ violated/g),
	]);
	reasons = new Set(told.map(([reason]) => reason));
}, DEADLINE_MS);
afterAll(() => rm(out, { recursive: true, force: true }));

const never = (): readonly InjectionId[] => ASKED.filter((id) => !files.has(id));
const violatedIn = ({ judgements }: PhaseRecord): boolean =>
	Object.values(judgements).some(({ verdict }) => verdict === 'violated');
const endOf = ({ startedAt, durationMs }: PhaseRecord): number => Date.parse(startedAt) + durationMs;

describe('at the first violation', () => {
	test('the command says that the subject is no bystander, and certifies nothing', () => {
		expect(code, printed).toBe(1);
		expect(stands.certification_ready).toBe(false);
		expect(stands.all_invariants_held).toBe(false);
		expect(stands.violations.length).toBeGreaterThan(0);
		expect(details.keep_going).toBe(false);
	});

	test('a log has nothing in it that a terminal obeys', () => {
		expect(printed).toContain('violated');
		expect(printed).not.toContain('\u001b');
	});

	test('nothing new starts', () => {
		expect(files.size, printed).toBeGreaterThan(0);
		expect(never().length, printed).toBeGreaterThan(0);
		expect([...reasons], 'one violation ended the run').toHaveLength(1);
		const [why = ''] = reasons;
		const [, id, phase, mode, cell] = /^(\w+) (\w+)(?:, (\w+))?: (\w+) violated$/.exec(why) ?? [];
		const first = ran.find((one) => one.injection === id && one.phase === phase && one.mode === mode);
		expect(first?.judgements[cell as InvariantId]?.verdict, why).toBe('violated');
		// Those that were under way, and the one that took the slot of the first while it was being judged.
		const later = ran.filter((one) => first !== undefined && endOf(one) > endOf(first));
		expect(later.length, printed).toBeLessThanOrEqual(slotsOf({}) + 1);
	});

	test('what runs is judged to its end and restored', () => {
		expect(ran.length).toBeGreaterThan(0);
		for (const { injection, phase, mode = '', restoration, probes, judgements, error } of ran) {
			const where = `${injection} ${phase} ${mode}`;
			expect(error, where).toBeUndefined();
			expect(Object.keys(judgements).sort(), where).toEqual([...row(injection).invariants]);
			expect(restoration.map(({ shown }) => shown).sort(), where).toEqual([true, true]);
			const after = probes.filter(({ when }) => when === 'after').flatMap(({ results }) => results);
			expect(
				after.map(({ verdict }) => verdict),
				where,
			).toEqual(Array.from({ length: 15 }, () => 'passed'));
		}
	});

	test('failure evidence is written for whatever was violated, and for nothing else', () => {
		expect(ran.some(violatedIn)).toBe(true);
		for (const [id, file] of files) {
			const broken = ran.some((record) => record.injection === id && violatedIn(record));
			if (!broken) expect(evidence.safeParse(file).error, id).toBeUndefined();
			else {
				const { status, violated_invariant } = failureEvidence.parse(file);
				expect(status).toBe('FAIL');
				expect(stands.violations).toContainEqual(
					expect.objectContaining({ injection_id: id, invariant: violated_invariant }),
				);
			}
		}
	});

	test('the certificate lists every cell that did not run, with the reason', () => {
		const [why] = reasons;
		for (const id of never()) {
			const listed = details.not_run.filter(({ injection_id }) => injection_id === id);
			expect(listed.map(({ cell }) => cell)).toEqual(expect.arrayContaining([...row(id).invariants]));
			for (const { reason } of listed) expect(reason).toContain(why);
		}
		// No cell of what was asked for is missing: each has a verdict, or is listed.
		for (const id of ASKED)
			expect(Object.keys(details.cells[id] ?? {})).toEqual(expect.arrayContaining([...row(id).invariants]));
		for (const { injection_id, reason } of details.not_run)
			if (!(ASKED as readonly string[]).includes(injection_id)) expect(reason).toContain('--only');
	});

	test('nothing is left running, and no data is left lying about', () => {
		const data = [...seen.values()].flatMap(({ command }) => /-D (\S+)/.exec(command)?.[1] ?? []);
		expect(data.length, 'a server was seen while it ran').toBeGreaterThan(0);
		const left = [...seen.values()].filter(({ pid, started }) => alive(pid) && startTime(pid) === started);
		expect(left.map(({ pid, command }) => `${pid} ${command}`)).toEqual([]);
		expect(data.filter((folder) => existsSync(folder))).toEqual([]);
	});
});
