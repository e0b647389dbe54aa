import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../fixtures/usage-error.ts';
import { canonical, scrub, scrubText, sha256 } from './canonical.ts';
import { certify, evidenceHash } from './certificate.ts';
import { LACKS, MINIMAL, outside, records, run, violated } from './examples.ts';
import { DERIVED } from './paths.ts';
import type { PhaseRecord } from './record.ts';
import * as schemas from './schemas.ts';
import { summary } from './summary.ts';
import { closing } from './terminal/closing.ts';
import { prepareOutput, writeArchive } from './write.ts';

let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'bystander-reports-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const read = (path: string): string => readFileSync(join(dir, path), 'utf8');
const json = (path: string): unknown => JSON.parse(read(path));
const ALL = MINIMAL.flatMap(records);
const SPOILT = ALL.map((each) =>
	each.injection === 'R2' ? { ...each, judgements: { ...each.judgements, I5: violated } } : each,
);

describe('the archive', () => {
	test('is checked by sha256sum, and every file follows its schema', () => {
		const certificate = writeArchive(dir, run(SPOILT));
		const checked = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: dir, encoding: 'utf8' });
		expect(checked.trim().split('\n')).toHaveLength(
			9 + 1 + Object.keys(schemas.jsonSchemas()).length + DERIVED.length,
		);
		expect(schemas.certificate.parse(json('certificate.json'))).toEqual(
			JSON.parse(JSON.stringify(certificate)),
		);
		for (const id of MINIMAL) {
			const file = json(`evidence/${id}.json`);
			expect((id === 'R2' ? schemas.failureEvidence : schemas.evidence).parse(file)).toBeTruthy();
		}
	});
	test('is canonical JSON, byte for byte', () => {
		writeArchive(dir, run(SPOILT));
		for (const path of [
			'certificate.json',
			...readdirSync(join(dir, 'evidence')).map((name) => `evidence/${name}`),
		]) {
			expect(read(path)).toBe(canonical(json(path)));
		}
	});
	test('hashes its evidence files, and them alone', () => {
		const certificate = writeArchive(dir, run(ALL));
		const files = readdirSync(join(dir, 'evidence')).map((name) => `evidence/${name}`);
		expect(certificate.evidence_hash).toBe(
			evidenceHash(files.map((path) => ({ path, sha256: sha256(read(path)) }))),
		);
	});
	test('keeps nothing of a former run and everything of the user', () => {
		writeArchive(dir, run(ALL));
		writeFileSync(join(dir, 'evidence', 'mine.json'), '{}');
		writeFileSync(join(dir, 'notes.txt'), 'mine');
		writeArchive(dir, run(ALL.filter((each) => each.injection !== 'A1')));
		expect(existsSync(join(dir, 'evidence/A1.json'))).toBe(false);
		expect(existsSync(join(dir, 'evidence/mine.json'))).toBe(true);
		expect(existsSync(join(dir, 'notes.txt'))).toBe(true);
		execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: dir });
	});
	test('a folder that cannot be written is a usage error in one sentence, before the run', () => {
		writeFileSync(join(dir, 'file'), '');
		expect(() => prepareOutput(join(dir, 'file', 'out'))).toThrow(UsageError);
		expect(() => prepareOutput(join(dir, 'file', 'out'))).toThrow(
			/^The output folder ".*" cannot be written \(\w+\): choose another with --out\.$/,
		);
		mkdirSync(join(dir, 'fine'));
		prepareOutput(join(dir, 'fine'));
		expect(readdirSync(join(dir, 'fine', 'evidence'))).toEqual([]);
	});
	test('the schemas are written for readers in any language', () => {
		writeArchive(dir, run(ALL));
		expect(readdirSync(join(dir, 'schemas'))).toEqual([
			'attestation.schema.json',
			'certificate.schema.json',
			'control.schema.json',
			'evidence.schema.json',
			'failure-evidence.schema.json',
			'lock.schema.json',
			'statement.schema.json',
		]);
		expect(json('schemas/evidence.schema.json')).toMatchObject({
			additionalProperties: false,
			required: expect.arrayContaining(['injection_id', 'incidents_changed']),
		});
	});
});

describe('canonical bytes', () => {
	test('follow RFC 8785: sorted keys, no spaces, shortest numbers', () => {
		expect(canonical({ b: [1e21, 1.5, -0, '\u20ac\n'], a: { '\u00f6': null, z: true } })).toBe(
			'{"a":{"z":true,"ö":null},"b":[1e+21,1.5,0,"€\\n"]}',
		);
	});
	test('say what JSON can say of the rest', () => {
		expect(canonical({ a: Number.NaN, b: undefined, c: '\ud800' })).toBe('{"a":null,"c":"\ufffd"}');
	});
});

