/**
 * Truth reads (O1) do not need telemetry. THIS PROBE LOCKS: it holds ACCESS EXCLUSIVE on every telemetry relation
 * while it reads, for at most a second (and asks for it for at most another), so that the product's telemetry
 * waits for as long. It changes nothing, and the lock's savepoint is rolled back at once. Behind that wall, which
 * pg_locks must show, every endpoint answers 200 with the body that it had before. An error, another body and, in
 * each of three attempts, no answer while somebody waits for the lock fail. Inconclusive: no API, no endpoint, a
 * missing relation, one that is no table of telemetry's own, no lock within a second, a first read that is not 200
 * with values in it, no answer although nobody waits, bodies that change by themselves. Spec §3 (I5), §4, §6.
 */
import { normalise } from '../observe/bodies.ts';
import { judge, type Look, oids, type Probe, plural, present, Unseen } from '../probe.ts';
import { type Answer, apiOf, readAll, scalars } from './read.ts';

const HELD_MS = 1000;
const ATTEMPTS = 3;

const HERE = '(select oid from pg_database where datname = current_database())';
const LOCKED = `select count(distinct relation)::int as locked from pg_locks where pid = pg_backend_pid() and granted
	and mode = 'AccessExclusiveLock' and database = ${HERE} and relation = any($1::oid[])`;
/** Without literals, which are nobody's business. */
const WAITING = `select format('backend %s (%s) waits for %s: %s', pid, usename, relation::regclass,
	regexp_replace(left(query, 120), '''[^'']*(''|$)', '…', 'g')) as text
	from pg_locks left join pg_stat_activity using (pid) where not granted and database = ${HERE} and relation = any($1::oid[])`;

type Reads = Awaited<ReturnType<typeof readAll>>;

async function behindWall(look: Look, read: (signal: AbortSignal) => Promise<Reads>) {
	const telemetry = present(look, 'telemetry');
	const truth = new Set(oids(look.truth));
	const strange = telemetry.find(
		({ kind, parts }) => !'rp'.includes(kind) || parts.some((part) => truth.has(part)),
	);
	if (strange)
		throw new Unseen(`${strange.declared.name} is not a table of telemetry's own: it is not locked`);
	await look.query('savepoint wall');
	try {
		await look.query(`set local lock_timeout = '${HELD_MS}ms'`);
		await look.query(`lock table ${telemetry.map(({ sql }) => sql).join()} in access exclusive mode`);
		const signal = AbortSignal.timeout(HELD_MS);
		const [wall] = await look.query<{ locked: number }>(LOCKED, [oids(telemetry)]);
		const reads = await read(signal);
		// A transaction would see the same backends for ever.
		await look.query('select pg_stat_clear_snapshot()');
		const waiters = await look.query<{ text: string }>(WAITING, [oids(telemetry)]);
		return { reads, locked: wall?.locked ?? 0, waiters: waiters.map(({ text }) => text) };
	} finally {
		await look.query('rollback to savepoint wall');
	}
}

export const o1SurvivesTelemetryOutage: Probe = async (look) => {
	const api = apiOf(look);
	const { endpoints } = look.subject;
	if (endpoints.length === 0) throw new Unseen('no O1 endpoint is declared');
	const before = await readAll(api, endpoints);
	const unseen = before.find(({ answer }) => answer.status !== 200 || scalars(answer.json).length === 0);
	if (unseen)
		throw new Unseen(`before the outage: ${unseen.answer.what} answered ${unseen.answer.status} or no value`);
	const attempt = () => behindWall(look, (signal) => readAll(api, endpoints, { signal }));
	const late = ({ reads }: { reads: Reads }) => reads.some(({ answer }) => answer.status === -1);
	// A read that needs telemetry is late every time; on a busy machine any other may be, once or twice.
	let seen = await attempt();
	for (let again = 1; again < ATTEMPTS && late(seen); again++) seen = await attempt();
	const after = await readAll(api, endpoints);
	const wrong: string[] = [];
	const unclear: string[] = [];
	for (const [index, { endpoint, answer }] of seen.reads.entries()) {
		const body = ({ status, text }: Answer = answer): string =>
			status === 200 ? normalise(text, endpoint).text : `status ${status}`;
		const first = body(before[index]?.answer);
		if (answer.status === -1)
			(seen.waiters.length > 0 ? wrong : unclear).push(
				[`${answer.what} did not answer within ${HELD_MS} ms`, ...seen.waiters].join(', '),
			);
		else if (answer.status !== 200) wrong.push(`${answer.what} answered ${answer.status}`);
		else if (body() === first) continue;
		else if (first === body(after[index]?.answer)) wrong.push(`${answer.what} had another body`);
		else unclear.push(`${answer.what} changes by itself`);
	}
	if (seen.locked === 0) unclear.push('pg_locks does not show the lock');
	const looked = `${plural(seen.reads.length, 'O1 read')} while ${plural(seen.locked, 'telemetry table')} were locked`;
	return judge({ looked, amount: Math.min(seen.reads.length, seen.locked), wrong, unclear });
};
