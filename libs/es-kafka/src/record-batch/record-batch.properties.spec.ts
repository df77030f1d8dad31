import { crc32, crc32c } from '@node-rs/crc32';
import { type LogRecord, recordBytes, type StoredRecord } from '@ledgerline/es-core/adapter';
import fc from 'fast-check';
import { decodedByKafkaJs, encodedByKafkaJs } from '../fixtures/kafkajs-codec.js';
import { AT, CONTROL_BIT } from './batch-header.js';
import { BatchDamaged } from './batches-in.js';
import { decodeBatches, OffsetMissing } from './decode-batches.js';
import { encodeBatch } from './encode-batch.js';

const seed = Number(process.env['SPEC_SEED'] ?? Date.now() % 1_000_000);
const RUNS = { seed, numRuns: 300 };
const GZIP = 1;

const text = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', 'a'.repeat(63), 'a'.repeat(64), 'b'.repeat(8_191), 'b'.repeat(8_192), 'é'.repeat(64), '🛒'),
);
const name = fc.oneof(
  fc.constantFrom('ce_id', 'kind', 'commandid', 'ä', 'ü'.repeat(64)),
  // kafkajs finds `toString` where nobody set it.
  text.filter((one) => one !== '' && !(one in {})),
);
const record: fc.Arbitrary<LogRecord> = fc.record({
  key: text,
  value: text,
  headers: fc.dictionary(name, text, { maxKeys: 20, noNullPrototype: true }),
});
const batch = fc.array(record, { minLength: 1, maxLength: 70 });
const offset = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 2 ** 52 }));

const storedAt = (records: readonly LogRecord[], firstOffset: number): StoredRecord[] =>
  records.map((one, i) => ({ ...one, offset: firstOffset + i }));

const at = (bytes: Buffer, firstOffset: number): Buffer => {
  const placed = Buffer.from(bytes);
  placed.writeBigInt64BE(BigInt(firstOffset), AT.firstOffset);
  return placed;
};

const byteLength = (one: string): number => Buffer.byteLength(one);

describe(`a record batch (seed ${seed})`, () => {
  it('of ours is read by kafkajs as it was', () =>
    fc.assert(
      fc.asyncProperty(batch, async (records) => {
        expect(await decodedByKafkaJs(encodeBatch(records, 1_700_000_000_000))).toEqual(storedAt(records, 0));
      }),
      RUNS,
    ));

  it('of kafkajs is read by us as it was', () =>
    fc.assert(
      fc.asyncProperty(batch, offset, async (records, firstOffset) => {
        const bytes = await encodedByKafkaJs({ records, firstOffset });
        const nextOffset = firstOffset + records.length;
        expect(decodeBatches(bytes, firstOffset)).toEqual({ records: storedAt(records, firstOffset), nextOffset });
      }),
      RUNS,
    ));

  it('has no more bytes than es-core counts for its records, beside what frames it', () => {
    fc.assert(
      fc.property(batch, (records) => {
        const ascii = records.map(({ headers, ...one }) => ({
          ...one,
          headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [encodeURIComponent(key), value])),
        }));
        const counted = ascii.reduce((sum, one) => sum + recordBytes({ byteLength }, one), 0);
        expect(encodeBatch(ascii, 0).length - AT.records).toBeLessThanOrEqual(counted);
      }),
      RUNS,
    );
  });

  it('is read from any offset, with others behind it, and up to where the bytes were cut off', () => {
    fc.assert(
      fc.property(
        fc.array(batch, { minLength: 1, maxLength: 4 }),
        offset,
        fc.nat(),
        fc.nat(),
        (batches, first, f, c) => {
          const all = storedAt(batches.flat(), first);
          const encoded = batches.map((records, i) =>
            at(encodeBatch(records, 0), first + batches.slice(0, i).flat().length),
          );
          const from = first + (f % (batches[0]?.length ?? 1));
          const bytes = Buffer.concat(encoded);
          const cut = c % (bytes.length + 1);
          const read = () => decodeBatches(bytes.subarray(0, cut), from);
          let whole = 0;
          let end = 0;
          for (const [i, one] of encoded.entries())
            if ((end += one.length) <= cut) whole = batches.slice(0, i + 1).flat().length;
          if (whole === 0 && cut > 0) expect(read).toThrow(BatchDamaged);
          else
            expect(read()).toEqual({
              records: all.slice(0, whole).filter((one) => one.offset >= from),
              nextOffset: whole === 0 ? from : first + whole,
            });
        },
      ),
      RUNS,
    );
  });

  it('that was damaged anywhere is noticed, or reads as it was', () => {
    fc.assert(
      fc.property(batch, fc.nat(), fc.integer({ min: 1, max: 255 }), (records, place, change) => {
        const bytes = encodeBatch(records, 0);
        const damaged = place % bytes.length;
        bytes[damaged] = (bytes[damaged] ?? 0) ^ change;
        const read = outcomeOf(bytes);
        if (read instanceof Error) expect(read instanceof OffsetMissing || read instanceof BatchDamaged).toBe(true);
        else expect(storedAt(records, 0)).toEqual(expect.arrayContaining([...read]));
      }),
      RUNS,
    );
  });
});

