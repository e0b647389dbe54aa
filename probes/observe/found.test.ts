import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Server } from '../../fixtures/databases/port.ts';
import { launch, type Scratch, scratch } from '../../fixtures/failures/scratch.ts';
import type { Subject } from '../../fixtures/subjects/port.ts';
import { but, control as example } from '../invariants/testing/example.ts';
import { type Recorded, withFound } from './found.ts';
import type { Execution, Observation } from './observation.ts';
import { openTruth } from './truth.ts';

const key = '(select r.key from trial_runs r where r.id = t.run_id)';
const TRUTH: Subject['truth'] = [
	{ name: 'trial_runs', holds: 'runs', key: ['id'], scenario: 't.key', volatile: ['id'] },
	{ name: 'steps', holds: 'traces', key: ['run_id', 'step'], scenario: key, volatile: ['run_id'] },
	{
		name: 'rulings',
		holds: 'decisions',
		key: ['run_id', 'step'],
		scenario: key,
		volatile: ['run_id'],
		facts: ['ruling'],
	},
	{
		name: 'trouble',
		holds: 'incidents',
		key: ['id'],
		scenario: key,
		volatile: ['id', 'run_id'],
		facts: ['kind', 'severity'],
	},
	{ name: 'memory', holds: 'memory', key: ['name'], scenario: key, volatile: ['run_id'] },
	{ name: 'settings', holds: 'other', key: ['name'], volatile: [] },
];
const INTERRUPTED = { column: 'status', status: 'interrupted', incident: 'run_interrupted' };
const SUBJECT = { truth: TRUTH, capabilities: { interrupted: INTERRUPTED } };

const DDL = `
	create table trial_runs (id int primary key, key text, status text);
	create table steps (run_id int, step int, said text, primary key (run_id, step));
	create table rulings (run_id int, step int, ruling text, primary key (run_id, step));
	create table trouble (id int generated always as identity, run_id int, kind text, severity text);
	create table memory (name text primary key, value text, run_id int);
	create table settings (name text primary key)`;

/** Twelve steps, so that their order as text is not their order. */
const steps = (from: number, to: number, said = 'same'): string =>
	`insert into steps select 1, n, '${said}' || n from generate_series(${from}, ${to}) n;`;
const run = (status: string): string => `insert into trial_runs values (1, 'k', '${status}');`;
const incident = (kind: string): string =>
	`insert into trouble (run_id, kind, severity) values (1, '${kind}', 'high');`;
const ruling = (step: number, said = 'allow'): string =>
	`insert into rulings values (1, ${step}, '${said}');`;
const memory = (value = 'v'): string => `insert into memory values ('m', '${value}', 1);`;

const FINISHED = run('done') + steps(0, 11) + ruling(3) + ruling(10) + memory() + incident('budget');
const CUT = run('interrupted') + incident('run_interrupted');

let server: Server;
let plane: Scratch;
let finished: Recorded;
beforeAll(async () => {
	server = await launch();
	plane = await scratch(server);
	await (await plane.connect('owner')).query(DDL);
	finished = await after(FINISHED, { status: 201 });
}, 60_000);
afterAll(async () => {
	await plane?.drop();
	await server?.stop();
});

const cut = { status: 503, cut: 'crash' } as const;

/** What is read back when the subject has left these rows, and answered so. */
async function after(sql: string, answer: Partial<Execution> = cut): Promise<Recorded> {
	const owner = await plane.connect('owner');
	await owner.query(`truncate trial_runs, steps, rulings, trouble, memory; ${sql}`);
	const truth = await openTruth(plane.adminUrl, { truth: TRUTH, telemetry: [] });
	const { tables, facts } = await truth.read();
	await truth.close();
	const execution: Execution = { key: 'k', scenario: 'success', stage: 'load', status: 0, ms: 1, ...answer };
	const observation: Observation = but(example, { executions: [execution], truth: tables, facts });
	return { observation, text: (digest) => truth.texts.get(digest) };
}

