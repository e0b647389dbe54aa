/** The reporter inside real Vitest runs: what it makes of them, prints, and exits with. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LACKS, MINIMAL, outside, record, records, violated } from './examples.ts';
import * as schemas from './schemas.ts';
import { config, dir, file, suite, unit, vitest } from './testing/nested.ts';

/** When the phases of the records began. */
const NOW_RAN = record('P1').startedAt;
/** Where Vitest keeps the blobs of shards. */
const BLOBS = '.vitest/blob';

const nine = (): void => {
	for (const id of MINIMAL) suite(records(id));
};

const certificate = (): schemas.Certificate =>
	schemas.certificate.parse(JSON.parse(readFileSync(join(dir, 'result/certificate.json'), 'utf8')));
const evidence = (id: string): unknown =>
	JSON.parse(readFileSync(join(dir, `result/evidence/${id}.json`), 'utf8'));
/** The evidence, and every verdict of the certificate. */
const archived = (): ReadonlyMap<string, unknown> =>
	new Map<string, unknown>([
		...MINIMAL.map((id) => [id, evidence(id)] as const),
		['certificate', { cells: certificate().details?.cells, hash: certificate().evidence_hash }],
	]);
const written = (): boolean => existsSync(join(dir, 'result'));

describe('a whole matrix', { timeout: 300_000 }, () => {
	test('certifies, and tells its caller', async () => {
		nine();
		unit();
		config("{ seed: 42, onResult: (code, made) => console.log('told', code, made?.certification_ready) }");
		const { code, text } = await vitest();
		expect(text).toContain('CERTIFIED: 48 cells of 9 injections held, the whole minimal matrix.');
		expect(text).toMatch(/W3 boot \(sticky\) …\n.*W3 boot \(sticky\) … held \d+\.\d s/s);
		expect(text).toContain('told 0 true');
		expect(certificate()).toMatchObject({ certification_ready: true, details: { seed: 42 } });
		expect(code).toBe(0);
	});
	test('certifies from merged shards as well, while a shard alone is partial', async () => {
		nine();
		for (const shard of ['1/2', '2/2']) {
			const alone = await vitest([`--shard=${shard}`]);
			expect(alone.text).toContain('HELD:');
			expect(certificate().failure_matrix).toBe('PARTIAL');
			expect((await vitest([`--shard=${shard}`, '--reporter=blob'])).code).toBe(0);
		}
		rmSync(join(dir, 'result'), { recursive: true });
		const { code, text } = await vitest(['--merge-reports']);
		expect(text).toContain('CERTIFIED');
		const merged = archived();
		// Of the shards, not of putting them together.
		expect(certificate().details).toMatchObject({ started_at: NOW_RAN, duration_ms: 2100 });
		expect(certificate().certification_ready).toBe(true);
		expect(code).toBe(0);
		expect((await vitest()).code).toBe(0);
		expect(merged.size).toBe(9 + 1);
		expect(merged).toEqual(archived());
		rmSync(join(dir, BLOBS, 'blob-2-2.json'));
		const lost = await vitest(['--merge-reports']);
		expect(lost.text).toContain('INCONCLUSIVE');
		expect(certificate().failure_matrix).toBe('MINIMAL');
		expect(lost.code).toBe(2);
	});
	test('with a record that cannot be written down does not end well', async () => {
		config("{ only: ['P1'] }");
		suite(records('P1'), 'record.timings.load = 1n');
		const { code } = await vitest();
		expect(existsSync(join(dir, 'result/certificate.json'))).toBe(false);
		expect(code).toBe(2);
	});
	test('of which a file is lost is incomplete', async () => {
		nine();
		rmSync(join(dir, 'X3.nested.ts'));
		const { code, text } = await vitest();
		expect(text).toContain('INCONCLUSIVE: nothing is certified, because X3 did not run.');
		expect(code).toBe(2);
	});
});

describe('a selection', { timeout: 60_000 }, () => {
	test('by name that held is partial and certifies nothing', async () => {
		nine();
		const { code, text } = await vitest(['-t', 'P1']);
		expect(text).toContain('HELD: 4 cells of 1 injection held; a partial run certifies nothing.');
		expect(certificate()).toMatchObject({ failure_matrix: 'PARTIAL', executed_injections: ['P1'] });
		expect(code).toBe(0);
	});
	test('by file is partial as well', async () => {
		nine();
		expect((await vitest(['P3.nested'])).code).toBe(0);
		expect(certificate()).toMatchObject({ failure_matrix: 'PARTIAL', executed_injections: ['P3'] });
	});
	test('of what does not apply says so, and fails where nothing else was asked for', async () => {
		const skipping = 'task.meta.bystander = record; if (record.notApplicable) skip(record.notApplicable)';
		config("{ only: ['R2', 'P1'] }");
		suite(outside('R2'), skipping);
		suite(records('P1'), skipping);
		const some = await vitest();
		expect(some.text).toContain(`HELD: 4 cells of 1 injection held; not applicable: R2 (${LACKS});`);
		expect(certificate()).toMatchObject({ failure_matrix: 'PARTIAL minus R2', executed_injections: ['P1'] });
		expect(some.code).toBe(0);
		config("{ only: ['R2'] }");
		rmSync(join(dir, 'P1.nested.ts'));
		const none = await vitest();
		expect(none.text).toContain('because nothing that was asked for applies to this subject: R2');
		expect(none.code).toBe(2);
	});
	test('that matches nothing says so and fails', async () => {
		suite(records('P1'));
		unit();
		const { code, text } = await vitest(['-t', 'no such test']);
		expect(text).toContain('INCONCLUSIVE: nothing is certified, because no certification test ran');
		expect(certificate().certification_ready).toBe(false);
		expect(code).toBe(2);
	});
	test('of unit tests alone is silent and writes nothing', async () => {
		suite(records('P1'));
		unit();
		for (const args of [['-t', 'adds up'], ['unit.nested']]) {
			const { code, text } = await vitest(args);
			expect(text).not.toMatch(/certifi/i);
			expect(code).toBe(0);
		}
		expect(written()).toBe(false);
	});
	test('that leaves a caller without a result is told to it', async () => {
		unit();
		config("{ onResult: (code, made) => console.log('told', code, made?.total_injections) }");
		const { code, text } = await vitest();
		expect(text).toContain('told 2 0');
		expect(code).toBe(2);
	});
});

