/** What is drawn in place leaves nothing behind, whatever is written meanwhile. */
import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveArea } from './live-area.ts';
import { Screen } from './testing/screen.ts';
import { fit } from './text.ts';

/** A terminal of a given size, and what is on its screen. */
function terminal(columns: number, rows = 24): { stream: WriteStream; screen: Screen } {
	const screen = new Screen(columns);
	const stream = new Writable({
		decodeStrings: false,
		write(chunk: string | Buffer, _encoding, done) {
			screen.write(chunk.toString());
			done();
		},
	});
	return { stream: Object.assign(stream, { isTTY: true, columns, rows }) as unknown as WriteStream, screen };
}

test('lines are drawn below what is written, and again in place', () => {
	const { stream, screen } = terminal(20);
	let lines = ['W3 observe', 'P1 control'];
	const area = new LiveArea(stream, () => lines);
	stream.write('certifying\n');
	area.start();
	expect(screen.text).toBe('certifying\nW3 observe\nP1 control');
	expect(screen.cursor).toEqual([0, 1]);
	stream.write('W1 held\n');
	expect(screen.text).toBe('certifying\nW1 held\nW3 observe\nP1 control');
	lines = ['P1 restore'];
	area.draw();
	expect(screen.text).toBe('certifying\nW1 held\nP1 restore');
	stream.write('half ');
	expect(screen.text).toBe('certifying\nW1 held\nhalf');
	stream.write('a line\n');
	expect(screen.text).toBe('certifying\nW1 held\nhalf a line\nP1 restore');
	area.stop();
	stream.write('done');
	expect(screen.text).toBe('certifying\nW1 held\nhalf a line\ndone');
});

test('no more lines than the window has, or the first could not be reached again', () => {
	const { stream, screen } = terminal(20, 4);
	const area = new LiveArea(stream, () => ['1', '2', '3', '4', '5']);
	area.start();
	expect(screen.text).toBe('1\n2\n3');
	area.stop();
});

test('others get the terminal back as it was', () => {
	const { stream } = terminal(20);
	const { write } = stream;
	const area = new LiveArea(stream, () => ['1']);
	area.start();
	expect(stream.write).not.toBe(write);
	area.stop();
	expect(stream.write).toBe(write);
});

test('whatever is written is all there afterwards, and nothing else', () => {
	const line = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
	const act = fc.oneof(
		fc.record({ write: line.map((text) => `${text}\n`) }),
		fc.record({ draw: fc.array(line, { maxLength: 5 }) }),
	);
	fc.assert(
		fc.property(fc.array(act), fc.integer({ min: 2, max: 40 }), (acts, columns) => {
			const { stream, screen } = terminal(columns);
			const alone = new Screen(columns);
			let lines: readonly string[] = [];
			const area = new LiveArea(stream, (room) => lines.map((text) => fit(text, room)));
			area.start();
			for (const one of acts) {
				if ('write' in one) {
					stream.write(one.write);
					alone.write(one.write);
				} else {
					lines = one.draw;
					area.draw();
				}
			}
			const [, at] = screen.cursor;
			expect(at).toBe(alone.cursor[1]);
			area.stop();
			expect(screen.text).toBe(alone.text);
			expect(screen.sequences.join('')).not.toContain('?25');
		}),
	);
});
