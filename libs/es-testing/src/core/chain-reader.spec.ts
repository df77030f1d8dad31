import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogReader, PartitionedLog, ReaderState } from '@ledgerline/es-core/adapter';
import { ChainReader, type Commit } from '@ledgerline/es-core/runtime';
import { MemoryTopic } from '../memory/memory-topic.js';
import { coins } from './fixtures/coin-jar.js';
import { Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

const commandsOf = (commits: readonly Commit[]): string[] => commits.map(([{ commandId }]) => commandId);

describe('a chain reader', () => {
  let workshop: Workshop;
  let log: TroubledLog;
  let states: ReaderState[];

  /** Genesis at offset 0 and the commands c1 to c5 of two records each behind it. */
  beforeEach(async () => {
    workshop = new Workshop();
    const { store } = await workshop.open();
    states = [];
    store.onCommit((_, commit) => {
      const { hash: head, ordinal, offset: headOffset, time } = commit[commit.length - 1] ?? commit[0];
      states.push({ logId: store.logId, head, ordinal, headOffset, time });
    });
    for (let i = 1; i <= 5; i += 1) await store.append('jar-1', 2 * (i - 1), coins(2), { commandId: `c${i}` });
    await workshop.close();
    log = new TroubledLog(workshop.topic);
  });

  const stateAfter = (command: number): ReaderState => {
    const state = states[command - 1];
    if (!state) throw new Error(`there is no command ${command}`);
    return state;
  };

  const readerAfter = (command: number, follow = false, over: PartitionedLog = log): ChainReader =>
    new ChainReader({ log: over, partition: 0, platform: workshop.platform, state: stateAfter(command), follow });

  const rest = async (reader: ChainReader): Promise<string[]> => {
    const commands: string[] = [];
    for (let progress = await reader.next(); progress; progress = await reader.next())
      commands.push(...commandsOf(progress.commits));
    return commands;
  };

  it('goes on behind the state that it is given', async () => {
    const reader = readerAfter(3);
    expect(await rest(reader)).toEqual(['c4', 'c5']);
    expect(reader.state).toEqual(stateAfter(5));
  });

  it('finds nothing behind the last record, and stays where it is', async () => {
    const reader = readerAfter(5);
    expect(await rest(reader)).toEqual([]);
    expect(reader.state).toEqual(stateAfter(5));
  });

  it.each([false, true])(
    'stops loudly where the log lost the record it goes on from (following: %p)',
    async (follow) => {
      workshop.topic.loseTail(0, 10);
      await expect(readerAfter(5, follow).next()).rejects.toMatchObject({ code: 'log-diverged', retriable: false });
    },
  );

  it.each([false, true])('stops loudly where the log lost more than that (following: %p)', async (follow) => {
    workshop.topic.loseTail(0, 4);
    await expect(readerAfter(5, follow).next()).rejects.toMatchObject({ code: 'log-diverged', facts: { offset: 10 } });
  });

  it('stops loudly where the log lost its tail and grew again to the same length', async () => {
    workshop.topic.loseTail(0, 7);
    const other = await workshop.open();
    await other.store.append('jar-2', 0, coins(4));
    await workshop.close();
    expect(workshop.topic.bounds(0).end).toBe(11);
    await expect(readerAfter(5).next()).rejects.toMatchObject({ code: 'log-diverged' });
    expect(await rest(readerAfter(3))).toHaveLength(1);
  });

  it('stops loudly, instead of waiting for ever, where the log steps over the offset that it goes on from', async () => {
    workshop.topic.loseTail(0, 10);
    const stepping: PartitionedLog = {
      ...withChunks(log, (chunk) => chunk),
      bounds: () => Promise.resolve({ start: 0, end: 11 }),
      read: (partition, options) => (options.follow ? stepsOver(10) : log.read(partition, options)),
    };
    await expect(readerAfter(5, true, stepping).next()).rejects.toMatchObject({ code: 'log-diverged' });
  });

  it.each(['value', 'headers'] as const)('stops loudly where the %s of the last record were changed', async (what) => {
    const changed: PartitionedLog = withChunks(log, (chunk) => ({
      ...chunk,
      records: chunk.records.map((record) =>
        what === 'value'
          ? { ...record, value: '{"edited":1}' }
          : { ...record, headers: { ...record.headers, actor: 'X' } },
      ),
    }));
    await expect(readerAfter(3, false, changed).next()).rejects.toThrow('compare it with a backup');
  });

  it('stops loudly where the log begins behind the record it goes on from', async () => {
    workshop.topic.forgetBefore(0, 8);
    await expect(readerAfter(2).next()).rejects.toMatchObject({ code: 'log-diverged' });
  });

  describe('on a log that was restored, whose offsets are others', () => {
    let restored: TroubledLog;
    const noise = { key: 'x', value: '{}', headers: {} };

    /** The same records behind so many of somebody else's in front, and one between each two. */
    const restore = (commands: number, before: number): void => {
      const topic = new MemoryTopic({ partitions: 1 });
      for (let i = 0; i < before; i += 1) topic.append(0, [noise]);
      for (const record of workshop.topic.slice(0, 0, 1 + 2 * commands)) topic.append(0, [record, noise]);
      restored = new TroubledLog(topic);
    };

    it.each([false, true])(
      'goes on behind its ordinal and hash, wherever they lie now (following: %p)',
      async (follow) => {
        restore(5, 7);
        const reader = readerAfter(3, follow, restored);
        const commands: string[] = [];
        while (commands.length < 2) commands.push(...commandsOf((await reader.next())?.commits ?? []));
        expect(commands).toEqual(['c4', 'c5']);
        expect(reader.state).toEqual({ ...stateAfter(5), headOffset: 7 + 2 * 10 });
        await reader.close();
      },
    );

    it.each([false, true])('stops loudly where it is ahead of what was restored (following: %p)', async (follow) => {
      restore(4, 100);
      await expect(readerAfter(5, follow, restored).next()).rejects.toMatchObject({ code: 'log-diverged' });
      await expect(readerAfter(5, follow, restored).next()).rejects.toThrow('es restore --accept');
    });

    it('goes on when the log is replaced below it while it reads', async () => {
      const reader = readerAfter(3, true);
      expect(commandsOf((await reader.next())?.commits ?? [])).toEqual(['c4', 'c5']);
      const records = workshop.topic.slice(0, 0, 11);
      workshop.topic.loseTail(0, 0);
      for (const record of records) workshop.topic.append(0, [noise, record]);
      const [genesis = noise] = records;
      const headers = { ...genesis.headers, kind: 'barrier', prev: stateAfter(5).head };
      workshop.topic.append(0, [{ key: '', value: '', headers }]);
      let ordinal = 11;
      while (ordinal < 12) ordinal = (await reader.next())?.state.ordinal ?? ordinal;
      expect(reader.state.headOffset).toBe(22);
      await reader.close();
    });
  });

  it('takes a chunk without records for what it is', async () => {
    let calls = 0;
    const slow = withChunks(log, (chunk) =>
      (calls += 1) % 2 === 1 ? { records: [], nextOffset: chunk.records[0]?.offset ?? 0 } : chunk,
    );
    expect(await rest(readerAfter(3, false, slow))).toEqual(['c4', 'c5']);
  });

  it('says that the log is not available, not that it diverged, when it is closed below it', async () => {
    const reader = readerAfter(5, true);
    const next = reader.next().then(() => reader.next());
    const fresh = readerAfter(5, true);
    await log.close();
    await expect(next).rejects.toMatchObject({ code: 'log-unavailable', retriable: true });
    await expect(fresh.next()).rejects.toMatchObject({ code: 'log-unavailable', retriable: true });
  });

  it('ends a wait when it is closed', async () => {
    const reader = readerAfter(5, true);
    await reader.next();
    const waiting = reader.next();
    await reader.close();
    expect(await waiting).toBeUndefined();
    expect(await reader.next()).toBeUndefined();
  });

  it('goes on from where it was after the log was away', async () => {
    const reader = readerAfter(3, true);
    log.isDown = true;
    await expect(reader.next()).rejects.toMatchObject({ code: 'log-unavailable' });
    log.isDown = false;
    const commands: string[] = [];
    while (commands.length < 2) commands.push(...commandsOf((await reader.next())?.commits ?? []));
    expect(commands).toEqual(['c4', 'c5']);
    await reader.close();
  });

  it('counts each record of noise once, however often it looks at the head again', async () => {
    const [, noise] = workshop.topic.slice(0, 0, 2);
    if (!noise) throw new Error('there is no record');
    for (let i = 0; i < 300; i += 1) workshop.topic.append(0, [noise]);
    const reader = readerAfter(5);
    expect(await rest(reader)).toEqual([]);
    expect(reader.refused).toBe(300);
  });

  it('notices below much noise that the log was replaced', async () => {
    const reader = readerAfter(5, true);
    await reader.next();
    const [, noise] = workshop.topic.slice(0, 0, 2);
    workshop.topic.loseTail(0, 5);
    for (let i = 0; i < 70 && noise; i += 1) workshop.topic.append(0, [noise]);
    await expect(reader.next().then(() => reader.next())).rejects.toMatchObject({ code: 'log-diverged' });
  });

  it('reads an empty topic to its end', async () => {
    const empty = new TroubledLog(new MemoryTopic({ partitions: 1 }));
    const state = { logId: 'x', ordinal: 0, head: '', headOffset: -1, time: '' };
    const reader = new ChainReader({ log: empty, partition: 0, platform: workshop.platform, state, follow: false });
    expect(await reader.next()).toBeUndefined();
  });
});

type Chunk = NonNullable<Awaited<ReturnType<LogReader['next']>>>;

/** The log, with what it reads changed on the way. An empty chunk holds back what is given next. */
const withChunks = (log: PartitionedLog, change: (chunk: Chunk) => Chunk): PartitionedLog => ({
  ...{ topic: log.topic, partitions: log.partitions, maxBatchBytes: log.maxBatchBytes },
  append: (...given) => log.append(...given),
  bounds: (...given) => log.bounds(...given),
  problems: () => log.problems(),
  close: () => log.close(),
  read: (partition, options) => {
    const reader = log.read(partition, options);
    let held: Chunk | undefined;
    return {
      next: async () => {
        const chunk = held ?? (await reader.next());
        held = undefined;
        if (!chunk) return undefined;
        const given = change(chunk);
        if (given.records.length === 0) held = chunk;
        return given;
      },
      close: () => reader.close(),
    };
  },
});

/** Says once that there is no record at the offset, and then waits. */
const stepsOver = (offset: number): LogReader => {
  const chunks = [{ records: [], nextOffset: offset + 1 }];
  return {
    next: () => Promise.resolve(chunks.shift() ?? new Promise<undefined>(() => undefined)),
    close: () => Promise.resolve(),
  };
};
