import { describe, expect, test } from 'vitest';
import { claimsIn, normalise } from './bodies.ts';

const json = (body: unknown, endpoint = {}) => normalise(JSON.stringify(body), endpoint);

describe('a JSON body', () => {
	const body = () => ({
		runs: [
			{ id: 'a1', status: 'ok', 'a/b~c': 7 },
			{ id: 'b2', status: 'failed', 'a/b~c': 8 },
		],
		by: { x: { at: 1 }, y: { at: 2 } },
	});

	test('is told by its canonical text, its digest and how much it holds', () => {
		expect(normalise('{"b": 1, "a": [true, null, "x"]}')).toEqual({
			text: '{"a":[true,null,"x"],"b":1}',
			sha256: '54a65415ad370228851a1da4b31b6fd42dc58b19a50d35cae759325f7388ce64',
			values: 4,
		});
	});

	test('is equal whatever the order of its names and its white space', () => {
		expect(normalise('{ "b": 1,\n "a": 2 }').sha256).toBe(normalise('{"a":2,"b":1}').sha256);
		expect(normalise('{"a":2}').sha256).not.toBe(normalise('{"a":"2"}').sha256);
	});

	test.for([{}, [], { runs: [] }, [[], {}]])('holds nothing: %j', (empty) => {
		expect(json(empty).values).toBe(0);
	});

	test('loses its volatile parts, in every element and in every field', () => {
		const volatile = ['/runs/{*}/id', '/runs/{*}/a~1b~0c', '/by/{*}/at'];
		expect(json(body(), { volatile }).text).toBe(
			'{"by":{"x":{},"y":{}},"runs":[{"status":"ok"},{"status":"failed"}]}',
		);
	});

	test('keeps its length where an element is volatile', () => {
		expect(json([1, 2, 3], { volatile: ['/1'] }).text).toBe('[1,null,3]');
	});

	test.for(['/runs/2', '/runs/id', '/runs/9/id', '/nothing/here', '/by/z', '/runs/{*}/id/{*}'])(
		'is the same where there is nothing to remove: %s',
		(pointer) => {
			expect(json(body(), { volatile: [pointer] })).toEqual(json(body()));
		},
	);

	test('forgets an order that means nothing, and no other', () => {
		const turned = { ...body(), runs: body().runs.toReversed() };
		expect(json(turned, { unordered: ['/runs'] })).toEqual(json(body(), { unordered: ['/runs'] }));
		expect(json(turned).sha256).not.toBe(json(body()).sha256);
		expect(json([2, 1], { unordered: [''] }).text).toBe('[1,2]');
	});

	test('sorts by what is left when the volatile parts are gone', () => {
		const endpoint = { volatile: ['/{*}/id'], unordered: [''] };
		const one = json(
			[
				{ id: 1, at: 'b' },
				{ id: 2, at: 'a' },
			],
			endpoint,
		);
		expect(
			json(
				[
					{ id: 1, at: 'a' },
					{ id: 2, at: 'b' },
				],
				endpoint,
			),
		).toEqual(one);
	});

	test('may come as lines', () => {
		expect(normalise('{"id":1,"n":2}\n{"id":3,"n":4}\n\n', { volatile: ['/{*}/id'] }).text).toBe(
			'[{"n":2},{"n":4}]',
		);
	});

	test.for(['', 'Not found', '<!doctype html><html><body>sign in</body></html>', '{"a":1', '{"a":1}\n{"b"'])(
		'is not made of %j',
		(text) => {
			expect(() => normalise(text)).toThrow(SyntaxError);
		},
	);
});

describe('a page', () => {
	const page = (body: string, volatile: readonly string[] = []) =>
		normalise(`<!DOCTYPE html><html lang="en"><head><title>Runs</title></head><body>${body}</body></html>`, {
			html: volatile,
		});

	test('is compared as its markup, attributes among it', () => {
		expect(page('<b>ok</b>')).toEqual(page('<b>ok</b>'));
		for (const other of ['<b>failed</b>', '<i>ok</i>', '<b class="bad">ok</b>', '<b>ok</b> '])
			expect(page(other).sha256).not.toBe(page('<b>ok</b>').sha256);
	});

	test('loses what varies, wherever it stands', () => {
		const varies = [String.raw`\d\d:\d\d`, '[0-9a-f]{8}'];
		const at = (time: string, id: string) =>
			page(`<a href="/runs/${id}">${time}</a><a href="/runs/${id}">${time} again</a>`, varies);
		expect(at('10:01', '01234567')).toEqual(at('23:59', 'abcdef01'));
		expect(at('10:01', '01234567').text).not.toMatch(/10:01|01234567/);
		expect(at('late', '01234567').sha256).not.toBe(at('10:01', '01234567').sha256);
	});

	test('shows its pieces of text, and not its head, styles and scripts', () => {
		expect(page('<h1>Runs</h1> <p>one <b>two</b></p>').values).toBe(3);
		expect(page('<header>Runs</header>').values).toBe(1);
		expect(page('<style>p { color: red }</style><script>\nlet a = "<p>";\n</script><p> \n </p>').values).toBe(
			0,
		);
	});

	test('shows nothing when only what varies is left', () => {
		expect(page('<p>10:01</p>', [String.raw`\d\d:\d\d`]).values).toBe(0);
	});

	test.for(['', 'Internal Server Error', '{"runs":[]}', '<htmlx>', '<p>a fragment</p>'])(
		'is not made of %j',
		(text) => {
			expect(() => normalise(text, { html: [] })).toThrow(SyntaxError);
		},
	);

	test('may shout its tags', () => {
		expect(normalise('<HTML><BODY>ok</BODY></HTML>', { html: [] }).values).toBe(1);
	});
});

describe('claims', () => {
	test.for([
		['The cause is likely a timeout', ['likely']],
		['Success is unlikely, with little confidence', ['unlikely', 'confidence']],
		['<p title="Predicted end">Estimated: 3 s</p>', ['predicted', 'estimated']],
		['predicts, predictions, a prediction', ['predicts', 'predictions', 'prediction']],
		['an estimate, estimates, an estimation', ['estimate', 'estimates', 'estimation']],
		['confident, and confidently so; a likelihood', ['confident', 'confidently', 'likelihood']],
		['{"confidence_score":0.9}', ['confidence']],
		['{"estimated-cost":1,"total_estimated":2}', ['estimated']],
		['{"likelyCause":"x","rootCausePrediction":"y"}', ['likely', 'prediction']],
		['{"PREDICTED":1,"Predicted":2}', ['predicted']],
	] as const)('are found in %s', ([text, claims]) => {
		expect(claimsIn(text)).toEqual(claims);
	});

	test.for([
		'',
		'{"status":"failed","reason":"upstream timeout"}',
		'an unpredictable and predictable world',
		'inestimable, estimable, a confidant, confidential',
		'likelier, the likes of it',
	])('are not found in %j', (text) => {
		expect(claimsIn(text)).toEqual([]);
	});
});
