import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineProjection } from '@ledgerline/es-core';
import type { DocumentWrite, ReadModelStore } from '@ledgerline/es-core/adapter';
import { retryParked } from '@ledgerline/es-core/generations';
import { ProjectionRunner } from '@ledgerline/es-core/runtime';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';
import { storeWith } from './fixtures/faulty-store.js';
import { GenerationHosts } from './fixtures/generation-hosts.js';
import { TroubledLog } from './fixtures/troubled-log.js';
import { anyDocument, everyCoin } from './fixtures/jar-projections.js';
import { jarEvents } from './fixtures/coin-jar.js';

const COLLECTION = 'sums-r1-g1';
const ALL = { id: 'all', document: { coins: 0 } };

describe('a retry of a parked document that every event goes to', () => {
  let hosts: GenerationHosts;
  let store: ReadModelStore;
  let runner: ProjectionRunner;
  let isBad: (ordinal: number) => boolean;
  let folded: string[];

  type Sum = { readonly coins: number };
  const sums = defineProjection({
    ...{ name: 'sums', revision: 1, from: [jarEvents], document: anyDocument<Sum>() },
    on: everyCoin<Sum>({
      document: () => ALL.id,
      fold: (sum = ALL.document, { context }) => {
        if (isBad(context.ordinal)) throw new Error(`bad: ${context.ordinal}`);
        folded.push(context.id);
        return { coins: sum.coins + 1 };
      },
    }),
  });

  beforeEach(async () => {
    [hosts, store, isBad, folded] = [new GenerationHosts(), memoryReadModelStore(), () => true, []];
    await hosts.open();
    await store.ensure({ name: COLLECTION, indexes: [] });
    runner = new ProjectionRunner({ ...shared(), parkedLimit: 1, onTrouble: () => undefined });
    await runner.start();
    await hosts.fill(1);
    await hosts.workshop.time.advance(1_000);
  });
  afterEach(async () => {
    await hosts.workshop.through(runner.close());
    await hosts.close();
    expect(hosts.workshop.time.waiting).toBe(0);
  });

  const shared = () => ({
    ...{ projection: sums, store, platform: hosts.workshop.platform, collection: COLLECTION },
    sources: [{ log: new TroubledLog(hosts.workshop.topic), logId: hosts.opened.store.logId }],
  });

  /** Before each of the first writes of the retry, more is missed. */
  const overtaken = (times: number): ReadModelStore => {
    let left = times;
    return storeWith(store, async (collection: string, writes: readonly DocumentWrite[]) => {
      if ((left -= 1) >= 0) {
        await hosts.fill(1);
        await hosts.workshop.time.advance(1_000);
      }
      return store.write(collection, writes);
    });
  };

  const retry = (times: number) =>
    hosts.workshop.through(retryParked({ ...shared(), store: overtaken(times), id: 'all' }));

  it('folds each event once, however often more is missed before it is written', async () => {
    isBad = () => false;
    const done = await retry(5);
    const { length } = hosts.events();
    expect(done).toEqual(expect.not.objectContaining({ parked: expect.anything() }));
    expect(done).toMatchObject({ document: { coins: length } });
    expect((await store.load(COLLECTION, ['all'])).get('all')).toEqual(done);
    expect([folded.length, new Set(folded).size]).toEqual([length, length]);
  });

  it('stays parked by the event that is still bad, and keeps what is missed meanwhile', async () => {
    isBad = (ordinal) => ordinal >= 3;
    const stuck = await retry(5);
    expect(stuck).toMatchObject({ document: undefined, parked: { reason: 'bad: 3', event: { ordinal: 3 } } });
    isBad = () => false;
    expect(await retry(0)).toMatchObject({ document: { coins: hosts.events().length } });
  });

  it('goes on with an event that could not be taken, once it can be', async () => {
    isBad = (ordinal) => ordinal >= 3 && hosts.events().length < 12;
    expect(await retry(3)).toMatchObject({ document: { coins: hosts.events().length } });
    expect(new Set(folded).size).toBe(folded.length);
  });
});
