/** For the tests of the probes: what is broken, as data, and what each probe must say of it. */
import { describe, expect } from 'vitest';
import type { ProbeResult } from '../reports/record.ts';
import type { Api, ProbeName, ProbeSubject } from './probe.ts';
import { type Answer, type Kit, test } from './testkit.ts';

interface How {
	/** Statements of the owner, each a transaction. */
	readonly sql?: readonly string[];
	/** Statements of a superuser, before those. */
	readonly admin?: readonly string[];
	readonly subject?: Partial<ProbeSubject>;
	/** How the product answers in place of the lawful one. */
	readonly answer?: Answer;
	readonly api?: Partial<Api>;
}

export interface Case extends How {
	readonly title: string;
	readonly verdict: ProbeResult['verdict'];
	readonly detail: RegExp;
}

const make =
	(verdict: Case['verdict']) =>
	(title: string, detail: RegExp, how: readonly string[] | How): Case => ({
		title,
		verdict,
		detail,
		...(Array.isArray(how) ? { sql: how } : (how as How)),
	});

export const fails = make('failed');
export const unclear = make('inconclusive');
export const passes = (title: string, how: readonly string[] | How): Case => make('passed')(title, /^$/, how);

export const missing = unclear(
	'a telemetry table is missing',
	/missing telemetry relation: telemetry_event/,
	['drop table telemetry_event'],
);

export const fn = (name: string, body: string, returns = 'trigger'): string =>
	`create function ${name} returns ${returns} language plpgsql as $$ begin ${body} end $$`;

/** A trigger named `hook` that calls `f()`. */
export const trigger = (table: string, body: string): string[] => [
	fn('f()', `${body}; return new;`),
	`create trigger hook after insert on ${table} for each row execute function f()`,
];

/** A probe passes on the lawful product, and says the expected of each broken one; `lawful` is its API. */
export function suite(name: ProbeName, cases: readonly Case[], lawful?: Answer): void {
	const apiOf = async (serve: Kit['serve'], answer = lawful, api = {}): Promise<Api | undefined> =>
		answer && { ...(await serve(answer)), ...api };

	describe(`probe ${name}`, () => {
		test('passes where the law is kept, and says what it looked at', async ({ probe, serve }) => {
			const result = await probe(name, {}, await apiOf(serve));
			expect(result).toEqual({ name, verdict: 'passed', looked: expect.stringMatching(/[1-9]/), detail: '' });
		});

		test.for([...cases])('$verdict: $title', async (one, { admin, owner, probe, serve }) => {
			await admin(...(one.admin ?? []));
			await owner(...(one.sql ?? []));
			const result = await probe(name, one.subject, await apiOf(serve, one.answer, one.api));
			expect(result).toMatchObject({ name, verdict: one.verdict });
			expect(result.detail).toMatch(one.detail);
		});
	});
}
