import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandHandler, type EventStore, Unreadable } from '@ledgerline/es-core';
import type { RawEvent, Snapshot, StreamIndex } from '@ledgerline/es-core/adapter';
import type { StreamFold } from '@ledgerline/es-core/runtime';
import { memoryStreamIndex } from '../memory/memory-stream-index.js';
import { coins, jar, type Jars } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';

/** Counts events, and how often it was asked to. */
const counting = (revision: string): StreamFold<{ readonly events: number }> & { folded: number } => {
  const fold = {
    ...{ initialState: { events: 0 }, revision, folded: 0 },
    evolve: ({ events }: { readonly events: number }, commit: readonly RawEvent[]) => {
      fold.folded += commit.length;
      return { events: events + commit.length };
    },
  };
  return fold;
};

describe('a snapshot', () => {
  let workshop: Workshop;
  let index: StreamIndex;
  const limits = { snapshotEvery: 5, cachedStates: 2 };

  const putSnapshot = async (over: Partial<Snapshot>): Promise<void> => {
    const [readerState, stored] = [index.readerState(0), index.snapshot('jar-1')];
    if (!readerState || !stored) throw new Error('there is no snapshot');
    await index.write({ partition: 0, readerState, events: [], results: [], snapshots: [{ ...stored, ...over }] });
  };

  const reopened = async (own: StreamIndex = index): Promise<Opened> => {
    await workshop.close();
    return workshop.open({ index: own, limits });
  };

  /** Eight events, one after the other, folded by `v1`; the snapshot is at version 5. */
  beforeEach(async () => {
    workshop = new Workshop();
    index = memoryStreamIndex();
    const { store } = await workshop.open({ index, limits });
    const fold = counting('v1');
    for (let i = 0; i < 8; i += 1) {
      await store.append('jar-1', i, coins(1));
      store.stateOf('jar-1', fold);
    }
    await workshop.close();
  });
  afterEach(() => workshop.close());

  it('is made when so many events were folded since the last one', () => {
    expect(index.snapshot('jar-1')).toEqual({ stream: 'jar-1', version: 5, revision: 'v1', state: '{"events":5}' });
  });

  it('saves folding what lies before it', async () => {
    const { store } = await reopened();
    const fold = counting('v1');
    expect(store.stateOf('jar-1', fold)).toEqual({ events: 8 });
    expect(fold.folded).toBe(3);
  });

  it.each([
    [5, 0],
    [7, 2],
    [4, 4],
  ])(
    'saves what lies before it for version %i as well, where that is not older: %i are folded',
    async (version, folded) => {
      const { store } = await reopened();
      const fold = counting('v1');
      expect(store.stateOf('jar-1', fold, version)).toEqual({ events: version });
      expect(fold.folded).toBe(folded);
    },
  );

  it.each<[string, Partial<Snapshot>]>([
    ['of another revision', { revision: 'v0', state: '{"events":77}' }],
    ['whose JSON is broken', { state: '{"events":' }],
    ['that is ahead of the stream', { version: 9, state: '{"events":77}' }],
  ])('%s is ignored, and made anew though nothing is written', async (_, wrong) => {
    await putSnapshot(wrong);
    const { store } = await reopened();
    const fold = counting('v1');
    expect(store.stateOf('jar-1', fold)).toEqual({ events: 8 });
    expect(fold.folded).toBe(8);
    await workshop.time.advance(1_000);
    expect(index.snapshot('jar-1')).toEqual({ stream: 'jar-1', version: 8, revision: 'v1', state: '{"events":8}' });
    expect(index.readerState(0)?.ordinal).toBe(9);
  });

  it('that is damaged is ignored, and made anew', async () => {
    const readable = index.snapshot.bind(index);
    index.snapshot = () => {
      throw new Unreadable('a snapshot');
    };
    const { store } = await reopened();
    const fold = counting('v1');
    expect(store.stateOf('jar-1', fold)).toEqual({ events: 8 });
    expect(fold.folded).toBe(8);
    await workshop.close();
    expect(readable('jar-1')?.version).toBe(8);
  });

  it('of code that was changed is ignored', async () => {
    const jarsOf = (store: EventStore, code: string): Jars =>
      new CommandHandler(jar, { store, platform: { ...workshop.platform, codeOf: () => code } });
    const { store } = await reopened();
    jarsOf(store, 'old code').stateOf('1');
    await workshop.time.advance(1_000);
    const old = index.snapshot('jar-1');
    // As if a helper had counted wrong.
    await putSnapshot({ state: '{"state":{"coins":77}}' });
    expect(jarsOf((await reopened()).store, 'old code').stateOf('1').state).toEqual({ coins: 77 });
    const again = (await reopened()).store;
    expect(jarsOf(again, 'new code').stateOf('1').state).toEqual({ coins: 8 });
    await workshop.time.advance(1_000);
    expect(index.snapshot('jar-1')).toMatchObject({ version: 8, state: '{"state":{"coins":8}}' });
    expect(index.snapshot('jar-1')?.revision).not.toBe(old?.revision);
  });

  it('that is deleted changes nothing', async () => {
    const without = memoryStreamIndex();
    const { store } = await reopened(without);
    expect(without.snapshot('jar-1')).toBeUndefined();
    expect(store.stateOf('jar-1', counting('v1'))).toEqual({ events: 8 });
  });

  it('is not made of what has no state', async () => {
    const { store } = await reopened(memoryStreamIndex());
    for (let i = 0; i < 20; i += 1) await store.append('jar-2', i, coins(1));
    await workshop.close();
    const { store: again, index: own } = await reopened();
    expect(own.snapshot('jar-2')).toBeUndefined();
    expect(again.stateOf('jar-2', counting('v1'))).toEqual({ events: 20 });
  });

  it('leaves the same state however few states are kept in memory', async () => {
    const { jars } = await reopened();
    for (let round = 0; round < 12; round += 1)
      await Promise.all([1, 2, 3, 4, 5].map((n) => jars.handle(`x${n}`, { type: 'AddCoins', coins: n })));
    expect([1, 2, 3, 4, 5].map((n) => jars.stateOf(`x${n}`).state)).toEqual(
      [1, 2, 3, 4, 5].map((n) => ({ coins: 12 * n })),
    );
  });
});
