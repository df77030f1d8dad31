import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';

/** Mean sizes of what one command leaves: its log record, its event in the index, and its result. */
export interface EntrySizes {
  readonly log: number;
  readonly event: number;
  readonly result: number;
}

type Environment = RootDatabase<Buffer, Buffer>;

const openRaw = (path: string, overlappingSync: boolean): Environment =>
  open<Buffer, Buffer>({ path, noSubdir: false, keyEncoding: 'binary', encoding: 'binary', overlappingSync });

/** What a run of `commands` commands left in the data directory; the index's keys are `\x01<stream>\0<kind>...`. */
export const entrySizes = async (directory: string, topic: string, commands: number): Promise<EntrySizes> => {
  const log = openRaw(join(directory, 'log', topic), false);
  const index = openRaw(join(directory, 'index', 'orders'), true);
  const sizes = { log: 0, event: 0, result: 0 };
  for (const { value } of log.getRange()) sizes.log += value.length;
  for (const { key, value } of index.getRange())
    if (key[0] === 1 && kindIn(key) === 1) sizes.event += value.length;
    else if (key[0] === 1 && kindIn(key) === 2) sizes.result += value.length;
  await log.close();
  await index.close();
  const mean = (bytes: number): number => Math.max(1, Math.round(bytes / commands));
  return { log: mean(sizes.log), event: mean(sizes.event), result: mean(sizes.result) };
};

const kindIn = (key: Buffer): number | undefined => key[key.indexOf(0) + 1];

export interface RawStore {
  /** One command's three entries; resolves when the log's is flushed. */
  write(i: number): Promise<unknown>;
  /** Resolves when the index's are flushed as well. */
  close(): Promise<void>;
}

/** The bare loop: the same entries, in the same kinds of environment, with nothing around them. */
export const openRawStore = (directory: string, sizes: EntrySizes): RawStore => {
  const log = openRaw(join(directory, 'log'), false);
  const index = openRaw(join(directory, 'index'), true);
  const value = {
    log: Buffer.alloc(sizes.log, 1),
    event: Buffer.alloc(sizes.event, 2),
    result: Buffer.alloc(sizes.result, 3),
  };
  return {
    write: (i) => {
      void index.put(Buffer.from(`\x01cart-${i % 1_000}\0\x01${i}`), value.event);
      void index.put(Buffer.from(`\x01cart-${i % 1_000}\0\x02command-${i}`), value.result);
      return log.put(Buffer.from(`${i % 4}${String(i).padStart(12, '0')}`), value.log);
    },
    close: async () => {
      await Promise.all([log.flushed, index.flushed]);
      await log.close();
      await index.close();
    },
  };
};
