/** The options of a command, as its schema wants them. */
import type { z } from 'zod';
import { UsageError } from '../fixtures/usage-error.ts';

/** Throws a UsageError that names the option as it is written on the command line. */
export function optionsFrom<Schema extends z.ZodType>(
	schema: Schema,
	given: Record<string, unknown>,
): z.infer<Schema> {
	const parsed = schema.safeParse(given);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const name = String(issue?.path[0]);
	const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
	throw new UsageError(`--${option} ${String(given[name])} cannot be used: ${issue?.message}`);
}
