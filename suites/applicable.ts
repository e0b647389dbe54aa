/** What does not apply to a subject: told by its declarations alone, before anything is struck (spec §9). */
import type { Capabilities, Subject } from '../fixtures/subjects/port.ts';
import { type InjectionId, type Need, row } from './matrix.ts';

export type Declarations = Pick<Subject, 'truth' | 'telemetry' | 'capabilities'>;

interface Optional {
	readonly declaredBy: (subject: Declarations) => boolean;
	/** As in "the subject declares no …". */
	readonly what: string;
	/** What is looked at all the same, or not at all, where nothing was declared. */
	readonly instead: string;
}

const capability =
	(name: keyof Capabilities) =>
	({ capabilities }: Declarations): boolean => {
		const declared = capabilities[name];
		return Array.isArray(declared) ? declared.length > 0 : Boolean(declared);
	};

const table =
	(holds: Subject['truth'][number]['holds']) =>
	({ truth }: Declarations): boolean =>
		truth.some((one) => one.holds === holds);

/** Of metrics that are declared; without any, nothing more is missed. */
const pointer =
	(name: 'skipped' | 'partial') =>
	({ capabilities: { metrics = [] } }: Declarations): boolean =>
		metrics.length === 0 || metrics.some((endpoint) => endpoint[name] !== undefined);

/** Everything that the port leaves to the subject to declare, and an injection or an invariant would look at. */
const OPTIONAL: Readonly<Record<Need | 'decisions' | 'memory', Optional>> = {
	metrics: {
		declaredBy: capability('metrics'),
		what: 'metrics endpoint',
		instead: 'nothing that reads telemetry was struck or looked at',
	},
	skipped: {
		declaredBy: pointer('skipped'),
		what: 'count of skipped rows at a metrics endpoint',
		instead: 'no bad row was planted',
	},
	partial: {
		declaredBy: (subject) => subject.capabilities.metricsPage !== undefined || pointer('partial')(subject),
		what: 'label of partial charts at a metrics endpoint or page',
		instead: 'charts were never made partial',
	},
	metricsPage: {
		declaredBy: capability('metricsPage'),
		what: 'metrics page',
		instead: 'no charts and no empty state were looked at as people see them',
	},
	truthPages: {
		declaredBy: capability('truthPages'),
		what: 'truth page',
		instead: 'facts were read at the endpoints alone',
	},
	auditExport: {
		declaredBy: capability('auditExport'),
		what: 'audit export',
		instead: 'none was compared while telemetry was gone',
	},
	writerProcess: {
		declaredBy: capability('writerProcess'),
		what: 'separate writer process',
		instead: 'where the writer is killed, its backend was all there is to kill',
	},
	cleanupJob: {
		declaredBy: capability('cleanupJob'),
		what: 'cleanup job',
		instead: 'none was killed or made to wait',
	},
	interrupted: {
		declaredBy: capability('interrupted'),
		what: 'state of interrupted runs',
		instead: 'a run that was cut off had to be found finished or absent',
	},
	payload: {
		declaredBy: ({ telemetry }) => telemetry.some(({ payload }) => payload !== undefined),
		what: 'payload with a limit in any telemetry table',
		instead: 'no signal was made larger than the plane takes',
	},
	describes: {
		declaredBy: ({ telemetry }) => telemetry.some(({ describes }) => describes !== undefined),
		what: 'telemetry that describes truth',
		instead: 'no row of it could be put down to a run',
	},
	expires: {
		declaredBy: ({ telemetry }) => telemetry.some(({ expires }) => expires !== undefined),
		what: 'telemetry that expires',
		instead: 'none was deleted before its time',
	},
	decisions: {
		declaredBy: table('decisions'),
		what: 'table of policy decisions',
		instead: 'incidents alone were compared',
	},
	memory: {
		declaredBy: table('memory'),
		what: 'table of memory',
		instead: 'no entry of memory was compared',
	},
};

/** `the subject declares no metrics endpoint`: why an injection does not apply; `undefined` where it does. */
export function notApplicable(id: InjectionId, subject: Declarations): string | undefined {
	const lacking = row(id)
		.needs.map((need) => OPTIONAL[need])
		.filter(({ declaredBy }) => !declaredBy(subject));
	return lacking.length === 0
		? undefined
		: `the subject declares no ${lacking.map(({ what }) => what).join(' and no ')}`;
}

/** `R1, R2: the subject declares no metrics endpoint`, for those of `ids` that do not apply. */
export function outsideOf(subject: Declarations, ids: readonly InjectionId[]): readonly string[] {
	const outside = ids.flatMap((id) => {
		const why = notApplicable(id, subject);
		return why === undefined ? [] : [{ id, why }];
	});
	return [...Map.groupBy(outside, ({ why }) => why)].map(
		([why, of]) => `not applicable: ${of.map(({ id }) => id).join(', ')}: ${why}`,
	);
}

/** `no audit export: none was compared while telemetry was gone`, for everything that is not declared. */
export const undeclared = (subject: Declarations): readonly string[] =>
	Object.values(OPTIONAL)
		.filter(({ declaredBy }) => !declaredBy(subject))
		.map(({ what, instead }) => `no ${what}: ${instead}`);
