import { EventEmitter, once } from 'node:events';
import {
  AppendRefused,
  type LogChunk,
  type LogReader,
  type LogRecord,
  type PartitionedLog,
  type ReadOptions,
  type StoredRecord,
} from '@ledgerline/es-core/adapter';
import { memoryLog } from '../../memory/memory-log.js';
import { MemoryTopic } from '../../memory/memory-topic.js';
import { turns } from '../contract.js';
import type { PartitionedLogHarness } from '../log-harness.js';
import type { Broken } from './prove-contract.js';

type OnTopic = (log: PartitionedLog, topic: MemoryTopic) => Partial<PartitionedLog>;

/** A log in memory; what `breaks` answers takes the place of its methods, in every handle. */
export const openLog = (
  breaks: OnTopic = () => ({}),
  more: (topic: MemoryTopic) => Partial<PartitionedLogHarness> = () => ({}),
): Promise<PartitionedLogHarness> => {
  const topic = new MemoryTopic({ maxBatchBytes: 200_000 });
  const opened: PartitionedLog[] = [];
  const handle = (): PartitionedLog => {
    const inner = memoryLog(topic);
    opened.push(inner);
    const { topic: name, partitions, maxBatchBytes } = inner;
    return {
      ...{ topic: name, partitions, maxBatchBytes },
      append: (partition, records) => inner.append(partition, records),
      bounds: (partition) => inner.bounds(partition),
      read: (partition, options) => inner.read(partition, options),
      problems: () => inner.problems(),
      close: () => inner.close(),
      ...breaks(inner, topic),
    };
  };
  const close = async () => {
    for (const log of opened) await log.close();
  };
  return Promise.resolve({
    ...{ log: handle(), dispose: close },
    reopen: async () => close().then(handle),
    anotherReader: () => Promise.resolve(handle()),
    anotherWriter: () => Promise.resolve(handle()),
    forgetBefore: (partition, offset) => Promise.resolve(topic.forgetBefore(partition, offset)),
    ...more(topic),
  });
};

const appending = (change: (records: readonly LogRecord[]) => readonly LogRecord[]): OnTopic => {
  return (log) => ({ append: (partition, records) => log.append(partition, change(records)) });
};
const reading = (
  change: (options: ReadOptions, log: PartitionedLog, partition: number, topic: MemoryTopic) => LogReader,
): OnTopic => {
  return (log, topic) => ({ read: (partition, options) => change(options, log, partition, topic) });
};
const chunks = (change: (chunk: LogChunk) => LogChunk | undefined): OnTopic =>
  reading((options, log, partition) => {
    const reader = log.read(partition, options);
    const next = async () => {
      const chunk = await reader.next();
      return chunk && change(chunk);
    };
    return { next, close: () => reader.close() };
  });

const CONCURRENT = 'keeps every batch together when many are appended to a partition at once';
const HANDLES = 'keeps every batch together when two handles append to a partition at once';
const ROUND_TRIP = 'gives back keys, values and headers as they were, whatever characters they hold';
const OUT_OF_RANGE = 'fails loudly on an offset that it does not hold, followed or not';
const FOLLOWS = 'waits at the end of a following pass, and gives what is appended then';
const FOLLOWS_ANOTHER = 'waits in a following pass through another handle, and gives what is appended then';
const MISSES_NOTHING = 'gives several followers everything once and in order while it is appended';
const MAX_RECORDS = 'gives at most maxRecords a chunk, and nextOffset is where another pass goes on';
const TOO_LARGE = 'refuses a batch of one byte more, for good, and stores nothing of it';
const EMPTY_AT_FIRST = 'is empty at first, in every partition, and has nothing to complain about';
const NOT_THERE = 'fails on a batch of no records, and on a partition that is not there';

const broken = (name: string, caughtBy: string, breaks: OnTopic): Broken<PartitionedLogHarness> => {
  return { name, caughtBy, open: () => openLog(breaks) };
};

