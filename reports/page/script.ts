/**
 * What the page does besides being read. A text and no function: what a compiler makes of a function differs between the
 * sources and the package, and `verify` compares the page to the byte.
 */
export const SCRIPT = `'use strict';
const form = document.getElementById('filters');
const buttons = [...form.querySelectorAll('button')];
const rows = [...document.querySelectorAll('[data-axis]')];
const chosen = (name) => buttons.filter((one) => one.name === name && one.ariaPressed === 'true').map(({ value }) => value);

const show = () => {
	const status = chosen('status');
	const axis = chosen('axis');
	for (const row of rows) {
		const own = row.dataset.status.split(' ');
		row.hidden = !(status.length === 0 || status.some((one) => own.includes(one))) ||
			!(axis.length === 0 || axis.includes(row.dataset.axis));
	}
	const all = rows.filter((row) => row.localName === 'tr');
	const left = all.filter((row) => !row.hidden).length;
	document.getElementById('shown').textContent = left + ' of ' + all.length + ' injections shown';
};

const open = () => {
	const hash = decodeURIComponent(location.hash.slice(1));
	if (hash.startsWith('?')) {
		const asked = new URLSearchParams(hash);
		for (const one of buttons) one.ariaPressed = String((asked.get(one.name) || '').split(',').includes(one.value));
		show();
		return;
	}
	const target = hash && document.getElementById(hash);
	const injection = target && target.closest('details.injection');
	if (!injection) return;
	if (injection.hidden) {
		for (const one of buttons) one.ariaPressed = 'false';
		show();
	}
	for (let at = target; at; at = at.parentElement) if (at.localName === 'details') at.open = true;
	target.scrollIntoView();
};

form.addEventListener('click', ({ target }) => {
	const button = target.closest('button');
	if (!button) return;
	button.ariaPressed = String(button.ariaPressed !== 'true');
	const asked = ['status', 'axis'].map((name) => [name, chosen(name)]).filter(([, values]) => values.length > 0);
	const query = asked.map(([name, values]) => name + '=' + values.join(',')).join('&');
	history.replaceState(null, '', '#' + (query && '?' + query));
	show();
});
addEventListener('hashchange', open);
addEventListener('beforeprint', () => {
	for (const one of document.querySelectorAll('details')) one.open = true;
});
form.hidden = false;
show();
open();
`;
