import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '@ledgerline/es-core';
import {
  beforeGenesis,
  type Progress,
  ReadAheadBudget,
  type ReadAheadOptions,
  type ReadAmount,
  Subscription,
} from '@ledgerline/es-core/runtime';
import { coins } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

describe('a subscription', () => {
  let workshop: Workshop;
  let opened: Opened;
  let log: TroubledLog;
  let subscription: Subscription;
  let seen: string[];
  let troubles: unknown[];

  const follow = (onProgress: (progress: Progress) => void | Promise<void>, readAhead?: ReadAheadOptions): void => {
    const state = beforeGenesis(opened.store.logId);
    subscription = new Subscription({
      ...{ log, partition: 0, platform: workshop.platform, state, onProgress, ...(readAhead && { readAhead }) },
      onTrouble: (error) => troubles.push(error),
    });
    subscription.start();
  };

  const note = ({ commits }: Progress): void => void seen.push(...commits.map(([{ commandId }]) => commandId));
  const command = async (commandId: string): Promise<void> => {
    const version = opened.store.version('jar-1');
    await opened.store.append('jar-1', version, coins(1), { commandId });
    await workshop.time.advance(0);
  };

  beforeEach(async () => {
    [workshop, seen, troubles] = [new Workshop(), [], []];
    opened = await workshop.open();
    log = new TroubledLog(workshop.topic);
  });
  afterEach(async () => {
    await workshop.through(subscription.close());
    await workshop.close();
    expect(workshop.time.waiting).toBe(0);
  });

  it('gives whole commits in order, as they come', async () => {
    follow(note);
    await command('c1');
    await command('c2');
    expect(seen.slice(1)).toEqual(['c1', 'c2']);
  });

  it('gives the same chunk again where it could not be dealt with now', async () => {
    let away = 3;
    follow((progress) => {
      if (progress.commits.some(([{ commandId }]) => commandId === 'c1') && (away -= 1) >= 0)
        throw new LogUnavailable('the store is away');
      note(progress);
    });
    await command('c1');
    await command('c2');
    await workshop.time.advance(10_000);
    expect(seen.slice(1)).toEqual(['c1', 'c2']);
    expect(troubles).toHaveLength(3);
    expect(subscription.failure).toBeUndefined();
  });

  describe('that reads ahead', () => {
    let chunks: number[];
    let go: () => void;

    /** Holds up the first chunk until `go` is called. */
    const hold = (each: ReadAmount, together = new ReadAheadBudget({ commits: 100, characters: 10_000 })): void => {
      const held = new Promise<void>((resolve) => (go = resolve));
      follow(
        (progress) => {
          chunks.push(progress.commits.length);
          note(progress);
          return held;
        },
        { each, together },
      );
    };

    beforeEach(() => void (chunks = []));

    it('gives what came while a chunk was dealt with as one', async () => {
      hold({ commits: 100, characters: 10_000 });
      for (const id of ['c1', 'c2', 'c3']) await command(id);
      go();
      await workshop.time.advance(0);
      await command('c4');
      expect({ chunks, seen: seen.slice(1) }).toEqual({ chunks: [1, 3, 1], seen: ['c1', 'c2', 'c3', 'c4'] });
    });

    it('waits with what is more than enough', async () => {
      hold({ commits: 2, characters: 10_000 });
      for (const id of ['c1', 'c2', 'c3']) await command(id);
      go();
      await workshop.time.advance(0);
      expect({ chunks, seen: seen.slice(1) }).toEqual({ chunks: [1, 2, 1], seen: ['c1', 'c2', 'c3'] });
    });

    it('waits with what is long enough', async () => {
      hold({ commits: 100, characters: 2 });
      for (const id of ['c1', 'c2', 'c3']) await command(id);
      go();
      await workshop.time.advance(0);
      expect({ chunks, seen: seen.slice(1) }).toEqual({ chunks: [1, 1, 2], seen: ['c1', 'c2', 'c3'] });
    });

    it('reads nothing ahead while others hold what all may hold together', async () => {
      const together = new ReadAheadBudget({ commits: 3, characters: 10_000 });
      together.take({ commits: 3, characters: 0 });
      hold({ commits: 100, characters: 10_000 }, together);
      await command('c1');
      log.isDown = true;
      go();
      await workshop.time.advance(1_000);
      expect(seen.slice(1)).toEqual([]);
      log.isDown = false;
      await workshop.time.advance(3_000);
      expect(seen.slice(1)).toEqual(['c1']);
    });

    it('holds what it deals with and what is ahead of it, and gives it back', async () => {
      const together = new ReadAheadBudget({ commits: 3, characters: 10_000 });
      hold({ commits: 100, characters: 10_000 }, together);
      for (const id of ['c1', 'c2', 'c3']) await command(id);
      expect(together.isSpent).toBe(true);
      go();
      await workshop.time.advance(0);
      expect({ chunks, seen: seen.slice(1) }).toEqual({ chunks: [1, 2, 1], seen: ['c1', 'c2', 'c3'] });
      expect(together.isSpent).toBe(false);
      await workshop.through(subscription.close());
      together.take({ commits: 2, characters: 9_999 });
      expect(together.isSpent).toBe(false);
    });

    it('holds nothing once it has stopped for good', async () => {
      const together = new ReadAheadBudget({ commits: 2, characters: 10_000 });
      const failure = new Error('a bug');
      const held = new Promise<void>((_, reject) => (go = () => reject(failure)));
      follow(() => held, { each: { commits: 100, characters: 10_000 }, together });
      for (const id of ['c1', 'c2', 'c3']) await command(id);
      expect(together.isSpent).toBe(true);
      go();
      await workshop.time.advance(0);
      expect(subscription.failure).toBe(failure);
      together.take({ commits: 1, characters: 9_999 });
      expect(together.isSpent).toBe(false);
    });

    it('gives what it has read before it says that the log is away', async () => {
      hold({ commits: 100, characters: 10_000 });
      await command('c1');
      log.isDown = true;
      // Already waited for: the next one after it is not to be had.
      await command('c2');
      await workshop.time.advance(1_000);
      expect(troubles).toEqual([]);
      go();
      await workshop.time.advance(1_000);
      expect(seen.slice(1)).toEqual(['c1', 'c2']);
      expect(troubles).not.toHaveLength(0);
      log.isDown = false;
      await command('c3');
      await workshop.time.advance(3_000);
      expect(seen.slice(1)).toEqual(['c1', 'c2', 'c3']);
    });

    it('ends with nothing under way when it is closed while a chunk is dealt with', async () => {
      hold({ commits: 100, characters: 10_000 });
      await command('c1');
      const closed = subscription.close();
      go();
      await workshop.through(closed);
      expect({ chunks, troubles }).toEqual({ chunks: [1], troubles: [] });
    });
  });

  it('stops with the failure of a chunk that will never be dealt with', async () => {
    follow(({ commits }) => {
      if (commits.some(([{ commandId }]) => commandId === 'c1')) throw new Error('a bug');
    });
    await command('c1');
    await command('c2');
    await workshop.time.advance(10_000);
    expect(subscription.failure).toMatchObject({ message: 'a bug' });
    expect(troubles).toEqual([subscription.failure]);
  });

  it('goes on by itself when the log is back', async () => {
    log.isDown = true;
    follow(note);
    await command('c1');
    await workshop.time.advance(1_000);
    expect(seen).toEqual([]);
    log.isDown = false;
    await workshop.time.advance(3_000);
    expect(seen.slice(1)).toEqual(['c1']);
  });

  it('does not wait for its next try when it is closed', async () => {
    log.isDown = true;
    follow(note);
    await workshop.time.advance(5_000);
    const before = workshop.time.now();
    await workshop.through(subscription.close());
    expect(workshop.time.now()).toBe(before);
  });

  it('neither spins nor says that the log diverged when the log is closed first', async () => {
    follow(note);
    await command('c1');
    await log.close();
    await workshop.time.advance(1_000);
    expect(subscription.failure).toBeUndefined();
    expect(troubles).not.toHaveLength(0);
    expect(troubles.length).toBeLessThan(10);
  });
});
