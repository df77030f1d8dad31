import type { StoredRecord } from '@ledgerline/es-core/adapter';
import { setTimeout } from 'node:timers/promises';
import { seededRandom, specSeed } from '@ledgerline/es-testing';
import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';
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
  const options = { directory, topic: 'parcels.events', partitions: PARTITIONS } as const;
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

/** What is wrong with the records of one partition: a gap, or a batch that is not whole. */
const tornIn = (records: readonly StoredRecord[], from: number): string[] => {
  let before: { key: string; index: number; count: number } = { key: '', index: 0, count: 0 };
  return records.flatMap(({ key, offset, headers }, i) => {
    const [index = 0, count = 0] = headers['commit']?.split('/').map(Number) ?? [];
    const begins = index === 1 && before.index === before.count;
    const goesOn = index === before.index + 1 && count === before.count && key === before.key;
    before = { key, index, count };
    const ends = i < records.length - 1 || index === count;
    return offset === from + i && (begins || goesOn) && ends ? [] : [`${offset}: ${key} ${index}/${count}`];
  });
};

/** What was acknowledged and is not there. */
const missingIn = (
  records: readonly (readonly StoredRecord[])[],
  acknowledged: readonly Acknowledged[],
  from: readonly number[],
): Acknowledged[] =>
  acknowledged.filter(({ id, partition, firstOffset, count }) => {
    const at = firstOffset - (from[partition] ?? 0);
    const held = records[partition]?.slice(at, at + count) ?? [];
    return held.length !== count || held.some(({ key }) => key !== id);
  });

describe(`an embedded log whose writer is killed ${KILLS} times (seed ${specSeed})`, () => {
  it('holds everything that was acknowledged, whole batches, offsets without gaps', async () => {
    const random = seededRandom(specSeed);
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
      await setTimeout(random() * 120);
      await child.kill();
      const acknowledged = acknowledgedBy(child);
      const records = await recordsOf(directory, ends);
      expect(records.flatMap((some, partition) => tornIn(some, ends[partition] ?? 0))).toEqual([]);
      expect(missingIn(records, acknowledged, ends)).toEqual([]);
      records.forEach((some, partition) => (ends[partition] = (ends[partition] ?? 0) + some.length));
      all.push(...acknowledged);
    }
    await next.kill();
    const fromZero = ends.map(() => 0);
    const records = await recordsOf(directory, fromZero);
    expect(records.flatMap((some) => tornIn(some, 0))).toEqual([]);
    expect(missingIn(records, all, fromZero)).toEqual([]);
    expect(all.length).toBeGreaterThan(KILLS);
  }, 120_000);
});
