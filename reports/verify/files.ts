/** Pure: whether the files of an archive are the ones that it lists, to the byte. */
import { sha256 as hash } from '../canonical.ts';
import { CERTIFICATE, LOCK, PAGE, SUMMARY, SUMS, sumsOf } from '../paths.ts';
import { type Archive, listedIn, OWN } from './archive.ts';

/**
 * One thing that an archive claims, and what came of looking. `missing`: the archive does not hold enough to tell;
 * `not looked at`: nobody asked.
 */
export interface Check {
	readonly what: string;
	readonly outcome: 'as claimed' | 'contradicted' | 'missing' | 'not looked at';
	/** What was looked at and how much, or what is wrong. */
	readonly found: string;
}

/** Every file is there, is listed once, in the order and the form in which the list is written, and has its hash. */
export function checkFiles(archive: Archive): Check {
	const sums = archive.get(SUMS);
	if (sums === undefined) return { what: 'files', outcome: 'missing', found: `there is no ${SUMS}` };
	const listed = listedIn(sums);
	const names = listed.map(({ path }) => path);
	const absent = [CERTIFICATE, SUMMARY, PAGE, ...names].filter((path) => !archive.has(path));
	const wrong = [
		...(sums.toString('latin1') === sumsOf(listed) ? [] : [`${SUMS} is not as it is written`]),
		...(new Set(names).size === names.length ? [] : [`${SUMS} lists a file twice`]),
		...listed.flatMap(({ path, sha256 }) => {
			const bytes = archive.get(path);
			return bytes === undefined || hash(bytes) === sha256 ? [] : [`${path} is not the file that was listed`];
		}),
		...[...archive.keys()]
			.filter(
				(path) =>
					(OWN.test(path) || [CERTIFICATE, SUMMARY, PAGE, LOCK].includes(path)) && !names.includes(path),
			)
			.map((path) => `${path} is not listed`),
	];
	if (wrong.length > 0) return { what: 'files', outcome: 'contradicted', found: wrong.join('; ') };
	return absent.length > 0
		? { what: 'files', outcome: 'missing', found: `not there: ${[...new Set(absent)].join(', ')}` }
		: { what: 'files', outcome: 'as claimed', found: `${listed.length} files have the hash that is listed` };
}