export const BROKEN_LOGS: readonly Broken<PartitionedLogHarness>[] = [
  broken('answers the offset behind the right one', 'stores the first record at offset 0', (log) => ({
    append: async (partition, records) => ({ firstOffset: (await log.append(partition, records)).firstOffset + 1 }),
  })),
  broken(
    'answers the offset of the last record',
    'stores a batch at consecutive offsets, in order, and answers the first',
    (log) => ({
      append: async (partition, records) => {
        const { firstOffset } = await log.append(partition, records);
        return { firstOffset: firstOffset + records.length - 1 };
      },
    }),
  ),
  broken('answers the offset that it predicted', CONCURRENT, (log) => ({
    append: async (partition, records) => {
      const { end } = await log.bounds(partition);
      await turns(1);
      await log.append(partition, records);
      return { firstOffset: end };
    },
  })),
  broken('predicts offsets from what its own handle appended', HANDLES, (log) => {
    let end = 0;
    return {
      append: async (partition, records) => {
        await log.append(partition, records);
        const firstOffset = end;
        end += records.length;
        return { firstOffset };
      },
    };
  }),
  broken('stores the records of a batch one by one', CONCURRENT, (log) => ({
    append: async (partition, records) => {
      const firstOffsets: number[] = [];
      for (const one of records) {
        firstOffsets.push((await log.append(partition, [one])).firstOffset);
        await turns(1);
      }
      return { firstOffset: firstOffsets[0] ?? 0 };
    },
  })),
  broken(
    'acknowledges first and stores later',
    'shows a batch in bounds and to a new pass as soon as it is acknowledged',
    (log, topic) => {
      let end = 0;
      return {
        append: async (partition, records) => {
          await log.bounds(partition);
          void turns(3).then(() => topic.append(partition, records));
          const firstOffset = end;
          end += records.length;
          return { firstOffset };
        },
      };
    },
  ),
  broken('puts all partitions into one', 'keeps partitions apart', (log) => ({
    append: (_, records) => log.append(0, records),
    read: (_, options) => log.read(0, options),
  })),
  broken('takes a repeated batch for a retry', 'stores the same batch twice when it is appended twice', (log) => {
    const seen = new Map<string, Promise<{ readonly firstOffset: number }>>();
    return {
      append: (partition, records) => {
        const key = JSON.stringify([partition, records]);
        const appended = seen.get(key) ?? log.append(partition, records);
        seen.set(key, appended);
        return appended;
      },
    };
  }),
  broken(
    'drops headers',
    ROUND_TRIP,
    appending((records) => records.map((one) => ({ ...one, headers: {} }))),
  ),
  broken(
    'stores text as Latin-1',
    ROUND_TRIP,
    appending((records) =>
      records.map((one) => {
        return { ...one, value: Buffer.from(one.value, 'latin1').toString('latin1') };
      }),
    ),
  ),
  broken(
    'takes at most 500 records of a batch',
    'takes a thousand records in one batch',
    appending((records) => records.slice(0, 500)),
  ),
  broken('refuses the largest batch that it should take', 'takes a batch of exactly maxBatchBytes', (log) => ({
    append: async (partition, records) => {
      if (records.some(({ value }) => value.length > 150_000)) throw new AppendRefused('it is too large');
      return log.append(partition, records);
    },
  })),
  broken('stores what fits of too large a batch, and refuses it', TOO_LARGE, (log) => ({
    append: async (partition, records) => {
      try {
        return await log.append(partition, records);
      } catch (error) {
        if (records.length > 1) await log.append(partition, records.slice(0, 1));
        throw error;
      }
    },
  })),
  broken('takes a batch of any size', TOO_LARGE, (_, topic) => ({
    append: (partition, records) => Promise.resolve(topic.append(partition, records)),
  })),
  broken('fails on too large a batch as if it might have worked', TOO_LARGE, (log) => ({
    append: async (partition, records) => {
      try {
        return await log.append(partition, records);
      } catch (cause) {
        throw new Error('it did not work', { cause });
      }
    },
  })),
  broken('takes a batch of no records', NOT_THERE, (log) => ({
    append: async (partition, records) =>
      records.length === 0 ? { firstOffset: (await log.bounds(partition)).end } : log.append(partition, records),
  })),
  broken('has a partition more than it says', NOT_THERE, (log) => ({
    append: async (partition, records) => log.append(partition % log.partitions, records),
  })),
  broken('complains although nothing is wrong', EMPTY_AT_FIRST, () => ({
    problems: () => Promise.resolve([{ message: 'retention.ms is 604800000: set it to -1', promise: 'broken' }]),
  })),
  broken(
    'starts at the beginning wherever it should read from',
    'reads from any offset that it holds',
    reading((options, log, partition) => log.read(partition, { ...options, from: Math.min(options.from, 0) })),
  ),
  broken(
    'goes to the end when the offset is out of range',
    OUT_OF_RANGE,
    reading((options, log, partition, topic) => {
      const { start, end } = topic.bounds(partition);
      const held = options.from >= start && options.from <= end;
      return log.read(partition, { ...options, from: held ? options.from : end });
    }),
  ),
  broken(
    'waits for an offset that is out of range',
    OUT_OF_RANGE,
    reading((options, log, partition, topic) => {
      const { end } = topic.bounds(partition);
      if (!options.follow || options.from <= end) return log.read(partition, options);
      return log.read(partition, { ...options, from: end });
    }),
  ),
  broken(
    'starts at its start when the offset was forgotten',
    'fails loudly on an offset that it has forgotten, and reads on from its start',
    reading((options, log, partition, topic) => {
      const { start } = topic.bounds(partition);
      return log.read(partition, {
        ...options,
        from: options.from >= 0 ? Math.max(start, options.from) : options.from,
      });
    }),
  ),
  broken(
    'pays no heed to maxRecords',
    MAX_RECORDS,
    reading(({ from, follow }, log, partition) => log.read(partition, { from, follow })),
  ),
  broken(
    'gives the last offset for the next one',
    MAX_RECORDS,
    chunks(({ records, nextOffset }) => ({ records, nextOffset: nextOffset - 1 })),
  ),
  broken(
    'leaves out the last record of a chunk of several',
    MISSES_NOTHING,
    chunks(({ records, nextOffset }) => {
      return { records: records.length > 1 ? records.slice(0, -1) : records, nextOffset };
    }),
  ),
  broken(
    'never ends a bounded pass that is being appended to',
    'ends a bounded pass although more is appended all the while',
    reading((options, log, partition) => {
      if (options.follow) return log.read(partition, options);
      let from = options.from;
      const next = async () => {
        const reader = log.read(partition, { ...options, from });
        const chunk = await reader.next();
        from = chunk?.nextOffset ?? from;
        return chunk;
      };
      return { next, close: () => Promise.resolve() };
    }),
  ),
  broken(
    'ends a bounded pass where its handle last knew the end',
    'gives a bounded pass through another handle everything that was acknowledged before',
    (log, topic) => {
      const ends = [0, 1, 2, 3].map((partition) => topic.bounds(partition).end);
      return {
        append: async (partition, records) => {
          const appended = await log.append(partition, records);
          ends[partition] = topic.bounds(partition).end;
          return appended;
        },
        read: (partition, options) => {
          const reader = log.read(partition, options);
          const isKnown = ({ offset }: StoredRecord) => options.follow || offset < (ends[partition] ?? 0);
          const next = async () => {
            const chunk = await reader.next();
            const records = chunk?.records.filter(isKnown) ?? [];
            return chunk && records.length > 0 ? { ...chunk, records } : undefined;
          };
          return { next, close: () => reader.close() };
        },
      };
    },
  ),
  broken(
    'ends a following pass at the end',
    FOLLOWS,
    reading((options, log, partition) => log.read(partition, { ...options, follow: false })),
  ),
  broken(
    'misses all but the last of what comes while it waits',
    FOLLOWS,
    reading((options, log, partition) => {
      const reader = log.read(partition, options);
      const next = async () => {
        let waited = false;
        const coming = reader.next();
        await Promise.race([coming, turns(1).then(() => (waited = true))]);
        const chunk = await coming;
        return chunk && waited ? { ...chunk, records: chunk.records.slice(-1) } : chunk;
      };
      return { next, close: () => reader.close() };
    }),
  ),
  broken('wakes a follower for what its own handle appends only', FOLLOWS_ANOTHER, (log) => {
    const bell = new EventEmitter();
    return {
      append: async (partition, records) => {
        const appended = await log.append(partition, records);
        bell.emit('rung');
        return appended;
      },
      read: (partition, options) => {
        let { from } = options;
        const next = async (): Promise<LogChunk | undefined> => {
          for (;;) {
            const chunk = await log.read(partition, { ...options, from, follow: false }).next();
            from = chunk?.nextOffset ?? from;
            if (chunk || !options.follow) return chunk;
            await once(bell, 'rung');
          }
        };
        return { next, close: () => Promise.resolve() };
      },
    };
  }),
  broken(
    'gives a chunk twice now and then',
    MISSES_NOTHING,
    reading((options, log, partition) => {
      const reader = log.read(partition, options);
      const given: (LogChunk | undefined)[] = [];
      const next = async () => {
        const chunk = given.length % 4 === 3 ? given.at(-1) : await reader.next();
        given.push(chunk);
        return chunk;
      };
      return { next, close: () => reader.close() };
    }),
  ),
  broken(
    'has one place in a partition for all its passes',
    'lets passes over one partition go on side by side',
    (log) => {
      const places = new Map<number, number>();
      return {
        read: (partition, options) => {
          places.set(partition, options.from);
          const next = async () => {
            const chunk = await log.read(partition, { ...options, from: places.get(partition) ?? 0 }).next();
            if (chunk) places.set(partition, chunk.nextOffset);
            return chunk;
          };
          return { next, close: () => Promise.resolve() };
        },
      };
    },
  ),
  broken(
    'leaves a pass waiting that was closed',
    'ends a pass that is closed while it waits, and stays at its end',
    reading((options, log, partition) => {
      const reader = log.read(partition, options);
      return { next: () => reader.next(), close: () => Promise.resolve() };
    }),
  ),
  broken(
    'leaves passes waiting when it is closed',
    'ends all passes when the log is closed, which is safe to repeat',
    () => ({
      close: () => Promise.resolve(),
    }),
  ),
  {
    name: 'forgets everything when it is closed',
    caughtBy: 'holds what it acknowledged after it was closed and opened again, and goes on behind it',
    open: () => openLog(undefined, () => ({ reopen: () => Promise.resolve(memoryLog()) })),
  },
];
