/**
 * pg-boss 12.38.0, default configuration. What a job failed of is written once: where that one statement fails, the job
 * stays active until it expires, and its output and its dead letter say "job timed out".
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

// What is printed is the same wherever this runs.
Error.stackTraceLimit = 0;
const schema = 'lost_failure';
const LIMIT_MS = 30_000;
const connectionString = process.env.DATABASE_URL ?? '';
const admin = new pg.Client({ connectionString });
await admin.connect();

const boss = new PgBoss({ connectionString, schema, superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 });
const errors: string[] = [];
boss.on('error', ({ message }) => errors.push(message));
await boss.start();
await boss.createQueue('letters');
await boss.createQueue('jobs', { retryLimit: 0, expireInSeconds: 1, deadLetter: 'letters' });
// As a connection that is cut in that moment would.
await admin.query(`
	create function ${schema}.refuse() returns trigger language plpgsql as
		$$ begin raise exception 'the database is away'; end $$;
	create trigger refuse before insert or update on ${schema}.job_common for each row
		when (new.output::text like '%no mail%') execute function ${schema}.refuse();
	alter table ${schema}.job_common disable trigger refuse`);
await boss.work('jobs', { pollingIntervalSeconds: 0.5 }, async () => {
	throw new Error('no mail may be sent');
});

/** What a job and its dead letter say once it has failed, and the errors meanwhile; the trigger refuses once, or never. */
async function outcome(away: boolean) {
	errors.length = 0;
	if (away) await admin.query(`alter table ${schema}.job_common enable trigger refuse`);
	const id = await boss.send('jobs', {});
	for (const began = Date.now(); Date.now() - began < LIMIT_MS; await delay(100)) {
		if (errors.length > 0) await admin.query(`alter table ${schema}.job_common disable trigger refuse`);
		const [job] = await boss.findJobs('jobs', { id: id ?? '' });
		if (job?.state !== 'failed') continue;
		const { rows: letters } = await admin.query(
			`select source_output from ${schema}.job_common where name = 'letters' order by created_on`,
		);
		const [said, letter] = [job.output, letters.at(-1)?.source_output].map((output) =>
			JSON.stringify(output),
		);
		return { job: said ?? '', letter: letter ?? '', letters: letters.length, errors: [...errors] };
	}
	throw new Error(`the job has not failed in ${LIMIT_MS} ms`);
}

const control = await outcome(false);
const lost = await outcome(true);
await boss.stop();
await admin.query(`drop schema ${schema} cascade`);
await admin.end();

console.log({ control, 'the failure could not be written': lost });
const say = ({ job, letter }: typeof control, what: RegExp, not: RegExp): boolean =>
	[job, letter].every((said) => what.test(said) && !not.test(said));
const [mail, timedOut] = [/no mail may be sent/, /job timed out/];
const once =
	control.errors.length === 0 &&
	lost.errors.length === 1 &&
	lost.errors[0]?.startsWith('the database is away');
const letters = control.letters === 1 && lost.letters === 2;
process.exitCode = once && letters && say(control, mail, timedOut) && say(lost, timedOut, mail) ? 0 : 1;
