/** Where an annotation can stand: in a file that the repository has. */
import { readFileSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import type { Place } from './annotations.ts';

/** Path below the repository, or nothing where it is outside, or installed. */
function below(repository: string, file: string): string | undefined {
	const path = relative(repository, file).split(sep).join('/');
	const outside = path === '' || path.startsWith('../') || isAbsolute(path);
	return outside || path.split('/').includes('node_modules') ? undefined : path;
}

/** Line of the `describe` block, from 1; 0 where the file cannot be read here. */
function lineOf(file: string): number {
	try {
		return (
			readFileSync(file, 'utf8')
				.split('\n')
				.findIndex((line) => /^\s*describe\(/.test(line)) + 1 || 1
		);
	} catch {
		return 0;
	}
}

/** The suite's file; where Bystander is installed, and that is nobody's to look at, the module of the subject. */
export function placeOf(
	repository: string,
	suite: string | undefined,
	subject: string | undefined,
): Place | undefined {
	const own = suite === undefined ? undefined : below(repository, suite);
	const line = suite === undefined ? 0 : lineOf(suite);
	if (own !== undefined && line > 0) return { file: own, line };
	const judged = subject === undefined ? undefined : below(repository, subject);
	if (judged === undefined) return undefined;
	return {
		file: judged,
		line: 1,
		instead: 'This stands at the subject, since the suite is not in this repository.',
	};
}