describe('what is not held', { timeout: 60_000 }, () => {
	const only = (id: string): void => config(`{ only: ['${id}'] }`);
	test('a violation exits with 1 and gives its reason', async () => {
		only('P1');
		suite([record('P1', { phase: 'live' }, { judgements: { ...record('P1').judgements, I4: violated } })]);
		const { code, text } = await vitest();
		expect(text).toContain(`✗ P1 I4 violated: live: ${violated.reason}`);
		expect(evidence('P1')).toMatchObject({ status: 'FAIL', violated_invariant: 'I4' });
		expect(code).toBe(1);
	});
	test('a missing witness is inconclusive, though every test passed', async () => {
		only('P1');
		suite([record('P1', { phase: 'live' }, { witness: [] })]);
		const { code, text } = await vitest();
		expect(text).toContain('no witness was recorded');
		expect(evidence('P1')).toMatchObject({ invariants_passed: false });
		expect(code).toBe(2);
	});
	test('a skipped test, with and without a note', async () => {
		only('P1');
		suite(records('P1'), "skip('no docker here')");
		const { code, text } = await vitest();
		expect(text).toContain('live: the test was skipped: no docker here');
		expect(code).toBe(2);
	});
	test('a test that fails without a record gives its message', async () => {
		only('P1');
		suite(records('P1'), "throw new Error('the database did not start')");
		const { code, text } = await vitest();
		expect(text).toContain('the test failed and left no record: the database did not start');
		expect(evidence('P1')).toMatchObject({ details: { status: 'inconclusive' } });
		expect(code).toBe(2);
	});
	test('a test that fails beside a clean record does not pass', async () => {
		only('P1');
		suite(records('P1'), "task.meta.bystander = record; throw new Error('teardown failed')");
		const { code, text } = await vitest();
		expect(text).toContain('teardown failed');
		expect(code).toBe(2);
	});
	test('a file that does not load', async () => {
		only('P1');
		file('P1-replay.nested.ts', "import './not-there.ts';");
		const { code, text } = await vitest();
		expect(text).toContain('P1-replay.nested.ts: ');
		expect(text).toMatch(/INCONCLUSIVE/);
		expect(code).toBe(2);
	});
	test('an unhandled error, though every cell held', async () => {
		only('P1');
		suite(records('P1'));
		unit(
			"setTimeout(() => { throw new Error('out of nowhere') }); await new Promise((done) => setTimeout(done, 200))",
		);
		const { code, text } = await vitest();
		expect(text).toContain('because an error was not handled: out of nowhere');
		expect(code).toBe(2);
	});
	test('--bail stops short and lists what did not run', async () => {
		config("{ only: ['P1', 'W3'] }");
		suite(records('P1'), "throw new Error('no ports left')");
		suite(records('W3'));
		const { code, text } = await vitest(['--bail=1', '--sequence.shuffle=false']);
		expect(text).toContain('the run stopped short: a test failed, and --bail ends the run there');
		expect(certificate().certification_ready).toBe(false);
		expect(code).toBe(2);
	});
	test('SIGINT leaves what is known, and no former certificate', async () => {
		config("{ only: ['P1', 'W3'], heartbeatMs: 100 }");
		suite(records('P1'));
		suite(records('W3'), 'await new Promise((done) => setTimeout(done, 30_000))');
		mkdirSync(join(dir, 'result'));
		file('result/certificate.json', 'of a former run');
		let sent = false;
		let former = true;
		const { code, text } = await vitest([], (soFar, pid) => {
			if (sent || !/still running: W3/.test(soFar)) return;
			sent = true;
			former = existsSync(join(dir, 'result/certificate.json'));
			process.kill(pid, 'SIGINT');
		});
		expect(text).toContain('… still running: W3 live (');
		expect(former).toBe(false);
		expect(text).toContain('the run stopped short: the process was told to end');
		expect(certificate()).toMatchObject({ certification_ready: false });
		expect(code).toBe(2);
	});
	test('an output folder that cannot be written is a usage error', async () => {
		config("{ out: join(import.meta.dirname, 'unit.nested.ts', 'out') }");
		suite(records('W3'), "await new Promise((done) => signal.addEventListener('abort', done))");
		unit();
		const { code, text } = await vitest();
		// The run ends with the test that was under way.
		expect(text).not.toContain('W3 stop …');
		expect(text).toMatch(/The output folder ".*" cannot be written \(\w+\): choose another with --out\./);
		expect(code).toBe(3);
	});
});
