import pg from 'pg';
import { describe, expect } from 'vitest';
import { PROBE_NAMES } from '../index.ts';
import { fails, passes, suite, unclear } from '../testcases.ts';
import { type Answer, json, type Reply, SUBJECT, test } from '../testkit.ts';

const INCIDENTS = { incidents: [{ id: 1, run: 'r2', kind: 'budget_exceeded' }] };

/** The law-abiding product: it asks for a key, and reads no telemetry for a truth read. */
const lawful: Answer = (path, authorised) => {
	if (!authorised) return json({ error: 'no key' }, 401);
	if (path === '/incidents') return json({ asked: Math.random(), ...INCIDENTS });
	if (path === '/metrics') return json({ authoritative: false, series: [] });
	return /^\/runs\/r[12]$/.test(path) ? json({ id: path, key: 'first' }) : json({ error: 'none' }, 404);
};

/** The lawful product but for one path. */
const but =
	(path: string, reply: Reply): Answer =>
	(asked, authorised) =>
		asked === path && authorised ? reply : lawful(asked, authorised);

const unreachable = (detail: RegExp) =>
	unclear('nothing answers', detail, { api: { origin: 'http://127.0.0.1:9' } });
const refused = (detail: RegExp) =>
	unclear('the key is refused', detail, { api: { headers: { authorization: '' } } });

suite(
	'o1-independence',
	[
		unreachable(/nothing answered/),
		refused(/answered 401: nothing was seen/),
		unclear('a run is not found', /answered 404/, { api: { runs: ['r7'] } }),
		unclear('no run is known', /needs the id of a run/, { api: { runs: [] } }),
		unclear('no endpoint is declared', /no O1 endpoint/, { subject: { endpoints: [] } }),
		unclear('a body has no value', /no value in it/, { answer: but('/incidents', json({ incidents: [] })) }),
		fails('the server errs', /GET incidents \/incidents answered 500/, {
			answer: but('/incidents', json({}, 500)),
		}),
		fails('a body is not JSON', /is not JSON/, {
			answer: but('/incidents', { status: 200, body: '<p>fine</p>' }),
		}),
		fails('a relation is named', /mentions the telemetry relation telemetry_event/, {
			answer: but('/incidents', json({ from: 'select * from telemetry_event;' })),
		}),
		passes('a longer name is named', {
			answer: but('/incidents', json({ incidents: ['telemetry_event2'] })),
		}),
		fails('a field is called authoritative', /a field authoritative/, {
			answer: but('/incidents', json({ incidents: [{ authoritative: true }] })),
		}),
		fails('a field is about telemetry', /a field telemetry_lag/, {
			answer: but('/incidents', json({ a: 1, telemetry_lag: {} })),
		}),
		fails('the door is open', /answers 200 without authorisation/, { answer: (path) => lawful(path, true) }),
		passes('no header is declared', { answer: (path) => lawful(path, true), api: { headers: {} } }),
	],
	lawful,
);

suite(
	'graceful-degradation',
	[
		unreachable(/nothing answered/),
		refused(/answered 401/),
		unclear('the endpoint is not found', /answered 404/, { answer: but('/metrics', json({}, 404)) }),
		unclear('no metrics are declared', /not declared/, { subject: { capabilities: {} } }),
		fails('the server errs', /answered 500/, { answer: but('/metrics', json({}, 500)) }),
		fails('the label is missing', /does not say that it is non-authoritative/, {
			answer: but('/metrics', json({ series: [] })),
		}),
		fails('it claims authority', /calls itself authoritative/, {
			answer: but('/metrics', json({ authoritative: 'yes' })),
		}),
		passes('a page says it in words', {
			answer: but('/metrics', { status: 200, body: '<p>Non-authoritative</p>' }),
		}),
		fails('the error of Postgres is shown', /shows an error of Postgres: relation/, {
			answer: but(
				'/metrics',
				json({ authoritative: false, error: 'relation "telemetry_event" does not exist' }),
			),
		}),
	],
	lawful,
);

suite(
	'o1-survives-telemetry-outage',
	[
		unreachable(/before the outage/),
		refused(/before the outage: .* answered 401/),
		unclear('a telemetry table is missing', /missing telemetry relation/, ['drop table telemetry_event']),
		unclear('no endpoint is declared', /no O1 endpoint/, { subject: { endpoints: [] } }),
	],
	lawful,
);

