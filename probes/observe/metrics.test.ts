import { expect, test } from 'vitest';
import { apiSeen, pageSeen } from './metrics.ts';

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
