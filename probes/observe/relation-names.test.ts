import { afterEach, beforeEach, expect, test } from 'vitest';
import { scratchForEach } from '../../fixtures/failures/scratch.ts';
import { RelationNames } from './relation-names.ts';
import { openSession, type Session } from './session.ts';

const plane = scratchForEach();
let session: Session;
beforeEach(async () => {
	session = await openSession(plane.adminUrl);
});
afterEach(() => session.end());

const oidOf = async (relation: string): Promise<string> =>
	(await session.run<{ oid: string }>('select $1::text::regclass::oid::text as oid', [relation]))[0]?.oid ??
	'';

/** Learns, and tells of how many relations it was told. */
async function learn(names: RelationNames): Promise<number> {
	let told = 0;
	await names.learn(async (text, values) => {
		const rows = await session.run<{ relations: readonly unknown[] }>(text, values);
		told = rows[0]?.relations.length ?? 0;
		return rows as never;
	});
	return told;
}

test('all are learnt at first, and then what is new, by the name of the table that they are a part of', async () => {
	const names = new RelationNames();
	expect(await learn(names)).toBeGreaterThan(2);
	expect(names.byOid.get(await oidOf('runs'))).toBe('runs');
	expect(names.byOid.get(await oidOf('runs_pkey'))).toBe('runs');
	await learn(names);
	expect(await learn(names)).toBe(0);

	await session.run('create table spans (at date) partition by range (at)');
	await session.run(
		`create table spans_2026 partition of spans for values from ('2026-01-01') to ('2027-01-01')`,
	);
	await session.run('create index spans_at on spans (at)');
	expect(await learn(names)).toBe(4);
	for (const part of ['spans', 'spans_2026', 'spans_at', 'spans_2026_at_idx']) {
		expect(names.byOid.get(await oidOf(part))).toBe('spans');
		expect(names.byName.get(part)).toBe('spans');
	}
});

test('what is replaced stays known by its OID, and what is renamed has both names', async () => {
	const names = new RelationNames();
	await learn(names);
	const before = await oidOf('telemetry_event');
	await session.run('drop table telemetry_event cascade');
	await session.run('create table telemetry_event (id int)');
	await session.run('alter table runs rename to facts');
	await learn(names);
	expect(names.byOid.get(before)).toBe('telemetry_event');
	expect(names.byOid.get(await oidOf('telemetry_event'))).toBe('telemetry_event');
	expect(names.byOid.get(await oidOf('facts'))).toBe('facts');
	expect([names.byName.get('runs'), names.byName.get('facts')]).toEqual(['runs', 'facts']);
});

test('a table that was being made while others were learnt is learnt when it is there', async () => {
	const names = new RelationNames();
	const owner = await plane.connect('admin');
	await owner.query('begin; create table slow (id int)');
	await learn(names);
	await session.run('create table quick (id int)');
	await learn(names);
	await owner.query('commit');
	await learn(names);
	expect(names.byOid.get(await oidOf('slow'))).toBe('slow');
});
