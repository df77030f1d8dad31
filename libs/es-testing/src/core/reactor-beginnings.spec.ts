import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Beginning } from '@ledgerline/es-core/runtime';
import { type MemoryParkedReactions, memoryParkedReactions } from '../memory/memory-parked-reactions.js';
import { memoryReactorProgress } from '../memory/memory-reactor-progress.js';
import { idOf, ReactorBench } from './fixtures/reactor-bench.js';

describe('a reactor without progress begins', () => {
  let bench: ReactorBench;
  let parked: MemoryParkedReactions;

  beforeEach(async () => {
    bench = new ReactorBench();
    parked = memoryParkedReactions();
    await bench.open();
    await bench.add('1', 2);
    await bench.workshop.time.advance(60_000);
    await bench.add('2', 2);
    await bench.workshop.time.advance(60_000);
  });
  afterEach(() => bench.close());

  const run = (from: Beginning, over: Parameters<ReactorBench['run']>[1] = {}) => {
    const told: string[] = [];
    const runner = bench.run((message) => void told.push(idOf(message)), { from, ...over });
    return { told, runner };
  };
  const pass = (): Promise<void> => bench.workshop.time.advance(1_000);
  const all = ['jar-1@1', 'jar-1@2', 'jar-2@1', 'jar-2@2'];

  it('with the first message, at the start', async () => {
    const { told } = run('start');
    await pass();
    expect(told.sort()).toEqual(all);
  });

  it('with what comes behind the end that the log has now', async () => {
    const { told } = run('now');
    await pass();
    await bench.add('3');
    await pass();
    expect(told).toEqual(['jar-3@1']);
  });

  it('with the first message that was recorded at or after a time', async () => {
    const [first, second] = ['jar-1', 'jar-2'].map((stream) => [...bench.opened.store.read(stream)][0]?.time ?? '');
    const after = new Date(Date.parse(second ?? '') + 1).toISOString();
    const begun = [first, second, after].map((time) => run(time as Beginning, { progress: memoryReactorProgress() }));
    await pass();
    expect(begun.map(({ told }) => told.sort())).toEqual([all, ['jar-2@1', 'jar-2@2'], []]);
    const inOtherWords = (second ?? '').replace('Z', '+00:00');
    const { told } = run(inOtherWords as Beginning, { progress: memoryReactorProgress() });
    await pass();
    expect(told).toEqual(['jar-2@1', 'jar-2@2']);
  });

  it('where the end of the log was when it was first seen, although it was killed and its progress is lost', async () => {
    const first = run('now', { parked, progress: memoryReactorProgress() });
    await pass();
    await bench.workshop.through(first.runner.close());
    await bench.add('3');
    const again = run('now', { parked, progress: memoryReactorProgress() });
    await pass();
    expect([first.told, again.told]).toEqual([[], ['jar-3@1']]);
  });

  it('at the end again where its topic holds another log', async () => {
    await parked.begin(0, { logId: 'another', ordinal: 1 });
    const { told } = run('now', { parked });
    await pass();
    expect(told).toEqual([]);
  });

  it('once what it has to read can be read, and says that it had no progress', async () => {
    bench.log.isDown = true;
    const { told } = run('now');
    await pass();
    bench.log.isDown = false;
    await bench.workshop.time.advance(10_000);
    await bench.add('3');
    await pass();
    expect([told, bench.anew]).toEqual([['jar-3@1'], [0]]);
    expect(bench.troubles[0]).toMatchObject({ code: 'log-unavailable' });
  });
});
