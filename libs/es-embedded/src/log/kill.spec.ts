import type { StoredRecord } from '@ledgerline/es-core';
import { setTimeout } from 'node:timers/promises';
import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';
import { seed, seeded } from '../fixtures/seeded.js';
import { openEmbeddedLog } from './open-embedded-log.js';

const KILLS = 50;
const PARTITIONS = 4;
const newDirectory = scratch();

interface Acknowledged {
  readonly id: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly count: number;
}

const acknowledgedBy = (child: Child): Acknowledged[] =>
  child.lines
    .filter((line) => line.startsWith('ack '))
    .map((line) => {
      const [, id = '', partition, firstOffset, count] = line.split(' ');
      return { id, partition: Number(partition), firstOffset: Number(firstOffset), count: Number(count) };
    });

/** Everything from each partition's offset on. */
const recordsOf = async (directory: string, from: readonly number[]): Promise<StoredRecord[][]> => {
  const options = { directory, topic: 'orders.events', partitions: PARTITIONS } as const;
  const log = await openEmbeddedLog({ ...options, role: 'writer' });
  try {
    return await Promise.all(
      from.map(async (offset, partition) => {
        const pass = log.read(partition, { from: offset, follow: false });
        const records: StoredRecord[] = [];
        for (let chunk = await pass.next(); chunk; chunk = await pass.next()) records.push(...chunk.records);
        return records;
      }),
    );
  } finally {
    await log.close();
  }
};

const expectDense = (records: readonly StoredRecord[], from: number): void =>
  expect(records.map(({ offset }) => offset)).toEqual(records.map((_, i) => from + i));

/** Each batch's records stand together, first to last. */
const expectWholeBatches = (records: readonly StoredRecord[]): void => {
  for (let i = 0; i < records.length;) {
    const count = Number(records[i]?.headers['commit']?.split('/')[1]);
    const batch = records.slice(i, i + count);
    expect(batch.map(({ headers }) => headers['commit'])).toEqual(batch.map((_, n) => `${n + 1}/${count}`));
    expect(new Set(batch.map(({ key, value }) => key + value)).size).toBe(1);
    expect(batch).toHaveLength(count);
    i += count;
  }
};

const expectHeld = (
  acknowledged: readonly Acknowledged[],
  records: readonly StoredRecord[][],
  from: readonly number[],
): void => {
  for (const { id, partition, firstOffset, count } of acknowledged) {
    const at = firstOffset - (from[partition] ?? 0);
    const held = records[partition]?.slice(at, at + count).map(({ key }) => key);
    expect(held).toEqual(Array.from({ length: count }, () => id));
  }
};

describe(`an embedded log whose writer is killed ${KILLS} times (seed ${seed})`, () => {
  it('holds everything that was acknowledged, whole batches, offsets without gaps', async () => {
    const random = seeded(seed);
    const directory = newDirectory();
    const compiled = newDirectory();
    const start = (run: number): Child =>
      new Child({ file: 'appending.child.mjs', args: [directory, `r${run}`], compiled });
    const ends = Array.from({ length: PARTITIONS }, () => 0);
    const all: Acknowledged[] = [];
    let next = start(0);
    for (let run = 0; run < KILLS; run += 1) {
      const child = next;
      await child.line('ready');
      next = start(run + 1); // Starts up while this one works.
      child.say('go');
      await setTimeout(random() * 150);
      await child.kill();
      const acknowledged = acknowledgedBy(child);
      const records = await recordsOf(directory, ends);
      records.forEach((some, partition) => expectDense(some, ends[partition] ?? 0));
      records.forEach(expectWholeBatches);
      expectHeld(acknowledged, records, ends);
      records.forEach((some, partition) => (ends[partition] = (ends[partition] ?? 0) + some.length));
      all.push(...acknowledged);
    }
    await next.kill();
    const fromZero = ends.map(() => 0);
    expectHeld(all, await recordsOf(directory, fromZero), fromZero);
    expect(all.length).toBeGreaterThan(KILLS);
  }, 120_000);
});
