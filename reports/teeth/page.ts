/** Pure: the kill table as one page that needs nothing else: saboteurs by injections, with the cells that are red. */
import { html, raw } from 'hono/html';
import { INJECTIONS, row } from '../../suites/matrix.ts';
import { seconds } from '../amounts.ts';
import { listed, named, sentence } from './markdown.ts';
import { firstCatch, isCaught, isWhole, type KillTable, type Tried } from './table.ts';

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dde3, #343b44); --quiet: light-dark(#57606a, #98a2ad);
	--bad: light-dark(#b42318, #ff8f85); --good: light-dark(#1a7f37, #56d364); --card: light-dark(#f6f8fa, #161b22) }
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 110rem; padding: 0 1rem;
	background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #e6edf3) }
h1 { font-size: 1.5rem } .quiet { color: var(--quiet) } .bad { color: var(--bad) } .good { color: var(--good) }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px }
table { border-collapse: collapse; width: 100% } th, td { padding: .3rem .5rem; text-align: left; vertical-align: top }
tbody tr { border-top: 1px solid var(--line) } thead th { background: var(--card); position: sticky; top: 0 }
td.red { white-space: nowrap; color: var(--bad); font-variant-numeric: tabular-nums } td.must { font-weight: 700 }
th[scope=row] { font-weight: 600; min-width: 16rem } th small { display: block; font-weight: 400; color: var(--quiet) }
details { margin: .2rem 0 } pre { white-space: pre-wrap; font-size: 12px }`;

function cell(one: Tried, injection: (typeof INJECTIONS)[number]) {
	const red = one.red.filter((each) => each.injection === injection);
	const cells = [...new Set(red.map(({ cell }) => cell))].sort();
	const must = one.proofs.some((proof) => proof.injection === injection);
	const said = red.map((each) => `${each.phase} ${each.cell}: ${each.said}`).join('\n');
	return html`<td class="red${must ? ' must' : ''}" title="${said.slice(0, 1000)}">${cells.join(' ')}</td>`;
}

function told(one: Tried) {
	const first = firstCatch(one);
	return html`<tr>
		<th scope="row">${one.saboteur}<small>${one.about}</small></th>
		<td class="${isCaught(one) ? 'good' : 'bad'}">${one.proofs.map(
			(proof) =>
				html`<details><summary>${named(proof)}: ${proof.came}</summary><pre>${proof.said}</pre></details>`,
		)}</td>
		<td>${first === undefined ? 'nothing' : `${named(first)}, ${seconds(first.ms)}`}</td>
		${INJECTIONS.map((id) => cell(one, id))}
	</tr>`;
}

export function page(table: KillTable): string {
	const open = table.full && table.unproven.length > 0;
	return String(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What the checks catch</title><style>${raw(STYLE)}</style></head><body>
<h1>What the checks catch</h1>
<p class="${isWhole(table) ? 'good' : 'bad'}">${sentence(table)}</p>
<p class="quiet">Each saboteur is the product broken in one way. A cell is red where it was seen to fail on it; bold where it
has to. ${table.at}</p>
${open ? html`<p class="bad">Unproven, since no saboteur has turned them red: ${listed(table)}</p>` : ''}
<div class="scroll"><table><thead><tr><th scope="col">saboteur</th><th scope="col">must be caught by</th><th scope="col">first red, after</th>
${INJECTIONS.map((id) => html`<th scope="col" title="${row(id).title}">${id}</th>`)}</tr></thead>
<tbody>${table.tried.map(told)}</tbody></table></div>
</body></html>`);
}
