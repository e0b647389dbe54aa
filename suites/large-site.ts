/** A site whose server holds millions of telemetry rows aside, made once per machine, for the failure that adds them. */
import { writeSync } from 'node:fs';
import type { Provider, Server } from '../fixtures/databases/port.ts';
import { type Cardinality, cardinality } from '../fixtures/failures/cardinality.ts';
import type { Subject } from '../fixtures/subjects/port.ts';
import { openSite, planeOf, type Site } from './site.ts';
import { slotsOf, takeEverySlot } from './slots.ts';

export async function openLargeSite(
	provider: Provider,
	subject: Subject,
	run: Pick<Site, 'seed' | 'folder' | 'phases' | 'withheld' | 'mends'>,
	rows: number,
	launched: (server: Server) => void,
): Promise<Site> {
	const small = await provider.launch();
	try {
		// The rows are copies of the subject's own, so it has to write some first.
		const { template } = await openSite(small, subject, run);
		const plane = planeOf({ subject, server: small }, template);
		const prepared = await cardinality(plane, {
			rows,
			progress: (line) =>
				writeSync(2, `${rows.toLocaleString('en')} telemetry rows, once per machine: ${line}\n`),
		});
		const make: Cardinality['make'] = async (server) => {
			// It takes all processors for minutes: nothing is to be measured beside it.
			const release = await takeEverySlot(run.folder, slotsOf(subject));
			try {
				await prepared.make(server);
			} finally {
				release();
			}
		};
		const server = await provider.launch({ prepared: { ...prepared, make } });
		launched(server);
		return await openSite(server, subject, { ...run, source: prepared.template });
	} finally {
		await small.stop();
	}
}