suite(
	'telemetry-failure-no-incident',
	[
		unreachable(/nothing answered/),
		refused(/answered 401/),
		unclear('the endpoint is not found', /answered 404/, { answer: but('/incidents', json({}, 404)) }),
		unclear('there are 0 incidents', /nothing to look at/, {
			sql: ['truncate incidents'],
			answer: but('/incidents', json([])),
		}),
		unclear('the table is missing', /missing truth relation: incidents/, ['drop table incidents']),
		unclear('no incidents are declared', /no table of incidents/, {
			subject: { truth: SUBJECT.truth.slice(0, 2) },
		}),
		fails('an incident is about telemetry', /an incident is about telemetry: .*Telemetry write failed/, [
			`update incidents set kind = 'Telemetry write failed'`,
		]),
		fails('an incident names a telemetry relation', /about telemetry/, [
			`update incidents set kind = 'no telemetry_cleanup_log'`,
		]),
		fails('an incident quotes Postgres', /about telemetry/, [
			`update incidents set kind = 'permission denied for table x'`,
		]),
		fails('the API invents one', /shows 2 incidents, truth has 1/, {
			answer: but('/incidents', json([1, 2])),
		}),
		unclear('the API shows fewer', /shows 0 of 1/, { answer: but('/incidents', json([])) }),
		unclear('there is nothing to count', /no list of incidents/, {
			answer: but('/incidents', json({ n: 1 })),
		}),
		passes('the endpoint has another name', { subject: { endpoints: [] } }),
	],
	lawful,
);

test.for(PROBE_NAMES.slice(11))('probe %s is inconclusive without an API', async (name, { probe }) => {
	expect(await probe(name)).toMatchObject({ verdict: 'inconclusive', detail: 'no API URL was given' });
});

describe('truth reads behind the lock', () => {
	const name = 'o1-survives-telemetry-outage';

	/** A product that reads telemetry for its incidents. */
	test('failed: a truth read waits for telemetry', async ({ owner, probe, serve }) => {
		const api = await serve(async (path) => {
			if (path === '/incidents') await owner('select from telemetry_event limit 1');
			return lawful(path, true);
		});
		const result = await probe(name, {}, api);
		expect(result, result.detail).toMatchObject({ verdict: 'failed' });
		expect(result.detail).toMatch(
			/GET incidents \/incidents did not answer within 1000 ms, backend \d+ \(subject_owner\) waits for telemetry_event: select from telemetry_event/,
		);
	});

	/** Empty where the lock is refused: the answer is quick, and wrong. */
	test('failed: a truth read degrades with telemetry', async ({ owner, probe, serve }) => {
		const api = await serve(async (path) => {
			const unseen = await owner(`set lock_timeout = '50ms'`, 'select from telemetry_event').catch(
				() => true,
			);
			return path === '/incidents' && unseen ? json({ incidents: ['?'] }) : lawful(path, true);
		});
		const result = await probe(name, {}, api);
		expect(result).toMatchObject({ verdict: 'failed', detail: 'GET incidents /incidents had another body' });
	});

	test('inconclusive: bodies change by themselves', async ({ probe, serve }) => {
		let count = 0;
		const api = await serve(async (path) => (path === '/incidents' ? json([count++]) : lawful(path, true)));
		expect(await probe(name, {}, api)).toMatchObject({
			verdict: 'inconclusive',
			detail: 'GET incidents /incidents changes by itself',
		});
	});

	test('inconclusive: the product is slow, and nobody waits for telemetry', async ({ probe, serve }) => {
		let asked = 0;
		const api = await serve(async (path) => {
			if (path === '/incidents' && asked++ > 0) await new Promise((resolve) => setTimeout(resolve, 1200));
			return lawful(path, true);
		});
		expect(await probe(name, {}, api)).toMatchObject({
			verdict: 'inconclusive',
			detail: 'GET incidents /incidents did not answer within 1000 ms',
		});
	});

	test('inconclusive: what is declared as telemetry is truth', async ({ probe, serve }) => {
		const api = await serve(async (path) => lawful(path, true));
		const subject = { telemetry: [...SUBJECT.telemetry, { name: 'runs', key: ['id'] }] };
		expect(await probe(name, subject, api)).toMatchObject({
			verdict: 'inconclusive',
			detail: `runs is not a table of telemetry's own: it is not locked`,
		});
	});

	test('inconclusive: somebody else holds telemetry', async ({ database, probe, serve }) => {
		const other = new pg.Client(database.adminUrl);
		await other.connect();
		await other.query('begin; lock table telemetry_event in row exclusive mode');
		const api = await serve(async (path) => lawful(path, true));
		const result = await probe(name, {}, api);
		await other.end();
		expect(result).toMatchObject({ verdict: 'inconclusive', detail: expect.stringMatching(/lock timeout/) });
	});

	test('the lock is gone when the probes are done', async ({ database, probe, serve }) => {
		const api = await serve(async (path) => lawful(path, true));
		await probe(name, {}, api);
		const client = new pg.Client(database.adminUrl);
		await client.connect();
		const { rows } = await client.query(`select from pg_locks where relation = 'telemetry_event'::regclass`);
		await client.end();
		expect(rows).toEqual([]);
	});
});

test('an incident committed since the snapshot is no invention of the API', async ({
	owner,
	probe,
	serve,
}) => {
	const api = await serve(async (path, authorised) => {
		if (path !== '/incidents') return lawful(path, authorised);
		await owner(`insert into incidents values (2, 'r1', 'late', 'open') on conflict do nothing`);
		return json([1, 2]);
	});
	expect(await probe('telemetry-failure-no-incident', {}, api)).toMatchObject({
		verdict: 'passed',
		looked: '1 incident, 2 shown by the API',
	});
});