const found = async (sql: string, subject: Pick<Subject, 'truth' | 'capabilities'> = SUBJECT) =>
	withFound(subject, await after(sql), finished).executions[0]?.found;

describe('a run that was cut off is found', () => {
	test.for([
		['absent', 'of which there is no row', ''],
		['finished', 'as the control has it', FINISHED],
		['interrupted', 'with nothing but its end', CUT],
		['interrupted', 'with its first steps', CUT + steps(0, 2)],
		[
			'interrupted',
			'with decisions and memory of its steps',
			CUT + steps(0, 10) + ruling(3) + ruling(10) + memory(),
		],
		['interrupted', 'with a step whose decision was not reached', CUT + steps(0, 3)],
		['half-written', 'neither finished nor interrupted', run('running') + steps(0, 2)],
		[
			'half-written',
			'done, with steps missing',
			run('done') + steps(0, 9) + ruling(3) + memory() + incident('budget'),
		],
		['half-written', 'interrupted without its incident', run('interrupted') + steps(0, 2)],
		['half-written', 'interrupted with two incidents', CUT + incident('run_interrupted')],
		['half-written', 'interrupted with another incident besides', CUT + incident('budget')],
		['half-written', 'interrupted with another incident instead', run('interrupted') + incident('run_lost')],
		['half-written', 'still running, with the incident', run('running') + incident('run_interrupted')],
		['half-written', 'with a step missing in between', CUT + steps(0, 2) + steps(4, 5)],
		['half-written', 'with steps in the order of text alone', CUT + steps(0, 1) + steps(10, 11)],
		['half-written', 'with a step of other content', CUT + steps(0, 2, 'other')],
		['half-written', 'with a step too many', CUT + steps(0, 12)],
		['half-written', 'with a decision of no step', CUT + steps(0, 2) + ruling(3)],
		['half-written', 'with another decision', CUT + steps(0, 4) + ruling(3, 'deny')],
		['half-written', 'with a decision that the control does not have', CUT + steps(0, 4) + ruling(4)],
		['half-written', 'with memory before any step', CUT + memory()],
		['half-written', 'with other memory', CUT + steps(0, 11) + memory('other')],
	] as const)('%s: %s', async ([state, , sql]) => {
		expect(await found(sql)).toBe(state);
	});

	test('half-written where no interrupted state is declared, unless it is finished or absent', async () => {
		const bare = { truth: TRUTH, capabilities: {} };
		expect(await found(CUT, bare)).toBe('half-written');
		expect(await found(FINISHED, bare)).toBe('finished');
		expect(await found('', bare)).toBe('absent');
	});

	test('absent or not at all where the control did not acknowledge or lost it', async () => {
		const [interrupted, absent] = [await after(CUT), await after('')];
		for (const control of [await after(FINISHED), await after('', { status: 201 })]) {
			expect(withFound(SUBJECT, interrupted, control).executions[0]).not.toHaveProperty('found');
			expect(withFound(SUBJECT, absent, control).executions[0]?.found).toBe('absent');
		}
	});
});

test('runs that were acknowledged or not cut are left alone, and so are their incidents', async () => {
	for (const answer of [{ status: 503 }, { status: 201, cut: 'crash' }] as const) {
		const seen = await after(CUT, answer);
		expect(withFound(SUBJECT, seen, finished)).toEqual(seen.observation);
	}
});

test('the declared incident of a run that was cut off is marked, and no other', async () => {
	const seen = await after(
		`${CUT + incident('budget')}insert into trouble (kind) values ('run_interrupted')`,
	);
	expect(withFound(SUBJECT, seen, finished).facts).toEqual([
		{ holds: 'incidents', key: '', fact: 'run_interrupted' },
		{ holds: 'incidents', key: 'k', fact: 'budget · high' },
		{ holds: 'incidents', key: 'k', fact: 'run_interrupted · high', interruption: true },
	]);
});

test('rows that were not kept are an error, not a finding', async () => {
	const { observation } = await after(CUT);
	expect(() => withFound(SUBJECT, { observation, text: () => undefined }, finished)).toThrow(
		'the rows of k in trial_runs were not kept',
	);
});