const outcomeOf = (bytes: Buffer): readonly StoredRecord[] | Error => {
  try {
    return decodeBatches(bytes, 0).records;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
};

describe('batches', () => {
  const records = (...values: string[]): LogRecord[] => values.map((value) => ({ key: 'k', value, headers: {} }));
  const encoded = (firstOffset: number, ...values: string[]): Buffer =>
    at(encodeBatch(records(...values), 0), firstOffset);

  it('that leave offsets out are not read past the gap', () => {
    const bytes = Buffer.concat([encoded(5, 'a', 'b'), encoded(8, 'c')]);
    expect(() => decodeBatches(bytes, 5)).toThrow(expect.objectContaining({ offset: 7 }));
    expect(() => decodeBatches(encoded(8, 'c'), 7)).toThrow(new OffsetMissing(7));
  });

  it('of which compaction took records are not read past the gap', () => {
    const bytes = encoded(5, 'a', 'b');
    bytes.writeInt32BE(2, AT.lastOffsetDelta);
    bytes.writeUInt32BE(crc32c(bytes.subarray(AT.attributes)), AT.checksum);
    expect(() => decodeBatches(bytes, 5)).toThrow(OffsetMissing);
  });

  it('in which transactions end are stepped over', () => {
    const control = encoded(6, 'commit');
    control.writeInt16BE(CONTROL_BIT, AT.attributes);
    control.writeUInt32BE(crc32c(control.subarray(AT.attributes)), AT.checksum);
    const bytes = Buffer.concat([encoded(5, 'a'), control, encoded(7, 'b'), at(control, 8)]);
    expect(decodeBatches(bytes, 5)).toEqual({
      records: [storedAt(records('a'), 5), storedAt(records('b'), 7)].flat(),
      nextOffset: 9,
    });
  });

  it('that somebody compressed are unreadable, all their records', async () => {
    const bytes = await encodedByKafkaJs({ records: records('a', 'b'), firstOffset: 5, compression: GZIP });
    expect(decodeBatches(bytes, 5)).toEqual({ records: [unreadableFrom(5, 2)], nextOffset: 7 });
    expect(decodeBatches(bytes, 6)).toEqual({ records: [unreadableFrom(6, 1)], nextOffset: 7 });
  });

  it('of an older format are unreadable, one message each', () => {
    for (const magic of [0, 1]) {
      const bytes = Buffer.concat([encoded(5, 'a'), olderMessage(magic, 6), encoded(7, 'b')]);
      expect(decodeBatches(bytes, 5)).toEqual({
        records: [storedAt(records('a'), 5), unreadableFrom(6, 1), storedAt(records('b'), 7)].flat(),
        nextOffset: 8,
      });
    }
  });

  it('are damaged where the format alone changed, or is not known', () => {
    for (const magic of [0, 1, 3]) {
      const bytes = encoded(5, 'a');
      bytes.writeInt8(magic, AT.magic);
      expect(() => decodeBatches(bytes, 5)).toThrow(BatchDamaged);
    }
  });
});

const unreadableFrom = (offset: number, unreadable: number): StoredRecord => ({
  ...{ key: '', value: '', headers: {}, offset, unreadable },
});

/** Without key and value. */
const olderMessage = (magic: number, offset: number): Buffer => {
  const bytes = Buffer.alloc(26 + 8 * magic, 0xff);
  bytes.writeBigInt64BE(BigInt(offset), AT.firstOffset);
  bytes.writeInt32BE(bytes.length - AT.leaderEpoch, AT.length);
  bytes.writeInt8(magic, AT.magic);
  bytes.writeInt8(0, AT.magic + 1);
  bytes.writeUInt32BE(crc32(bytes.subarray(AT.magic)), AT.leaderEpoch);
  return bytes;
};
