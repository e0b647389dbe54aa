/** Subjects that declare no more than they must (spec §9), or that depart from the data law, on real runs of the command. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CertificateDetails } from '../reports/certificate.ts';
import type { PhaseRecord } from '../reports/record.ts';
import { certificate, evidence } from '../reports/schemas.ts';
import type { InjectionId } from './matrix.ts';
import { bystander } from './testing/command.ts';

const DEADLINE_MS = 180_000;
const LACKS = 'the subject declares no metrics endpoint';

let out: string;
beforeAll(async () => {
	out = await mkdtemp(join(tmpdir(), 'bystander-not-applicable-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

async function certify(only: readonly InjectionId[], subject = 'bare') {
	const given = ['--subject', `fixtures/subjects/variants/${subject}.ts`, '--only', only.join(',')];
	const ended = await bystander('certify', ...given, '--database', 'embedded', '--out', out);
	const stands = certificate.parse(JSON.parse(await readFile(join(out, 'certificate.json'), 'utf8')));
	return { ...ended, stands, details: stands.details as unknown as CertificateDetails };
}

test('what applies is held, and what does not is named and was never struck', {
	timeout: DEADLINE_MS,
}, async () => {
	const { code, said, stands, details } = await certify(['R1', 'P3']);
	expect(code, said).toBe(0);
	expect(said).toContain(`○ not applicable: R1: ${LACKS}`);
	expect(said).toMatch(/R1 read timeout +○ {2}○ {2}○ {2}○ {2}○\n/);
	expect(stands).toMatchObject({
		failure_matrix: 'PARTIAL minus R1',
		executed_injections: ['P3'],
		certification_ready: false,
	});
	expect(details.not_applicable).toContainEqual({ injection_id: 'R1', cell: 'I5', reason: LACKS });
	expect(await readdir(join(out, 'evidence'))).toEqual(['P3.json']);
	const seen = evidence.parse(JSON.parse(await readFile(join(out, 'evidence/P3.json'), 'utf8')));
	expect(seen).toMatchObject({ invariants_passed: true, probes_passed: 14, probes_failed: 0 });
	expect(seen.probes_run).toHaveLength(14);
	const [phase] = (seen.details as unknown as { readonly phases: readonly PhaseRecord[] }).phases;
	expect(phase?.subject.undeclared).toContainEqual(expect.stringMatching(/^no audit export: /));
	const outside = phase?.probes
		.flatMap(({ results }) => results)
		.filter(({ verdict }) => verdict !== 'passed');
	expect(outside).toEqual(
		Array(2).fill(expect.objectContaining({ name: 'graceful-degradation', verdict: 'not applicable' })),
	);
});

test('where nothing applies, nothing is held', { timeout: DEADLINE_MS }, async () => {
	const { code, said, stands } = await certify(['R1']);
	expect(code, said).toBe(2);
	expect(said).toContain(`because nothing that was asked for applies to this subject: R1 (${LACKS})`);
	expect(stands).toMatchObject({ total_injections: 0, all_invariants_held: false });
	expect(existsSync(join(out, 'evidence/P3.json')), 'of the former run').toBe(false);
});

test('where the data law is not kept, cells are judged, and nothing is certified', {
	timeout: DEADLINE_MS,
}, async () => {
	const { code, said, stands, details } = await certify(['P3'], 'lawless');
	expect(code, said).toBe(2);
	expect(said).toMatch(
		/NOT CERTIFIED: 4 cells of 1 injection held, but the data law is not kept: check-constraint \(its rows do not say/,
	);
	expect(stands).toMatchObject({ violations: [], all_invariants_held: true, certification_ready: false });
	expect(Object.keys(details.departures ?? {})).toEqual([
		'check-constraint',
		'non-authoritative',
		'ttl-enforcement',
	]);
	const seen = evidence.parse(JSON.parse(await readFile(join(out, 'evidence/P3.json'), 'utf8')));
	expect(seen).toMatchObject({ probes_passed: 12, probes_failed: 3 });
	expect(seen.probes_run).toHaveLength(15);
});
