import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EsError, LogUnavailable } from '@ledgerline/es-core';
import { coins } from './fixtures/coin-jar.js';
import { gate, idOf, type React, ReactorBench } from './fixtures/reactor-bench.js';

/** As the world says no for good. */
const refused = new EsError('card-unknown', 'the bank does not know the card', false);

describe('a stream that a reactor parks', () => {
  let bench: ReactorBench;
  let told: string[];
  let failing: Set<string>;

  const react: React = (message) => {
    if (failing.has(idOf(message))) throw refused;
    told.push(idOf(message));
  };
  const pass = (ms = 1_000): Promise<void> => bench.workshop.time.advance(ms);
  const held = () => bench.parked.held(0);

  beforeEach(async () => {
    bench = new ReactorBench();
    [told, failing] = [[], new Set(['jar-1@2'])];
    await bench.open();
  });
  afterEach(async () => {
    await bench.close();
    expect(bench.workshop.time.waiting).toBe(0);
  });

  it('holds what comes behind an error that cannot pass, and all else goes on', async () => {
    const runner = bench.run(react);
    await Promise.all([bench.add('1', 3), bench.add('2', 2)]);
    await pass();
    await Promise.all([bench.add('1'), bench.add('2')]);
    await pass();
    expect(told).toEqual(['jar-1@1', 'jar-2@1', 'jar-2@2', 'jar-2@3']);
    expect(held()).toMatchObject([
      {
        ...{ stream: 'jar-1', status: 'parked', code: 'card-unknown', reason: 'the bank does not know the card' },
        message: { id: 'jar-1@2', type: 'CoinAdded', ordinal: 3 },
      },
    ]);
    expect(runner.status()).toMatchObject([{ ordinal: 8, underWay: 0, parked: 1 }]);
  });

  it('goes on with all that was held, in order, when somebody retries it', async () => {
    bench.run(react);
    await bench.add('1', 3);
    await pass();
    await bench.add('1');
    await pass();
    failing.clear();
    bench.parked.retry(0, 'jar-1');
    await bench.add('1');
    await pass();
    expect(told).toEqual(['jar-1@1', 'jar-1@2', 'jar-1@3', 'jar-1@4', 'jar-1@5']);
    expect(held()).toEqual([]);
  });

  it('goes on without the message that somebody discards', async () => {
    bench.run(react);
    await bench.add('1', 3);
    await pass();
    bench.parked.retry(0, 'jar-1', { discarded: true });
    await pass();
    await bench.add('1');
    await pass();
    expect([told, held()]).toEqual([['jar-1@1', 'jar-1@3', 'jar-1@4'], []]);
  });

  it('is parked again, because of the message that fails then', async () => {
    failing.add('jar-1@3');
    bench.run(react);
    await bench.add('1', 4);
    await pass();
    failing.delete('jar-1@2');
    bench.parked.retry(0, 'jar-1');
    await pass();
    expect(held()).toMatchObject([{ status: 'parked', message: { id: 'jar-1@3' } }]);
    bench.parked.retry(0, 'jar-1', { discarded: true });
    await pass();
    expect([told, held()]).toEqual([['jar-1@1', 'jar-1@2', 'jar-1@4'], []]);
  });

  it('stays so for whoever goes on with the partition, and goes on there', async () => {
    const first = bench.run(react);
    await Promise.all([bench.add('1', 3), bench.add('2')]);
    await pass();
    await bench.workshop.through(first.close());
    bench.run(react);
    await bench.add('1');
    await pass();
    expect(told).toEqual(['jar-1@1', 'jar-2@1']);
    failing.clear();
    bench.parked.retry(0, 'jar-1');
    await pass();
    expect(told).toEqual(['jar-1@1', 'jar-2@1', 'jar-1@2', 'jar-1@3', 'jar-1@4']);
  });

  it('goes on at the next start where the retry was asked for and not ended', async () => {
    const first = bench.run(react);
    await bench.add('1', 3);
    await pass();
    await bench.workshop.through(first.close());
    bench.parked.retry(0, 'jar-1');
    failing.clear();
    bench.run(react);
    await bench.add('1');
    await pass();
    expect([told, held()]).toEqual([['jar-1@1', 'jar-1@2', 'jar-1@3', 'jar-1@4'], []]);
  });

  it('takes what comes while it is replayed behind what was held', async () => {
    const slow = gate();
    const replayed: string[] = [];
    bench.run(async (message) => {
      await react(message);
      if (idOf(message) !== 'jar-1@2') return;
      await slow.passed;
      replayed.push(...told);
    });
    await bench.add('1', 3);
    await pass();
    failing.clear();
    bench.parked.retry(0, 'jar-1');
    await pass();
    await bench.add('1', 2);
    await pass();
    expect(told).toEqual(['jar-1@1', 'jar-1@2']);
    slow.open();
    await pass();
    expect(told).toEqual(['jar-1@1', 'jar-1@2', 'jar-1@3', 'jar-1@4', 'jar-1@5']);
  });

  it('is written down before the progress passes it, however long that takes', async () => {
    const { park } = bench.parked;
    let isDown = true;
    const parked = {
      ...bench.parked,
      park: (...given: Parameters<typeof park>) =>
        isDown ? Promise.reject(new LogUnavailable('it is down')) : park(...given),
    };
    const runner = bench.run(react, { parked });
    await bench.add('1', 3);
    await pass(30_000);
    expect([runner.status()[0]?.ordinal, held()]).toEqual([0, []]);
    isDown = false;
    await pass(30_000);
    expect([runner.status()[0]?.ordinal, held().length]).toEqual([4, 1]);
  });

  it('is one whose event cannot be read; others are not held up', async () => {
    const { store } = bench.opened;
    const runner = bench.run(react);
    await store.append('jar-3', 0, [{ type: 'CoinsTaken.v1', data: '{"coins":"two"}' }, ...coins(1)]);
    await bench.add('2');
    await pass();
    expect(told).toEqual(['jar-2@1']);
    expect(held()).toMatchObject([{ stream: 'jar-3', code: 'unreadable', message: { type: 'CoinsTaken.v1' } }]);
    bench.parked.retry(0, 'jar-3', { discarded: true });
    await store.append('jar-3', 2, coins(1));
    await pass();
    expect([told, held(), runner.status()[0]?.failure]).toEqual([['jar-2@1', 'jar-3@3'], [], undefined]);
  });

  it('waits, without being parked, where only newer code reads all of it; others are not held up', async () => {
    const { store } = bench.opened;
    const runner = bench.run(react);
    await store.append('jar-3', 0, [{ type: 'CoinsTaken.v2', data: '{"pence":5}' }]);
    await bench.add('2');
    await pass(120_000);
    expect([told, held()]).toEqual([['jar-2@1'], []]);
    expect(runner.status()).toMatchObject([{ underWay: 1, oldest: { failure: { code: 'newer-event' } } }]);
  });

  it('is tried for a minute where nobody has foreseen the error', async () => {
    bench.run((message) => {
      if (idOf(message) === 'jar-1@2') throw new TypeError('undefined is not a function');
      return react(message);
    });
    await Promise.all([bench.add('1', 3), bench.add('2')]);
    await pass(30_000);
    expect(held()).toEqual([]);
    await pass(60_000);
    expect(held()).toMatchObject([{ code: 'unexpected-error', reason: 'undefined is not a function' }]);
  });
});