describe('secrets', () => {
	test('are taken out of every string', () => {
		const told = scrub({
			error: 'connect postgres://app:s3cret@127.0.0.1:5432/db failed',
			sql: ["ALTER ROLE app PASSWORD 's3cret'", 'PGPASSWORD=s3cret psql', '{"password":"s3cret"}'],
		});
		expect(JSON.stringify(told)).not.toContain('s3cret');
		expect(told.error).toBe('connect postgres://[removed] failed');
	});
	test('ordinary sentences stay as they are, the working folder does not', () => {
		expect(scrubText('password authentication failed')).toBe('password authentication failed');
		expect(scrubText('in /home/me/repo/x.ts', '/home/me/repo')).toBe('in ./x.ts');
	});
});

describe('for people', () => {
	const { certificate, results } = (() => {
		const folder = mkdtempSync(join(tmpdir(), 'bystander-reports-'));
		const all = run(SPOILT.filter((each) => each.injection !== 'A1'));
		const made = { certificate: writeArchive(folder, all), results: all.results };
		rmSync(folder, { recursive: true });
		return made;
	})();
	test('the summary has verdict, checklist and matrix', () => {
		const text = summary(certificate, results);
		expect(text).toContain('**VIOLATED: R2 breaks I5; telemetry is not a bystander here.**');
		expect(text).toContain('| R2 | table missing | ✓ | ✓ | ✗ | ✓ |');
		expect(text).toContain('| A1 | metrics API 500 | – | – | – | – |');
		expect(text).toContain('| R2 table missing | ✓ | ✓ | ✓ | ✓ | ✗ |   |');
		expect(text).toContain('- A1: none of its tests ran');
	});
	test('what does not apply has its sign, its reason, and no evidence of its own', () => {
		const folder = mkdtempSync(join(tmpdir(), 'bystander-reports-'));
		const [first, ...others] = MINIMAL.flatMap((id) => (id === 'A1' ? outside(id) : records(id)));
		const undeclared = ['no audit export: none was compared while telemetry was gone'];
		const all = run([{ ...first, subject: { ...first?.subject, undeclared } } as PhaseRecord, ...others]);
		const certificate = writeArchive(folder, all);
		const files = readdirSync(join(folder, 'evidence'));
		rmSync(folder, { recursive: true });
		expect(files).toHaveLength(8);
		expect(files).not.toContain('A1.json');
		const text = summary(certificate, all.results);
		expect(text).toContain('| A1 | metrics API 500 | ○ | ○ | ○ | ○ |');
		expect(text).toContain('| A1 metrics API 500 | ○ | ○ | ○ | ○ | ○ |   |');
		expect(text).toContain(`## Not applicable\n\n- A1: ${LACKS}`);
		expect(text).toContain(`## Not declared by the subject\n\n- ${undeclared[0]}`);
		expect(text).toContain('| matrix | MINIMAL minus A1 |');
		const lines = closing(certificate, all.results, { Files: 'out' }).join('\n');
		expect(lines).toContain(`○ not applicable: A1: ${LACKS}`);
		expect(lines).toContain(`the subject declares ${undeclared[0]}`);
		expect(lines).toContain(`CERTIFIED: 43 cells of 8 injections held: MINIMAL minus A1 (${LACKS}).`);
	});
	test('of a long reason they say the first sentences, and where the rest is', () => {
		const reason = Array.from({ length: 9 }, (_, at) => `sentence ${at}`).join('.\n');
		const all = MINIMAL.flatMap(records).map((one) =>
			one.injection === 'R2'
				? { ...one, judgements: { ...one.judgements, I5: { ...violated, reason } } }
				: one,
		);
		const long = run(all);
		const made = certify(long, []);
		const where = 'live, boot (sticky), boot (healable), stop';
		expect(summary(made, long.results)).toContain(
			`- **R2 I5** (table missing): ${where}: sentence 0\n  - sentence 1\n  - sentence 2\n  - sentence 3\n  - and 5 more sentences in evidence/R2.json\n`,
		);
		expect(closing(made, long.results, {}).join('\n')).toContain(
			`✗ R2 I5 violated: ${where}: sentence 0\n  · sentence 1\n  · and 7 more sentences in evidence/R2.json\n`,
		);
	});
	test('the terminal says why, and where the files are', () => {
		const lines = closing(certificate, results, { Files: 'reports/out' }).join('\n');
		expect(lines).toContain(`R2 I5 violated: live, boot (sticky), boot (healable), stop: ${violated.reason}`);
		expect(lines).toContain('VIOLATED: R2 breaks I5');
		expect(lines).toContain('reports/out');
	});
});
