/** Pure: `badge.json`, which shields.io draws a badge from (`https://img.shields.io/endpoint?url=…`). */
import type { InjectionResult } from '../cells.ts';
import type { Certificate } from '../certificate.ts';

/** What https://shields.io/badges/endpoint-badge reads; it refuses a key that it does not know. */
export interface Badge {
	readonly schemaVersion: 1;
	readonly label: string;
	readonly message: string;
	readonly color: 'brightgreen' | 'green' | 'blue' | 'yellow' | 'orange' | 'red';
}

/**
 * Green is for what is certified alone: the brightest for a whole set, the other for all of it that applies. A partial
 * run that held is blue.
 */
export function badge(certificate: Certificate, results: readonly InjectionResult[]): Badge {
	const { violations, failure_matrix, certification_ready, details } = certificate;
	const cells = results.flatMap((result) => result.cells).filter(({ status }) => status !== 'not applicable');
	const of = (status: string): number => cells.filter((cell) => cell.status === status).length;
	const partial = failure_matrix.startsWith('PARTIAL');
	const counted = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${what}`]);
	const short = [
		...counted(violations.length, 'violated'),
		...counted(of('inconclusive'), 'inconclusive'),
		...counted(of('not run'), 'not run'),
	];
	const said = short.length === 0 && details.obstacles.length > 0 ? ['not certified'] : short;
	const set = partial ? ['partial'] : failure_matrix.startsWith('MINIMAL') ? ['minimal'] : [];
	return {
		schemaVersion: 1,
		label: 'telemetry bystander',
		message: [...set, `${of('held')}/${cells.length} held`, ...said].join(' · '),
		color:
			violations.length > 0
				? 'red'
				: of('inconclusive') > 0
					? 'yellow'
					: details.obstacles.length > 0
						? 'orange'
						: partial
							? 'blue'
							: certification_ready
								? 'brightgreen'
								: 'green',
	};
}
