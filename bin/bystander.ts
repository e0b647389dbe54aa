#!/usr/bin/env node
/** The command line: reads the arguments, says user errors in one sentence, and ends with the documented exit codes. */
import { cac } from 'cac';
import { UsageError } from '../fixtures/usage-error.ts';
import { safeError, withoutSecrets } from '../reports/secrets.ts';
import { print } from '../suites/print.ts';
import { hideGiven } from '../suites/secrets.ts';

const cli = cac('bystander');

/** No default of cac's: its help would print what BYSTANDER_DATABASE holds. */
const DATABASE = 'auto, embedded, docker or postgres://… (default: BYSTANDER_DATABASE, else auto)';
const POSTGRES = 'PostgreSQL 14, 15, 16, 17 or 18, where it is not 18; for auto, embedded and docker';
const SUBJECT = 'module that exports a subject, or a config (bystander.config.{ts,json} here, if absent)';

cli
	.command('certify', 'certify a subject: strike, observe, judge, restore, and write the evidence')
	.option('--matrix <set>', 'minimal or full', { default: 'full' })
	.option('--only <ids>', 'injections, e.g. W3,P1: a partial run')
	.option('--database <where>', DATABASE)
	.option('--postgres <major>', POSTGRES)
	.option('--subject <file>', SUBJECT)
	.option('--out <folder>', 'where the evidence goes', { default: 'reports/out' })
	.option('--keep-going', 'carry on after a violation; such a run cannot certify')
	.option('--seed <n>', 'order of the workload', { default: 1 })
	.option(
		'--at-once <n>',
		'phases at once, 1 to 8 (default: 1.5 per processor); more for a subject that mostly waits',
	)
	.option('--check', 'strike nothing: say whether the certificate of bystander.lock.json still stands')
	.option('--base <folder>', 'an archive to compare with: changes.md says what changed')
	.option('--shard <i/n>', 'run one part of n, for another machine to put together')
	.option(
		'--merge <folder>',
		'run nothing: put together what --shard has left, with the options it was given',
	)
	.option('--sign <key.pem>', 'an Ed25519 private key: a whole run is attested with it')
	.example('bystander certify --matrix minimal --subject ./subject.ts')
	.action(async (options: Record<string, unknown>) => {
		const { certify } = await import('../suites/certify.ts');
		return certify(options);
	});

cli
	.command('versions', 'certify on PostgreSQL 14 to 18, one after the other, and compare every cell')
	.option('--postgres <majors>', 'those alone, e.g. 14,18')
	.option('--matrix <set>', 'this and what follows as for certify: minimal or full', { default: 'full' })
	.option('--only <ids>', 'injections, e.g. W3,P1')
	.option('--database <where>', 'auto, embedded or docker (default: BYSTANDER_DATABASE, else auto)')
	.option('--subject <file>', SUBJECT)
	.option('--out <folder>', 'where the evidence goes, each version in a folder below', {
		default: 'reports/out/versions',
	})
	.option('--keep-going', 'carry on after a violation')
	.option('--seed <n>', 'order of the workload', { default: 1 })
	.example('bystander versions --only W3,P1')
	.action(async (options: Record<string, unknown>) => {
		const { versions } = await import('../suites/versions.ts');
		return versions(options);
	});

cli
	.command('doctor', 'test the adapter of a subject before the system is judged')
	.option('--database <where>', DATABASE)
	.option('--postgres <major>', POSTGRES)
	.option('--subject <file>', SUBJECT)
	.action(async (options: Record<string, unknown>) => {
		const { doctor } = await import('../suites/doctor.ts');
		return doctor(options);
	});

