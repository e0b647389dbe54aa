import { expect, test } from 'vitest';
import { UsageError } from '../fixtures/usage-error.ts';
import { certification } from './project.ts';

test('a URL, which may hold a password, is no setting of a project', () => {
	const given = () => certification({ database: 'postgres://someone:hunter2@localhost/x' });
	expect(given).toThrow(UsageError);
	expect(given).toThrow(/^certification\(\{ database \}\) was given a URL/);
	expect(given).not.toThrow(/hunter2/);
	expect(() => certification({ database: 'docker' })).not.toThrow();
});
