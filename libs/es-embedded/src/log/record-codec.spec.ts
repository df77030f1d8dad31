import type { LogRecord } from '@ledgerline/es-core/adapter';
import { seededRandom, specSeed } from '@ledgerline/es-testing';
import { countBatch, decodeBatch, encodeBatch } from './record-codec.js';

const record = (headers: Record<string, string>, value = '{"quantity":6}'): LogRecord => ({
  key: 'jar-1',
  value,
  headers,
});

describe('a stored batch', () => {
  it.each([
    ['known and unknown headers', record({ kind: 'event', 'x-own': 'a', commit: '1/1' })],
    ['text beyond ASCII', record({ actor: 'Zoë 日本 🚚', 'x-ö': 'ä' }, '{"name":"Crème brûlée 🍮"}')],
    ['nothing at all', { key: '', value: '', headers: {} }],
    ['long text', record({ traceparent: 't'.repeat(20_000) }, 'v'.repeat(500_000))],
  ])('gives back %s', (_, given) => {
    expect(decodeBatch(encodeBatch([given, given]), 7)).toEqual([
      { ...given, offset: 7 },
      { ...given, offset: 8 },
    ]);
  });

  it('says how many records it holds without reading them', () => {
    expect(countBatch(encodeBatch(Array.from({ length: 300 }, () => record({}))))).toBe(300);
  });

  it(`is refused as a whole when it was cut off anywhere (seed ${specSeed})`, () => {
    const random = seededRandom(specSeed);
    const bytes = encodeBatch([record({ kind: 'event' }), record({ 'x-own': 'a' })]);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => decodeBatch(bytes.subarray(0, length), 0)).toThrow(expect.objectContaining({ code: 'unreadable' }));
    for (let run = 0; run < 2000; run += 1) {
      const damaged = Buffer.from(bytes);
      damaged[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      expect(endsAsExpected(damaged)).toBe(true);
    }
  });
});

/** A wrong byte inside text is for the chain to find; anything else has to be noticed, and nothing may go on for ever. */
const endsAsExpected = (bytes: Buffer): boolean => {
  try {
    return decodeBatch(bytes, 0).length <= 4;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'unreadable';
  }
};
