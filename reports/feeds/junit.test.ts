import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { records } from '../examples.ts';
import { config, dir, suite, unit, vitest } from '../testing/nested.ts';
import { scrubJunit } from './junit.ts';

test('junit.xml has the cells that a phase is judged by in its name, and no secret', async () => {
	suite(records('P1'), "throw new Error('to postgres://app:hunter2@db/x')");
	unit();
	config('{}', {
		imports: "import { junit } from '../../feeds/junit.ts';",
		others: ", junit('result')",
	});
	await vitest();
	const path = join(dir, 'result/junit.xml');
	expect(readFileSync(path, 'utf8')).toContain(
		'<testcase classname="P1 telemetry present" name="P1 live: P1 I1, P1 I2, P1 I3, P1 I4"',
	);
	expect(readFileSync(path, 'utf8')).toContain('<testcase classname="unit.nested.ts" name="adds up"');
	expect(readFileSync(path, 'utf8')).toContain('hunter2');
	scrubJunit(join(dir, 'result'));
	expect(readFileSync(path, 'utf8')).not.toContain('hunter2');
});
