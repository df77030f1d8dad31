import { gzipSync } from 'node:zlib';
import { JAVA_BATCHES } from '../fixtures/java-batches.js';
import { sealed } from '../fixtures/odd-batches.js';
import { AT, BATCH_OVERHEAD, CONTROL_BIT } from '../record-batch/batch-header.js';
import { BatchDamaged } from '../record-batch/batches-in.js';
import { encodeBatch } from '../record-batch/encode-batch.js';
import { type Allowance, decodeMessages, MOST_UNPACKED_BYTES } from './decode-messages.js';
import { refusalOf } from './message.js';

const GZIP = 1;
const allowance = (over: Partial<Allowance> = {}): Allowance => ({ bytes: 1e9, messages: 1e9, ...over });

const batchOf = (count: number, firstOffset = 0, value = 'v'): Buffer => {
  const batch = encodeBatch(
    Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value, headers: {} })),
    1_700_000_000_000,
  );
  batch.writeBigInt64BE(BigInt(firstOffset), AT.firstOffset);
  return batch;
};

/** The batch with its records packed by gzip, or with other bytes in their place. */
const gzipped = (batch: Buffer, records: Uint8Array = gzipSync(batch.subarray(BATCH_OVERHEAD))): Buffer => {
  const packed = Buffer.concat([batch.subarray(0, BATCH_OVERHEAD), records]);
  packed.writeInt16BE(GZIP, AT.attributes);
  return sealed(packed);
};

const offsets = async (bytes: Buffer, from = 0, allowed = allowance()): Promise<string[]> =>
  (await decodeMessages(bytes, from, allowed)).map(
    (message) => `${message.offset}${refusalOf(message) ? ' refused' : ''}${message.isControlRecord ? ' control' : ''}`,
  );

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `${from + i}`);

describe('messages', () => {
  it.each(Object.entries(JAVA_BATCHES))("packed by %s by Kafka's own client are what was sent", async (_, base64) => {
    const messages = await decodeMessages(Buffer.from(base64, 'base64'), 0, allowance());
    expect(messages.map(({ key, value, headers }) => [String(key), JSON.parse(String(value)), headers])).toEqual(
      Array.from({ length: 12 }, (_, i) => [
        // eslint-disable-next-line shop/no-names -- as it was recorded
        `cart-${i}`,
        {
          // eslint-disable-next-line shop/no-names -- as it was recorded
          ...{ id: `c${i}`, type: 'AddItemToCart', stream: `cart-${i}` },
          data: { sku: '85123A', quantity: (i * 7919) % 1000 },
        },
        { 'x-actor': Buffer.from('shop') },
      ]),
    );
    expect(Number(messages[0]?.timestamp)).toBeGreaterThan(Date.UTC(2026));
  });

  it('begin at the offset that was asked for, and end before the batch that is cut off', async () => {
    const bytes = Buffer.concat([gzipped(batchOf(3, 5)), batchOf(2, 8), batchOf(9, 10).subarray(0, 90)]);
    expect(await offsets(bytes, 6)).toEqual(numbers(6, 10));
    await expect(decodeMessages(batchOf(9).subarray(0, 90), 0, allowance())).rejects.toThrow(BatchDamaged);
  });

  it('come as far as they are allowed to, also within a batch', async () => {
    const bytes = Buffer.concat([gzipped(batchOf(5_000)), batchOf(2, 5_000)]);
    expect(await offsets(gzipped(batchOf(200_000)), 0, allowance({ messages: 1_000 }))).toEqual(numbers(0, 1_000));
    expect(await offsets(bytes, 4_500, allowance({ messages: 1_000 }))).toEqual(numbers(4_500, 5_002));
    expect(await offsets(bytes, 0, allowance({ bytes: 1_000 }))).toEqual(numbers(0, 5_000));
    expect(await offsets(bytes, 0, allowance({ bytes: 0 }))).toEqual([]);
  });

  it('are refused as a batch where it unpacks to too much, and what follows is read', async () => {
    const bomb = gzipped(batchOf(1), gzipSync(Buffer.alloc(160 * 1024 * 1024)));
    const before = process.memoryUsage().rss;
    expect(await offsets(Buffer.concat([bomb, batchOf(1, 1)]))).toEqual(['0 refused', '1']);
    expect(process.memoryUsage().rss - before).toBeLessThan(8 * MOST_UNPACKED_BYTES);
  });

  it('are refused as a batch where it does not decode, and say why', async () => {
    const broken = batchOf(3);
    broken[BATCH_OVERHEAD + 1] = 0x7f;
    const unknown = batchOf(3, 3);
    unknown.writeInt16BE(7, AT.attributes);
    const bytes = Buffer.concat([gzipped(batchOf(3), Buffer.from('not gzip')), sealed(unknown), batchOf(1, 6)]);
    expect(await offsets(bytes)).toEqual(['2 refused', '5 refused', '6']);
    const [, second] = await decodeMessages(bytes, 0, allowance());
    expect(second && refusalOf(second)).toEqual({
      ...{ firstOffset: '3', lastOffset: '5', reason: 'compression 7 is not known' },
    });
  });

  it('that compaction left are read, and what it took is stepped over', async () => {
    const batch = batchOf(3);
    batch.writeInt32BE(7, AT.lastOffsetDelta);
    expect(await offsets(sealed(batch))).toEqual(['0', '1', '2', '7 control']);
  });

  it('in which transactions end are marked as such', async () => {
    const batch = batchOf(1);
    batch.writeInt16BE(CONTROL_BIT, AT.attributes);
    expect(await offsets(sealed(batch))).toEqual(['0 control']);
  });
});
