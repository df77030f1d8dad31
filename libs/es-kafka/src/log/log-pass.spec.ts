import { type LogReader, OffsetOutOfRange } from '@ledgerline/es-core/adapter';
import { AT } from '../record-batch/batch-header.js';
import { encodeBatch } from '../record-batch/encode-batch.js';
import type { Fetched } from '../wire/fetch.js';
import { LogPass, type PassSource } from './log-pass.js';
import { WaitingPlace } from './waiting-place.js';

const batch = encodeBatch([{ key: 'k', value: 'v', headers: {} }], 0);

const damaged = (): Buffer => {
  const bytes = Buffer.from(batch);
  bytes[AT.records] = (bytes[AT.records] ?? 0) ^ 1;
  return bytes;
};

/** A pass over a partition that ends at 2, and of which a broker hands out these bytes, again and again. */
const passOver = (bytes: Buffer, follow: boolean): LogReader => {
  const fetched: Fetched = { partition: 0, errorCode: 0, end: 2, bytes };
  const topic = {
    name: 'specs.events',
    fetch: () => Promise.resolve(fetched),
    end: () => Promise.resolve(2),
    outOfRange: (partition: number, offset: number) =>
      Promise.resolve(new OffsetOutOfRange('specs.events', partition, offset, { start: 0, end: 2 })),
  };
  const tail = {
    enter: () => Promise.resolve(new WaitingPlace({ partition: 0, offset: 2, epoch: 0 }, () => undefined)),
  };
  const source = { topic, tail, partition: 0, onClose: () => undefined } as unknown as PassSource;
  return new LogPass(source, { from: 0, follow });
};

describe('a pass over a partition', () => {
  it.each([true, false])(
    'says that the log is not available, and where, when what it is handed is damaged (following: %p)',
    async (follow) => {
      await expect(passOver(damaged(), follow).next()).rejects.toMatchObject({
        ...{ code: 'log-unavailable', retriable: true, facts: { topic: 'specs.events', partition: 0, offset: 0 } },
        cause: { message: 'the batch at offset 0 has another checksum than it says' },
      });
    },
  );

  it.each([true, false])('does not ask over and over for what it is never handed (following: %p)', async (follow) => {
    await expect(passOver(Buffer.alloc(0), follow).next()).rejects.toThrow('holds back');
    await expect(passOver(batch.subarray(0, batch.length - 1), follow).next()).rejects.toThrow('damaged');
  });
});
