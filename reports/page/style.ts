/** The one stylesheet of the page, light and dark. */
export const STYLE = `
:root { color-scheme: light dark;
	--page: light-dark(#f5f6f8, #0f1115); --card: light-dark(#fff, #171a20); --sunk: light-dark(#f8f9fb, #12151a);
	--text: light-dark(#1b1f27, #e7e9ee); --quiet: light-dark(#5a6372, #9aa3b2); --line: light-dark(#e1e5eb, #2a2f38);
	--link: light-dark(#1857b8, #82b1ff);
	--h: light-dark(#15703a, #5fd48b); --h-bg: light-dark(#e3f4e8, #14301f);
	--v: light-dark(#b8192b, #ff8d8d); --v-bg: light-dark(#fdeaea, #3a181b); --v-full: light-dark(#c4202f, #c93440);
	--i: light-dark(#8a5300, #f2c063); --i-bg: light-dark(#fdf2dc, #36280f);
	--n: light-dark(#5a6372, #9aa3b2); --n-bg: light-dark(#edeff3, #21252d);
	--o: light-dark(#35618e, #8fb8e4); --o-bg: light-dark(#e8f0f9, #17263a);
	--truth: light-dark(#1857b8, #82b1ff); --telemetry: light-dark(#7a3fb5, #c79bff) }
.h { --c: var(--h); --bg: var(--h-bg) } .v { --c: var(--v); --bg: var(--v-bg) } .i { --c: var(--i); --bg: var(--i-bg) }
.n { --c: var(--n); --bg: var(--n-bg) } .o { --c: var(--o); --bg: var(--o-bg) }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
	font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
main, body > header, body > footer { max-width: 84rem; margin: 0 auto; padding: 0 1.25rem }
a { color: var(--link); text-underline-offset: .15em }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px }
.skip { position: absolute; left: -99rem } .skip:focus { left: 1rem; top: .5rem; z-index: 9; background: var(--card); padding: .4rem .8rem }
h1, h2, h3, h4, h5, p, dl, dd, ul, ol, figure { margin: 0; padding: 0 }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem } h5 { font-size: .875rem; margin: 0 0 .3rem }
small { display: block; font-size: .75rem; font-weight: 400; color: var(--quiet) }
code { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.quiet, dt, caption, figcaption { color: var(--quiet); font-size: .8125rem }
i { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
[hidden] { display: none !important }

.verdict { margin-top: 1.5rem } body > .verdict { background: var(--card); border: 1px solid var(--line); border-top: 5px solid var(--c);
	border-radius: 12px; padding: 1.25rem 1.5rem 1.4rem; width: calc(100% - 2.5rem); box-shadow: 0 1px 3px #0001 }
.of { color: var(--quiet); font-size: .875rem }
h1 { font-size: clamp(1.5rem, 5vw, 2.25rem); line-height: 1.2; letter-spacing: .01em; color: var(--c) }
.sentence { font-size: 1.0625rem; max-width: 62rem }
.tiles { list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 1.1rem 0 .7rem }
.tiles li { background: var(--bg); border-radius: 8px; padding: .5rem .8rem; color: var(--c) }
.tiles b { font-size: 1.75rem; line-height: 1.2; display: block; font-weight: 650 }
.tiles .none { background: var(--sunk); color: var(--quiet) }
.share { display: block; border-radius: 4px } .share rect { fill: var(--c) } .share .v { fill: var(--v-full) } .share .n { fill: var(--line) }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin-top: 1.1rem } .facts .wide { flex-basis: 100% }

.reasons { margin-top: 1.5rem } .reasons h3 { font-size: 1rem; font-weight: 650; margin: 1.25rem 0 .4rem }
.reasons ol { list-style: none; display: grid; gap: .5rem } .reasons details ol { margin-top: .5rem }
.reasons ol li { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--c); border-radius: 8px; padding: .55rem .9rem }
.reasons ol p { font-size: .875rem } .reasons ul { padding-left: 1.25rem } .reasons summary { color: var(--link); cursor: pointer; padding: .6rem 0 }

#filters { display: flex; flex-wrap: wrap; gap: .5rem 1.75rem; align-items: center; margin: 0 0 .9rem }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem; align-items: center }
legend { float: left; padding: 0; margin-right: .35rem; color: var(--quiet); font-size: .8125rem }
button { font: inherit; font-size: .8125rem; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 99px;
	padding: .15rem .75rem; min-height: 1.75rem; cursor: pointer }
button:hover { border-color: var(--quiet) } button span { color: var(--c) } button .count { color: var(--quiet) }
button[aria-pressed=true] { background: var(--text); border-color: var(--text); color: var(--page) } button[aria-pressed=true] span { color: inherit }
#shown { color: var(--quiet); font-size: .8125rem }

.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% } caption { text-align: left; padding: .5rem .75rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem } th { font-weight: 500 }
main > .scroll { background: var(--card); border: 1px solid var(--line); border-radius: 12px }
.matrix caption span { position: sticky; left: .75rem; display: inline-block; max-width: calc(100vw - 3.5rem) } .matrix { font-size: .875rem; min-width: 66rem; border-collapse: separate; border-spacing: 0 } .matrix th, .matrix td { vertical-align: middle }
.matrix thead th { background: var(--sunk); border-bottom: 1px solid var(--line); font-weight: 650; vertical-align: bottom }
.matrix tbody + tbody tr > * { border-top: 1px solid var(--line) } .matrix tbody + tbody tr:first-child > * { border-top: 3px solid var(--line) }
.all th, .all td { color: var(--quiet); padding: .2rem .6rem } .all .sum { text-align: center } .all .v { color: var(--v) } .all .i { color: var(--i) }
.matrix tbody tr:hover { background: var(--sunk) }
.matrix tbody th { position: sticky; left: 0; background: var(--card); min-width: 13.5rem; z-index: 1 } .matrix tbody th a { color: inherit; text-decoration: none }
.matrix tbody th a:hover { text-decoration: underline } .matrix tbody th b { display: inline-block; min-width: 1.8rem }
.matrix .c { text-align: center; min-width: 4.6rem; width: 4.6rem; padding: .2rem } td.c a { display: block; position: relative; padding: .3rem 0;
	border-radius: 6px; background: var(--bg); color: var(--c); text-decoration: none; font-size: 1rem; line-height: 1.3 }
td.c.v a { background: var(--v-full); color: #fff } td.c a:hover { box-shadow: inset 0 0 0 2px var(--c) } td.c.v a:hover { box-shadow: inset 0 0 0 2px #fff8 }
.mark { position: relative; min-width: 12rem } .mark b { color: var(--c) }
.time { width: 6rem; text-align: right; white-space: nowrap; color: var(--quiet) } .time svg { display: block; margin-top: .2rem; transform: scaleX(-1) } .time rect { fill: var(--quiet); opacity: .45 }

.injection { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--c); border-radius: 8px; margin: 0 0 .5rem }
summary { cursor: pointer } .injection > summary, .phase > summary { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .7rem; padding: .55rem .9rem; list-style: none }
.injection[open] > summary { position: sticky; top: 0; z-index: 2; background: var(--card); border-bottom: 1px solid var(--line) }
summary::-webkit-details-marker { display: none } .injection > summary::before, .phase > summary::before { content: '▸'; color: var(--quiet); width: .8em }
.injection[open] > summary::before, .phase[open] > summary::before { content: '▾' }
summary:hover { background: var(--sunk); border-radius: 8px } h3 { font-size: 1rem; font-weight: 500 } h3 b { display: inline-block; min-width: 2rem } h4 { font-size: .9375rem; font-weight: 600 }
summary time { margin-left: auto; color: var(--quiet); font-size: .8125rem } .strip { display: flex; flex-wrap: wrap; gap: .3rem; align-items: center }
.badge, .chip { position: relative; display: inline-block; border-radius: 99px; padding: 0 .6rem; font-size: .8125rem; line-height: 1.6; background: var(--bg); color: var(--c); white-space: nowrap }
.badge.v { background: var(--v-full); color: #fff } .chip { border-radius: 5px; padding: 0 .4rem; font-size: .75rem }
.inside, .phase > div { scroll-margin-top: 6.5rem } .inside { padding: .6rem 1rem 1rem 1.9rem } .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin-bottom: .9rem }
.why .badge { white-space: normal; border-radius: 8px } .why [id] { scroll-margin-top: 4rem } .why:has(:target) { outline: 2px solid var(--c) } .compared { table-layout: fixed; width: 100% } .why { border-radius: 8px; background: var(--bg); padding: .6rem .9rem; margin: .6rem 0 } .why p + p { margin-top: .35rem } .why .quiet { color: inherit; opacity: .8 }

.phase { border: 1px solid var(--line); border-radius: 8px; margin-top: .5rem; background: var(--sunk) } .phase > div { padding: .2rem 1rem 1rem }
.phase > summary:hover { background: none } .method { margin: .3rem 0 .8rem } .method code { color: var(--quiet) }
figure, .compared, .locks, .marks { margin-top: 1rem } .compared caption, h5, figcaption { color: var(--text); font-weight: 600; font-size: .875rem; padding: 0 0 .35rem }
figcaption::after { content: ' · ● moment · ▬ wait or sleep, red where truth waits for telemetry · shaded since the strike'; font-weight: 400; font-size: .75rem; color: var(--quiet) }
.course { overflow: visible; display: block; width: 100%; height: 144px } .defs { position: absolute } #lanes text, #restored text, .course text { font-size: 11px; fill: var(--quiet) } .ticks text { text-anchor: middle; transform: translateY(140px) }
#lanes line { stroke: var(--line) } .later { stroke: var(--v); stroke-dasharray: 2 3 } .struck, .strike { y: 0; height: 124px } .struck { fill: var(--v-bg); opacity: .5 } .strike { fill: var(--v-full); width: 2px }
.lc { --lane: var(--quiet); --y: 25px } .lt { --lane: var(--truth); --y: 55px } .le { --lane: var(--telemetry); --y: 85px } .lf { --lane: var(--v); --y: 115px }
circle { cy: var(--y); r: 4.5px; fill: var(--lane); stroke: var(--sunk); stroke-width: 1.5 } .course g rect { y: calc(var(--y) - 4px); height: 8px; rx: 3px; fill: var(--lane); opacity: .3 } .course g .bad { fill: var(--v-full); opacity: .85 }
#restored .end, .end { fill: var(--h); text-anchor: end; transform: translateY(105px) } .end.bad { fill: var(--v) }
.moments { list-style: none; font-size: .8125rem; columns: 22rem 2; margin-top: .4rem } .moments li { break-inside: avoid; padding-left: 4.7rem; text-indent: -4.7rem } .moments b { display: inline-block; min-width: 4.2rem; text-align: right; margin-right: .4rem; text-indent: 0; font-weight: 600; color: var(--lane, var(--h)) }
.graph, .graph ul { list-style: none } .graph ul { border-left: 2px solid var(--line); margin-left: .5rem; padding-left: .9rem } .graph > li { margin-bottom: .8rem } .backend code { display: block; color: var(--quiet) }
.backend > span { margin-left: .45rem } .wanted { margin-left: .5rem; border-left: 2px solid var(--line); padding: .1rem 0 .1rem .9rem } .bad > .wanted strong { color: var(--v) } .bad > .wanted, .bad > ul { border-color: var(--v-full) }
.plane { border-radius: 5px; padding: 0 .4rem; font-size: .75rem; background: var(--n-bg) } .plane.truth { color: var(--truth) } .plane.telemetry { color: var(--telemetry) } .plane.both { background: var(--v-bg); color: var(--v) }
.compared { font-size: .8125rem } .compared + p { margin-top: .5rem } .compared th, .compared td { border-top: 1px solid var(--line); padding: .2rem .6rem .2rem 0 } .compared thead th { color: var(--quiet); border: 0 } .compared td { width: 36% } .compared .single th { padding-left: .9rem; color: var(--quiet) }
.marks { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; font-size: .8125rem } .marks dt { position: relative; color: var(--text) } .marks dt b { color: var(--c) } .marks ul { list-style: none }
.about dl, .legend { font-size: .875rem } .about dl > div { margin-bottom: .4rem } body > footer { padding-bottom: 3rem }

@media (max-width: 40rem) { main, body > header, body > footer { padding: 0 .75rem } body > .verdict { padding: 1rem; width: calc(100% - 1.5rem) }
	.injection[open] .chip { display: none } .inside { padding: .6rem .6rem .8rem } .phase > div { padding: .2rem .7rem .8rem } .marks { grid-template-columns: 1fr } .matrix tbody th { min-width: 7.5rem; max-width: 7.5rem; padding-right: 0 } .matrix tbody th small { display: none } .mark { min-width: 16rem } .matrix .c { min-width: 2.15rem; width: 2.15rem; padding: .15rem } .matrix .c small { display: none } .all .sum { padding: .2rem 0; font-size: .65rem; white-space: nowrap }
	.tiles { grid-template-columns: 1fr 1fr; gap: .4rem } .tiles li { display: flex; align-items: baseline; gap: .4rem; padding: .15rem .5rem; font-size: .8125rem } .tiles b { font-size: 1.25rem }
	.facts { gap: .15rem 0 } .facts > div { display: flex; flex-wrap: wrap; flex-basis: 100% } .facts dt { width: 5rem; line-height: 1.5rem } .facts .wide dd { flex-basis: 100% } }
@media print { #filters, .skip { display: none } body { background: #fff } }
`;
