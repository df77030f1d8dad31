import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Effect, type Message, TopicProgress } from '@ledgerline/es-core/runtime';
import { memoryParkedReactions } from '../memory/memory-parked-reactions.js';
import { memoryReactorProgress } from '../memory/memory-reactor-progress.js';
import type { JarEvent } from './fixtures/coin-jar.js';
import { idOf, ReactorBench, type ReactorSettings } from './fixtures/reactor-bench.js';

/** A coin is sent for, and it is recorded that it was taken away. */
const effect: Effect = { settledBy: ['CoinsTaken'] };

describe('an effect of a reactor', () => {
  let bench: ReactorBench;
  /** What the outside world was asked for. It remembers nothing. */
  let performed: string[];

  const pass = (ms = 1_000): Promise<void> => bench.workshop.time.advance(ms);
  const perform = (message: Message<JarEvent>): void => void performed.push(idOf(message));
  const settle = ({ context: { id, stream } }: Message<JarEvent>): Promise<unknown> =>
    bench.opened.jars.handle(
      stream.slice('jar-'.length),
      { type: 'TakeCoins', coins: 1 },
      { commandId: `${id}.TakeCoins`, causationId: id, remember: true, reaction: true },
    );
  const whole = async (message: Message<JarEvent>): Promise<void> => {
    perform(message);
    await settle(message);
  };
  const onCoins = (over: ReactorSettings = {}): ReactorSettings => ({
    ...{ effect, wants: (type) => type === 'CoinAdded', ...over },
  });

  beforeEach(async () => {
    bench = new ReactorBench();
    performed = [];
    await bench.open();
  });
  afterEach(() => bench.close());

  it('is performed once, and its outcome recorded', async () => {
    bench.run(whole, onCoins());
    await Promise.all([bench.add('1', 2), bench.add('2')]);
    await pass();
    expect([...performed].sort()).toEqual(['jar-1@1', 'jar-1@2', 'jar-2@1']);
  });

  it('is not performed again by a reactor that has lost its progress, which says so', async () => {
    const first = bench.run(whole, onCoins());
    await Promise.all([bench.add('1', 2), bench.add('2')]);
    await pass();
    await bench.workshop.through(first.close());
    performed = [];
    const second = bench.run(whole, onCoins({ progress: memoryReactorProgress() }));
    await bench.add('3');
    await pass();
    expect([performed, bench.anew, second.status()[0]?.ordinal]).toEqual([['jar-3@1'], [0, 0], 9]);
  });

  it('is performed behind the furthest progress that any place has kept', async () => {
    const { progress } = bench;
    const forgetful = memoryReactorProgress();
    const first = bench.run(perform, onCoins({ effect: { settledBy: [] } }));
    await Promise.all([bench.add('1', 2), bench.add('2')]);
    await pass();
    await bench.workshop.through(first.close());
    const states = await progress.load();
    await forgetful.save({ 'test.events/0': { logId: 'other', ordinal: 99, head: 'x', headOffset: 99, time: '' } });
    const { logId } = bench.opened.store;
    const places = [forgetful, progress, memoryReactorProgress()];
    const kept = new TopicProgress({ logId, reactors: ['jars'], places });
    expect(await kept.of('jars').load()).toEqual({ 'test.events/0': states['test.events/0']?.reactors?.['jars'] });
  });

  it('is performed by a reactor without progress where its outcome is not recorded', async () => {
    const first = bench.run(async (message) => {
      if (idOf(message) !== 'jar-1@1') await whole(message);
      else throw new Error('killed before it was performed');
    }, onCoins());
    await Promise.all([bench.add('1'), bench.add('2')]);
    await pass();
    await bench.workshop.through(first.close());
    performed = [];
    bench.run(whole, onCoins({ progress: memoryReactorProgress() }));
    await pass();
    expect(performed).toEqual(['jar-1@1']);
  });

  it('is not taken for settled by an outcome that another message has caused', async () => {
    await bench.add('1', 2);
    const another = { commandId: 'jar-1@1.TakeCoins', causationId: 'jar-1@1' };
    await bench.opened.jars.handle('1', { type: 'TakeCoins', coins: 1 }, another);
    bench.run(whole, onCoins());
    await pass();
    expect(performed).toEqual(['jar-1@2']);
  });

  it('is looked up where its outcome is recorded', async () => {
    const outcomeIn = (): string => 'jar-outcomes';
    await bench.add('outcomes', 1);
    const caused = { commandId: 'jar-1@1.TakeCoins', causationId: 'jar-1@1' };
    await bench.opened.jars.handle('outcomes', { type: 'TakeCoins', coins: 1 }, caused);
    await Promise.all([bench.add('1'), bench.add('2')]);
    bench.run(perform, onCoins({ effect: { ...effect, outcomeIn } }));
    await pass();
    expect([...performed].sort()).toEqual(['jar-2@1', 'jar-outcomes@1']);
  });

  describe('of before outcomes were recorded', () => {
    const unrecorded: Effect = { ...effect, hasOutcome: ({ context }) => context.version > 1 };

    it('is performed by a reactor that goes on behind its progress', async () => {
      const first = bench.run(perform, onCoins({ effect: unrecorded }));
      await pass();
      await bench.workshop.through(first.close());
      await bench.add('1');
      bench.run(perform, onCoins({ effect: unrecorded }));
      await pass();
      expect([performed, bench.skipped]).toEqual([['jar-1@1'], []]);
    });

    it('is taken for performed by a reactor without progress, also where that is interrupted on its way', async () => {
      await Promise.all(['1', '2', '3'].map((jar) => bench.add(jar, 2)));
      const progress = memoryReactorProgress();
      const stopping = bench.run(
        (message) => {
          if (idOf(message) === 'jar-2@2') throw new Error('killed');
          perform(message);
        },
        onCoins({ effect: unrecorded, progress }),
      );
      await pass();
      await bench.workshop.through(stopping.close());
      expect(await progress.load()).toMatchObject({
        'test.events/0': { historyUntil: expect.stringMatching('T') as unknown },
      });
      performed = [];
      bench.run(perform, onCoins({ effect: unrecorded, progress }));
      await pass();
      await bench.add('4');
      await pass();
      expect(performed.filter((id) => id.endsWith('@1'))).toEqual(['jar-4@1']);
      expect(new Set(bench.skipped)).toEqual(new Set(['jar-1@1', 'jar-2@1', 'jar-3@1']));
    });
  });

  describe('whose outcome may have been lost with the end of the log', () => {
    const parkedSince = (uncertainUntil: string) => memoryParkedReactions({ uncertainUntil });
    const now = (): string => new Date(bench.workshop.platform.now()).toISOString();

    it('is left to a person, who has it performed or discards it', async () => {
      await Promise.all([bench.add('1'), bench.add('2'), bench.add('3')]);
      await settle({ context: { id: 'jar-3@1', stream: 'jar-3' } } as Message<JarEvent>);
      const parked = parkedSince(now());
      bench.run(whole, onCoins({ parked }));
      await pass(10);
      expect(performed).toEqual([]);
      expect(parked.held(0)).toMatchObject([
        { stream: 'jar-1', code: 'outcome-uncertain' },
        { stream: 'jar-2', code: 'outcome-uncertain' },
      ]);
      parked.retry(0, 'jar-1');
      parked.retry(0, 'jar-2', { discarded: true });
      await bench.add('4');
      await pass();
      expect([[...performed].sort(), parked.held(0)]).toEqual([['jar-1@1', 'jar-4@1'], []]);
    });
  });
});
