import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { apiSeen, pageSeen, readMetrics } from './metrics.ts';

const api = apiSeen({
	charts: ['/series', '/more/steps'],
	read: '/read',
	skipped: '/skipped',
	partial: '/partial',
});
const page = pageSeen({
	chart: '<figure',
	label: 'Non-authoritative',
	empty: 'Nothing yet',
	partial: 'Partial',
});

test('counts data points and takes the figures that are declared', () => {
	const body = { series: [1, 2], more: { steps: [3] }, read: 9, skipped: 1, partial: true };
	expect(api(JSON.stringify(body))).toEqual({ points: 3, read: 9, skipped: 1, partial: true });
});

test('takes figures for nothing else than numbers, and partial for nothing else than true', () => {
	const body = { series: 'many', read: '9', partial: 'true' };
	expect(api(JSON.stringify(body))).toEqual({ points: 0, partial: false });
});

test('reads nothing into a body that is no JSON', () => {
	expect(api('<h1>500</h1>')).toEqual({ points: 0, partial: false });
	expect(api('')).toEqual({ points: 0, partial: false });
});

test('looks for the declared words in a page', () => {
	expect(page('<p>Non-authoritative</p><figure>a</figure><figure class="b"></figure>')).toEqual({
		points: 2,
		partial: false,
		labelled: true,
		empty: false,
	});
	expect(page('<p>Nothing yet</p>')).toEqual({ points: 0, partial: false, labelled: false, empty: true });
});

test('gives a late answer up, and knows that it is owed until it has come', async () => {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const asked = once(server, 'request');
	const owed = new Set<Promise<unknown>>();
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	// Three seconds more are given than it declares.
	const endpoint = { name: 'traces', path: '/traces', charts: ['/spans'], deadlineMs: -2_990 };
	const [read] = await readMetrics({ metrics: [endpoint] }, { origin, headers: {} }, 'load', owed);
	expect(read).toMatchObject({ name: 'traces', status: -1, points: 0 });
	expect(owed.size).toBe(1);
	const [, response] = await asked;
	response.end('{"spans":[1]}');
	await Promise.all(owed);
	expect(owed.size).toBe(0);
	server.close();
});

test('an answer that comes in time is owed no more, nor is one of a subject that does not run', async () => {
	const owed = new Set<Promise<unknown>>();
	const endpoint = { name: 'traces', path: '/traces', charts: ['/spans'], deadlineMs: 5_000 };
	expect(await readMetrics({ metrics: [endpoint] }, undefined, 'load', owed)).toMatchObject([{ status: 0 }]);
	expect(owed.size).toBe(0);
});
