import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStore, type Platform } from '@ledgerline/es-core';
import { provisionChain } from '@ledgerline/es-core/adapter';
import type { StreamFold } from '@ledgerline/es-core/runtime';
import { memoryLog } from '../memory/memory-log.js';
import { memoryStreamIndex } from '../memory/memory-stream-index.js';
import { MemoryTopic } from '../memory/memory-topic.js';
import { testPlatform } from '../platform/test-platform.js';
import { coins } from './fixtures/coin-jar.js';

const COMMITS = 1_200;
const PER_COMMIT = 2;
const EVENTS = COMMITS * PER_COMMIT;
/** One may begin at once and the next come in the same turn of the event loop; and a commit is decided. */
const TWO_SLICES = 2 * 10 + 1;

describe('a stream of thousands of commits', () => {
  const machine = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
  /** Passes while events are folded, a millisecond for each commit, and at no other time. */
  let worked = 0;
  const platform: Platform = { ...machine, now: () => machine.now() + worked, uptime: () => machine.uptime() + worked };
  const counting = (revision: string): StreamFold<number> => ({
    ...{ initialState: 0, revision },
    evolve: (count, commit, upTo = Infinity) => {
      worked += 1;
      return count + commit.filter(({ version }) => version <= upTo).length;
    },
  });
  let store: EventStore;

  /** The longest time that others had to wait meanwhile, and how much was folded. */
  const served = async <T>(run: () => Promise<T>): Promise<{ value: T; longest: number; folded: number }> => {
    const began = worked;
    let [last, longest, ended] = [worked, 0, false];
    const others = (async () => {
      for (; !ended; await new Promise(setImmediate)) {
        longest = Math.max(longest, worked - last);
        last = worked;
      }
    })();
    try {
      const value = await run();
      return { value, longest, folded: worked - began };
    } finally {
      ended = true;
      await others;
    }
  };

  beforeEach(async () => {
    const log = memoryLog(new MemoryTopic({ partitions: 1 }));
    await provisionChain(log, platform);
    store = await EventStore.open({
      ...{ log, index: memoryStreamIndex(), platform, source: 'jars', onTrouble: () => undefined },
      limits: { snapshotEvery: 1_000_000 },
    });
    const appends = Array.from({ length: COMMITS }, (_, i) => store.append('jar-1', i * PER_COMMIT, coins(PER_COMMIT)));
    await Promise.all(appends);
  });
  afterEach(() => store.close());

  it('is folded at once where somebody asks for that: others wait', async () => {
    const { value, longest } = await served(() => Promise.resolve(store.stateOf('jar-1', counting('v1'))));
    expect([value, longest]).toEqual([EVENTS, 0]);
    expect(worked).toBeGreaterThanOrEqual(COMMITS);
  });

  it.each([EVENTS, EVENTS - 1, EVENTS - 2, 1_201, 1_200])(
    'is loaded at version %i while others are served',
    async (version) => {
      const { value, longest, folded } = await served(() => store.load('jar-1', counting('v1'), version));
      expect([value, folded]).toEqual([version, Math.ceil(version / PER_COMMIT)]);
      expect(longest).toBeLessThanOrEqual(TWO_SLICES);
    },
  );

  it('is loaded by many at once, while others are served', async () => {
    const versions = Array.from({ length: 20 }, (_, i) => EVENTS - 100 * i - 1);
    const { value, longest } = await served(() =>
      Promise.all(versions.map((version) => store.load('jar-1', counting('v1'), version))),
    );
    expect(value).toEqual(versions);
    expect(longest).toBeLessThanOrEqual(TWO_SLICES);
  });

  it('is folded from the nearest state that is known', async () => {
    const fold = counting('v1');
    await store.load('jar-1', fold);
    const last = { stream: 'jar-1', commandId: 'last', commandType: 'Note', fingerprint: 'last', metadata: {}, fold };
    await store.submit<number>({ ...last, decide: () => ({ events: coins(4) }) });
    const { value, folded } = await served(() => store.load('jar-1', fold, EVENTS + 4));
    expect([value, folded]).toEqual([EVENTS + 4, 0]);
    const { folded: past } = await served(() => store.load('jar-1', fold, EVENTS - 10));
    expect(past).toBe((EVENTS - 10) / PER_COMMIT);
  });

  it('takes commands in the order of the calls when it has to be folded first, while others are served', async () => {
    const fold = counting('v2');
    const seen: string[] = [];
    const submit = (stream: string, commandId: string) =>
      store.submit<number>({
        ...{ stream, commandId, commandType: 'Note', fingerprint: commandId, metadata: {}, fold },
        decide: (count) => {
          seen.push(`${commandId}: ${count}`);
          return { events: coins(1) };
        },
      });
    const { value, longest } = await served(async () => {
      const long = ['a', 'b', 'c'].map((id) => submit('jar-1', id));
      await submit('jar-2', 'other');
      return await Promise.all(long);
    });
    expect(seen).toEqual(['other: 0', `a: ${EVENTS}`, `b: ${EVENTS + 1}`, `c: ${EVENTS + 2}`]);
    expect(value.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(longest).toBeLessThanOrEqual(TWO_SLICES);
  });

  it('is loaded as it was at the call, and goes on from there with what was recorded meanwhile', async () => {
    const fold = counting('v1');
    const loading = store.load('jar-1', fold);
    await store.append('jar-1', EVENTS, coins(1));
    const folded = worked;
    expect(await loading).toBe(EVENTS);
    // It was recorded while there was more to fold.
    expect(worked).toBeGreaterThan(folded);
    const next = await served(() => store.load('jar-1', fold));
    expect([next.value, next.folded]).toEqual([EVENTS + 1, 1]);
  });

  it('is no more folded once the store is closed', async () => {
    const loading = store.load('jar-1', counting('v1'));
    const fold = counting('v2');
    const decide = () => ({ events: coins(1) });
    const submission = { stream: 'jar-1', commandId: 'late', commandType: 'Note', fingerprint: 'late', metadata: {} };
    const submitted = store.submit<number>({ ...submission, fold, decide });
    const ends = Promise.allSettled([loading, submitted]);
    await store.close();
    const folded = worked;
    const unknown = { status: 'rejected', reason: { code: 'outcome-unknown' } };
    expect(await ends).toMatchObject([unknown, unknown]);
    expect(worked).toBe(folded);
  });
});
