/** Pure: `index.html`, one page of a run that needs nothing else: no request leaves it, and it is read without a script. */
import { createHash } from 'node:crypto';
import { type ComponentChild, Fragment, h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { InjectionResult } from '../cells.ts';
import type { Certificate } from '../certificate.ts';
import { filters } from './filters.ts';
import { about, head } from './head.ts';
import { injection } from './injection.ts';
import { matrix } from './matrix.ts';
import { reasons } from './reasons.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { lanes } from './timeline.ts';
import { type View, viewOf } from './view.ts';
import type { Detail } from './words.ts';

/** What a page may weigh, in bytes; what does not fit is told to be in the evidence. */
export const MOST_BYTES = 300_000;

const DETAILS: readonly Detail[] = [
	{ text: 2400, list: 8, phases: 'all' },
	{ text: 900, list: 4, phases: 'all' },
	{ text: 360, list: 3, phases: 'all' },
	{ text: 900, list: 4, phases: 'courses' },
	{ text: 500, list: 3, phases: 'open' },
	{ text: 160, list: 1, phases: 'open' },
	{ text: 100, list: 1, phases: 'none' },
];

/** The page of a run, with as much detail as fits into {@link MOST_BYTES}. */
export function page(certificate: Certificate, results: readonly InjectionResult[]): string {
	const view = viewOf(certificate, results);
	let text = '';
	for (const detail of DETAILS) {
		text = documentOf(view, detail);
		if (Buffer.byteLength(text) <= MOST_BYTES) break;
	}
	// A text that was cut may end in half a character, which no file can hold.
	return text.toWellFormed();
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const POLICY = [
	"default-src 'none'",
	`style-src ${hashOf(STYLE)}`,
	`script-src ${hashOf(SCRIPT)}`,
	"base-uri 'none'",
	"form-action 'none'",
].join('; ');

function documentOf(view: View, detail: Detail): string {
	const { details } = view.certificate;
	return `<!doctype html>
${withoutOptional(
	renderToString(
		h(
			'html',
			{ lang: 'en' },
			h(
				'head',
				null,
				h('meta', { charset: 'utf-8' }),
				h('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
				h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
				h('title', null, `${details.verdict.split(':')[0]} · ${details.subject[0]?.name ?? 'Bystander'}`),
				h('style', { dangerouslySetInnerHTML: { __html: STYLE } }),
			),
			h('body', null, body(view, detail), h('script', { dangerouslySetInnerHTML: { __html: SCRIPT } })),
		),
	),
)}
`;
}

/** Without the ends that HTML lets one leave out. What is a text has no `<` of its own, so none of it is meant. */
const withoutOptional = (markup: string): string =>
	markup
		.replace(/><\/(circle|rect|line|use)>/g, '/>')
		.replace(/<\/(li|td|th|tr|dt|dd|caption|thead|tbody)>/g, '')
		.replace(/<\/p>(?=<(p|dl|div|figure|section|table)\b|<\/(div|section|details)>)/g, '');

const body = (view: View, detail: Detail): ComponentChild =>
	h(
		Fragment,
		null,
		h('a', { class: 'skip', href: '#matrix' }, 'Skip to the matrix'),
		lanes(),
		head(view),
		h(
			'main',
			null,
			reasons(view),
			h('h2', { id: 'matrix' }, 'Matrix'),
			filters(view.injections),
			matrix(view.injections),
			h('h2', { id: 'injections' }, 'Injections'),
			view.injections.map((each) => injection(each, detail)),
			about(view),
		),
	);
