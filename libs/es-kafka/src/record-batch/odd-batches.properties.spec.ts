import type { LogRecord, StoredRecord } from '@ledgerline/es-core/adapter';
import fc from 'fast-check';
import { oddBatch, sealed } from '../fixtures/odd-batches.js';
import { AT } from './batch-header.js';
import { BatchDamaged } from './batches-in.js';
import { decodeBatches, OffsetMissing } from './decode-batches.js';
import { encodeBatch } from './encode-batch.js';

const seed = Number(process.env['SPEC_SEED'] ?? Date.now() % 1_000_000);
const RUNS = { seed, numRuns: 1_000 };
const FIRST = 5;

const ours: LogRecord = { key: 'k', value: 'ours', headers: { kind: 'event' } };

const at = (bytes: Buffer, firstOffset: number): Buffer => {
  const placed = Buffer.from(bytes);
  placed.writeBigInt64BE(BigInt(firstOffset), AT.firstOffset);
  return placed;
};

const decoded = (bytes: Buffer, from: number): ReturnType<typeof decodeBatches> | undefined => {
  try {
    return decodeBatches(bytes, from);
  } catch (error) {
    if (error instanceof BatchDamaged || error instanceof OffsetMissing) return undefined;
    throw error;
  }
};

/** The offsets that these records are about. */
const offsetsOf = (records: readonly StoredRecord[]): number =>
  records.reduce((sum, { unreadable = 1 }) => sum + unreadable, 0);

describe(`a batch that somebody made up (seed ${seed})`, () => {
  it('is records, or is unreadable as a whole, and what comes behind it is read', () => {
    fc.assert(
      fc.property(oddBatch, (odd) => {
        const alone = decoded(at(odd, FIRST), FIRST);
        if (!alone) return;
        const { records, nextOffset } = alone;
        const isControl = records.length === 0;
        expect(isControl || offsetsOf(records) === nextOffset - FIRST).toBe(true);
        expect(records.every(({ unreadable }) => unreadable === undefined) || records.length === 1).toBe(true);
        const followed = Buffer.concat([at(odd, FIRST), at(encodeBatch([ours], 0), nextOffset)]);
        expect(decodeBatches(followed, FIRST)).toEqual({
          records: [...records, { ...ours, offset: nextOffset }],
          nextOffset: nextOffset + 1,
        });
      }),
      RUNS,
    );
  });

  it('is the same from whatever offset of it and however it is cut off', () => {
    fc.assert(
      fc.property(oddBatch, fc.nat(), fc.nat(), (odd, f, c) => {
        const bytes = Buffer.concat([at(encodeBatch([ours], 0), FIRST - 1), at(odd, FIRST)]);
        const whole = decoded(bytes, FIRST - 1);
        const cut = decoded(bytes.subarray(0, bytes.length - 1 - (c % odd.length)), FIRST - 1);
        expect(cut).toEqual({ records: [{ ...ours, offset: FIRST - 1 }], nextOffset: FIRST });
        if (!whole) return;
        const from = FIRST + (f % (whole.nextOffset - FIRST));
        const isUnreadable = whole.records.some(({ unreadable }) => unreadable !== undefined);
        const rest = decodeBatches(bytes, from);
        expect(rest.nextOffset).toBe(whole.nextOffset);
        if (!isUnreadable) expect(rest.records).toEqual(whole.records.filter(({ offset }) => offset >= from));
        else expect(rest.records).toMatchObject([{ offset: from, unreadable: whole.nextOffset - from }]);
      }),
      RUNS,
    );
  });

  it('takes no more memory than its bytes do, whatever number of records and headers it claims', () => {
    const claims = encodeBatch([ours], 0);
    claims.writeInt32BE(2 ** 31 - 1, AT.count);
    claims.writeInt32BE(2 ** 31 - 2, AT.lastOffsetDelta);
    const { records, nextOffset } = decodeBatches(at(sealed(claims), FIRST), FIRST);
    expect(records).toMatchObject([{ offset: FIRST, unreadable: 2 ** 31 - 1 }]);
    expect(nextOffset).toBe(FIRST + 2 ** 31 - 1);
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`h${i}`, '']));
    expect(decodeBatches(encodeBatch([{ ...ours, headers: many }], 0), 0).records).toMatchObject([{ unreadable: 1 }]);
  });
});

describe('an answer of nothing but half a batch', () => {
  it('is damaged, for asked again at once a broker would say the same', () => {
    const bytes = encodeBatch([ours], 0);
    bytes.writeInt32BE(2 ** 31 - 1, AT.length);
    expect(() => decodeBatches(bytes, 0)).toThrow(BatchDamaged);
  });
});
