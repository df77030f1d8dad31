import type { JsonObject } from '@ledgerline/es-core';
import { toDocument, toRecord } from './stored-json.js';

const PLACE = { collection: 'parcels-r1-g1', id: 'a' };
const bytes = (value: JsonObject): Buffer => Buffer.from(JSON.stringify(value));
const good = { id: 'a', document: { n: 1 }, positions: { 'parcels.events/0': 3 }, revision: 2 };

describe('what is stored', () => {
  it('is a document, a tombstone, or parked', () => {
    expect(toDocument(bytes(good), PLACE)).toEqual(good);
    const { document: _, ...gone } = good;
    expect(toDocument(bytes(gone), PLACE)).toEqual({ ...gone, document: undefined });
    expect(toDocument(bytes({ ...good, parked: {} }), PLACE)).toEqual({ ...good, parked: {} });
  });

  it('is well-formed, whatever was written before that was seen to', () => {
    const before = { ...good, document: { '\ud83d': ['half \ude00', '😀 \\ud83d'] } };
    expect(toDocument(bytes(before), PLACE).document).toEqual({ '\ufffd': ['half \ufffd', '😀 \\ud83d'] });
    expect(toRecord(bytes({ value: { reason: '\ud83d' }, revision: 1 }), 'parcels').value).toEqual({
      reason: '\ufffd',
    });
  });

  it.each<JsonObject>([
    { ...good, id: 7 },
    { ...good, revision: '2' },
    { ...good, positions: [] },
    { ...good, document: 'text' },
    { ...good, parked: true },
  ])('is refused when it is not: %j', (edited) => {
    const refusal = { code: 'unreadable', facts: PLACE, message: 'the document a of parcels-r1-g1 cannot be read' };
    expect(() => toDocument(bytes(edited), PLACE)).toThrow(expect.objectContaining(refusal) as Error);
  });

  it('is refused when it is no JSON, and when it is no record', () => {
    const unreadable = expect.objectContaining({ code: 'unreadable' }) as Error;
    expect(() => toDocument(Buffer.from('{'), PLACE)).toThrow(unreadable);
    const others: readonly JsonObject[] = [{ value: 1, revision: 1 }, { value: {}, revision: '1' }, {}];
    for (const edited of others) expect(() => toRecord(bytes(edited), 'parcels')).toThrow(unreadable);
    expect(toRecord(bytes({ value: { n: 1 }, revision: 1 }), 'parcels')).toEqual({ value: { n: 1 }, revision: 1 });
  });
});
