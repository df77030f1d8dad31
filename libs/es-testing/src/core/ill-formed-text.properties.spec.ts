import { describe, expect, it } from '@jest/globals';
import { wellFormedJson } from '@ledgerline/es-core/adapter';
import fc from 'fast-check';

const SEED = Number(process.env['FC_SEED'] ?? 1);

/** Any code units, among them many halves of pairs, and what escapes are made of. */
const units = fc.array(
  fc.oneof(
    fc.integer({ min: 0xd800, max: 0xdfff }),
    fc.nat(0xffff),
    fc.constantFrom(...'\\"ud83dDE00'.split('').map((one) => one.charCodeAt(0))),
  ),
  { maxLength: 20 },
);

/** Every character as an escape, as other writers may have it. */
const escaped = (text: string): string =>
  `"${text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')}"`;

describe(`ill-formed text in stored JSON (seed ${SEED})`, () => {
  it('is read with U+FFFD in place of each half of a surrogate pair, and everything else as it is', () => {
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes);
        for (const json of [JSON.stringify(text), escaped(text), escaped(text).toUpperCase().replaceAll('\\U', '\\u')])
          expect(JSON.parse(wellFormedJson(json))).toBe(text.toWellFormed());
        expect(JSON.parse(wellFormedJson(JSON.stringify({ [text]: [text] })))).toEqual({
          [text.toWellFormed()]: [text.toWellFormed()],
        });
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it('is the very same text where there is none', () => {
    const json = JSON.stringify({ text: '😀 \\ud83d \u0000', path: 'C:\\users\\d800' });
    expect(wellFormedJson(json)).toBe(json);
  });
});
