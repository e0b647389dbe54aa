import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bullets, bytesOf, cut, escaped, inOneLine } from './markdown.ts';

describe('what a subject says stays text', () => {
	test.for([
		['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
		['**bold** `code` [a](b) ~~c~~', '\\*\\*bold\\*\\* \\`code\\` \\[a\\](b) \\~\\~c\\~\\~'],
		['a | b\nc', 'a \\| b c'],
		['back\\slash', 'back\\\\slash'],
		['VALUES ($1, $2)', 'VALUES (&#36;1, &#36;2)'],
		['@octocat fixes #12', '@<!-- -->octocat fixes #<!-- -->12'],
		['http://x and www.x.y', 'http:<!-- -->//x and www<!-- -->.x.y'],
		[':tada: at 12:00:00', ':<!-- -->tada: at 12:00:00'],
		['telemetry_event, _em_', 'telemetry_event, \\_em\\_'],
		['&amp; \u202egnp.exe\u0007', '&amp;amp; gnp.exe'],
	])('%j', ([text, expected]) => expect(escaped(text as string)).toBe(expected));

	test('whatever it is: no markup begins in it', () => {
		const text = fc.string({
			unit: fc.constantFrom(...'<>&|`*_~[]()\\@#:/$!\n\r\t\u001b wa1'),
			maxLength: 60,
		});
		fc.assert(
			fc.property(text, (said) => {
				const left = escaped(said)
					.replaceAll('<!-- -->', '')
					.replace(/\\[\\`*~[\]|_]/g, '');
				expect(left).not.toMatch(/[<>`*~[\]|$\p{Cc}]/u);
				expect(left.replace(/&(amp|lt|gt|#36);/g, '')).not.toContain('&');
				expect(escaped(said)).not.toMatch(/@\w|(?<!&)#\d|:\/\//);
			}),
			{ numRuns: 2_000 },
		);
	});
	test('moves no cursor in a terminal', () => {
		expect(inOneLine('a\u001b[2Jb\n\nc\u009bd')).toBe('a[2Jb cd');
	});
});

describe('a list', () => {
	test('counts what it leaves out', () => {
		expect(bullets(['a', 'b'], 100, 'see c')).toBe('- a\n- b');
		expect(bullets(['a'.repeat(30), 'b'.repeat(30), 'c'], 60, 'see d')).toBe(
			`- ${'a'.repeat(30)}\n- … and 2 more: see d`,
		);
	});
	test('keeps to its room, and loses no line in silence', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ maxLength: 40 }).map((one) => one.replace(/\s/g, ''))), (lines) => {
				const text = bullets(lines, 120, 'rest');
				expect(bytesOf(text)).toBeLessThanOrEqual(120);
				const items = text === '' ? [] : text.split('\n');
				const more = Number(/… and (\d+) more: rest$/.exec(text)?.[1] ?? 0);
				expect(items.length - (more > 0 ? 1 : 0) + more).toBe(lines.length);
			}),
		);
	});
	test('a text that is cut says so', () => {
		expect(cut('abc', 3)).toBe('abc');
		expect(cut('abc d', 4)).toBe('abc …');
	});
});
