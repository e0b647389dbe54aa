/** What a Vitest run says about the certification: records from task meta, and whatever happened without one. */
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { TestCase, TestModule, TestSuite } from 'vitest/node';
import { INJECTIONS, type InjectionId } from '../suites/matrix.ts';
import { scrub, scrubText, withoutLooks } from './canonical.ts';
import { resultOf, type Trouble } from './cells.ts';
import type { PhaseRecord } from './record.ts';

/** How the run was narrowed by name or tag, so that a filtered test is told from a skipped one. */
export interface Narrowing {
	readonly pattern?: RegExp;
	readonly tags: boolean;
}

export interface Collected {
	readonly records: readonly PhaseRecord[];
	readonly troubles: readonly Trouble[];
	/** Injections with at least one test that was meant to run. */
	readonly selected: readonly InjectionId[];
	/** Injections of which a test was filtered out by name or tag. */
	readonly filtered: readonly InjectionId[];
	/** Tests that ran and certify nothing: unit tests. */
	readonly others: number;
}

/** The id that a name starts with: `W3 table dropped`, `W3-table-dropped.test.ts`. */
export const idOf = (name: string): InjectionId | undefined =>
	INJECTIONS.find((id) => name.startsWith(id) && !/\w/.test(name.charAt(id.length)));

/** The injection a test or suite belongs to, by its record or by the name of the describe block around it. */
export function injectionOf(task: TestCase | TestSuite): InjectionId | undefined {
	const carried = task.type === 'test' ? task.meta().bystander?.injection : undefined;
	if (carried) return carried;
	for (let at: TestCase | TestSuite | TestModule = task; at.type !== 'module'; at = at.parent) {
		const id = idOf(at.name);
		if (id) return id;
	}
	return undefined;
}

interface Failure {
	readonly message?: string;
	readonly name?: string;
}

/** The messages of errors as sentences: no colours, no stack, no secrets. */
export const messages = (errors: readonly Failure[]): string =>
	errors
		.map((error) =>
			scrubText(stripVTControlCharacters(error.message || error.name || 'an error without a message')),
		)
		.join('; ')
		.slice(0, 2000);

/** Something went wrong in a test whose record is content: the record alone must not pass for a verdict. */
function withError(record: PhaseRecord, error: string): PhaseRecord {
	const { status } = resultOf(record.injection, [record], [], []);
	return status === 'held' || status === 'not applicable' ? { ...record, error } : record;
}

/** What was derived in the worker stays what anybody else derives: this process knows other secrets than that one. */
function withoutSecrets({ witness, outcome, judgements, ...inputs }: PhaseRecord): PhaseRecord {
	return { ...scrub(inputs), ...withoutLooks({ witness, outcome, judgements }) };
}

function ofTest(test: TestCase, id: InjectionId): { record?: PhaseRecord; trouble?: Trouble } {
	const carried = test.meta().bystander;
	const result = test.result();
	const record = carried && withoutSecrets(carried);
	const trouble = (kind: Trouble['kind'], what: string) => ({
		...(record ? { record } : {}),
		trouble: { injection: id, kind, what: `${test.name}: ${what}` },
	});
	switch (result.state) {
		case 'failed':
			return record
				? { record: withError(record, `the test failed: ${messages(result.errors)}`) }
				: trouble('error', `the test failed and left no record: ${messages(result.errors)}`);
		case 'skipped':
			return record?.notRun === undefined && record?.notApplicable === undefined
				? trouble('skipped', `the test was skipped${result.note ? `: ${result.note}` : ''}`)
				: { record };
		case 'pending':
			return trouble('skipped', 'the test did not finish');
		case 'passed':
			if (!record) return trouble('error', 'the test passed and left no record');
			return test.diagnostic()?.flaky
				? { record: withError(record, 'the test passed only on a retry') }
				: { record };
	}
}

/** From the first phase to the end of the last: blobs that are merged are of runs before this one. */
export function spanOf(
	records: readonly PhaseRecord[],
): { startedAt: number; durationMs: number } | undefined {
	const spans = records
		.map(({ startedAt, durationMs }) => ({ from: Date.parse(startedAt), ms: durationMs }))
		.filter(({ from }) => Number.isFinite(from));
	if (spans.length === 0) return undefined;
	const startedAt = Math.min(...spans.map(({ from }) => from));
	const end = Math.max(...spans.map(({ from, ms }) => from + ms));
	return { startedAt, durationMs: Math.round(end - startedAt) };
}

/** Reads everything at the end of a run: blob merges do not replay the live hooks. */
export function collect(modules: readonly TestModule[], narrowing: Narrowing): Collected {
	const records: PhaseRecord[] = [];
	const troubles: Trouble[] = [];
	const selected = new Set<InjectionId>();
	const filtered = new Set<InjectionId>();
	let others = 0;
	const broken = (id: InjectionId, where: string, errors: readonly Failure[]): void => {
		if (errors.length === 0) return;
		selected.add(id);
		troubles.push({ injection: id, kind: 'error', what: `${where}: ${messages(errors)}` });
	};
	for (const module of modules) {
		const file = basename(module.moduleId);
		const ofFile = idOf(file);
		if (ofFile) broken(ofFile, file, module.errors());
		for (const suite of module.children.allSuites()) {
			const id = injectionOf(suite);
			if (id) broken(id, suite.name, suite.errors());
		}
		for (const test of module.children.allTests()) {
			const id = injectionOf(test);
			const { state } = test.result();
			if (!id) {
				if (state === 'passed' || state === 'failed') others += 1;
				continue;
			}
			const unnamed = narrowing.pattern !== undefined && test.fullName.search(narrowing.pattern) === -1;
			if (state === 'skipped' && test.options.mode === 'skip' && (unnamed || narrowing.tags)) {
				filtered.add(id);
				continue;
			}
			selected.add(id);
			const { record, trouble } = ofTest(test, id);
			if (record) records.push(record);
			if (trouble) troubles.push(trouble);
		}
	}
	const inOrder = (ids: ReadonlySet<InjectionId>) => INJECTIONS.filter((id) => ids.has(id));
	return { records, troubles, selected: inOrder(selected), filtered: inOrder(filtered), others };
}