cli
	.command('teeth', 'show that the checks can fail: every saboteur is caught, for the stated reason')
	.option('--only <names>', 'saboteurs, or folders of them, e.g. shared-pool,I1-truth')
	.option('--subject <file>', 'your subject, broken in the ways that need only SQL, instead of the reference')
	.option(
		'--saboteur <file>',
		'a saboteur of your own: a subject, what its author would say, and what must catch it',
	)
	.option('--full', 'each saboteur against the whole matrix, and which cells were never red: takes hours')
	.option('--database <where>', DATABASE)
	.option('--postgres <major>', POSTGRES)
	.option('--out <folder>', 'where the kill table goes: reports/out/teeth for --full, else its folder short')
	.example('bystander teeth --only shared-pool')
	.action(async (options: Record<string, unknown>) => {
		const { teeth } = await import('../suites/teeth/command.ts');
		return teeth(options);
	});

cli
	.command('verify <folder>', 'derive everything that an archive claims again, from the archive alone')
	.option('--key <pub.pem>', 'the public key of whoever must have signed it')
	.example('bystander verify reports/out --key pub.pem')
	.action(async (folder: string, options: Record<string, unknown>) => {
		const { verify } = await import('../suites/verify/command.ts');
		return verify(folder, options);
	});

cli
	.command(
		'diff <base> <head>',
		'what changed from one archive to another: newly violated, held, inconclusive, slower',
	)
	.option('--markdown', 'for a comment on a pull request')
	.option('--json', 'for programs')
	.example('bystander diff main/reports/out reports/out')
	.action(async (base: string, head: string, options: Record<string, unknown>) => {
		const { diffCommand } = await import('../reports/changes/command.ts');
		return diffCommand(base, head, options);
	});

cli
	.command('probes', 'the 15 read-only probes alone, against a live database')
	.option('--database-url <url>', 'looked at in one read-only transaction; or DATABASE_URL')
	.option(
		'--api-url <url>',
		"origin of the product's API; BYSTANDER_API_KEY is sent as a bearer token. One probe then locks the telemetry tables, for up to a second at a time",
	)
	.option('--run <id>', 'a run for endpoints of a run, repeatable (default: the first three of the database)')
	.option('--subject <file>', SUBJECT)
	.option('--json', 'for programs')
	.example('bystander probes --database-url postgres://… --subject ./subject.ts')
	// It reads them itself, so that what it says of a mistake quotes none: an argument may hold a password.
	.allowUnknownOptions()
	.action(async () => {
		const { probesCommand } = await import('../probes/command.ts');
		return probesCommand(process.argv.slice(3), process.env, {
			out: (text) => print(`${text}\n`),
			error: (text) => void process.stderr.write(`${withoutSecrets(text)}\n`),
		});
	});

cli
	.command('init', 'write a bystander.config.ts by looking at the catalog of a database')
	.option('--database-url <url>', 'the database to look at; or DATABASE_URL')
	.option('--out <file>', 'where the config goes; a file that is there is never overwritten', {
		default: 'bystander.config.ts',
	})
	.action(async (options: Record<string, unknown>) => {
		const { init } = await import('../fixtures/subjects/black-box/init/command.ts');
		return init(options);
	});

cli.help();

async function main(): Promise<number> {
	hideGiven(process.argv, process.env);
	try {
		cli.parse(process.argv, { run: false });
		if (cli.matchedCommand === undefined) {
			const { help } = cli.options as { help?: boolean };
			if (help === true) return 0;
			const given = cli.args[0];
			throw new UsageError(
				`${given === undefined ? 'no command was given' : `there is no command ${given}`}: use init, doctor, certify, verify, diff, versions, teeth or probes (bystander --help says more)`,
			);
		}
		if ((cli.options as { help?: boolean }).help === true) return 0;
		return (await cli.runMatchedCommand()) as number;
	} catch (error) {
		const known = error instanceof UsageError || (error instanceof Error && error.name === 'CACError');
		const { message, stack } = safeError(error);
		// 1 would be a verdict, and what nobody foresaw is none.
		process.stderr.write(`bystander: ${known ? message : (stack ?? message)}\n`);
		return 3;
	}
}

// Children, idle sessions and deadlines do not hold the process; a command that waits for one of them does.
const held = setInterval(() => undefined, 2 ** 30);
process.exitCode = await main();
clearInterval(held);
