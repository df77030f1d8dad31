import { describe, expect, it } from '@jest/globals';
import { defineProjection, type Projection } from '@ledgerline/es-core';
import { retryParked } from '@ledgerline/es-core/generations';
import { ProjectionRunner } from '@ledgerline/es-core/runtime';
import fc from 'fast-check';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';
import { foldDocuments } from '../specification/fold-documents.js';
import { GenerationHosts } from './fixtures/generation-hosts.js';
import { TroubledLog } from './fixtures/troubled-log.js';
import { anyDocument, coinsOf, everyCoin } from './fixtures/jar-projections.js';
import { jarEvents } from './fixtures/coin-jar.js';

const SEED = Number(process.env['FC_SEED'] ?? 1);
const COLLECTION = 'sums-r1-g1';
const JARS = 4;

type Sum = { readonly coins: number };

/** Fed by both partitions, and failing where `isBad` says so. */
const sums = (isBad: (ordinal: number) => boolean): Projection<Sum> =>
  defineProjection({
    ...{ name: 'sums', revision: 1, from: [jarEvents], document: anyDocument<Sum>() },
    on: everyCoin<Sum>({
      document: ({ context }) => ['all', `of-${context.stream}`],
      fold: (sum = { coins: 0 }, event) => {
        const { ordinal } = event.context;
        if (isBad(ordinal)) throw new Error(`bad: ${ordinal}`);
        return { coins: sum.coins + coinsOf(event) };
      },
    }),
  });

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), jar: fc.nat(JARS - 1) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('retry' as const), jar: fc.nat(JARS) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), jar: fc.nat(300) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), jar: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('fix' as const), jar: fc.nat(2) }) },
  ),
  { minLength: 5, maxLength: 40 },
);

describe(`documents, whatever fails and is retried in between (seed ${SEED})`, () => {
  it('are those of a replay once everything is mended and retried', async () => {
    let parkings = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(4), async (plan, badOf5) => {
        const hosts = new GenerationHosts();
        await hosts.open();
        const { workshop } = hosts;
        const store = memoryReadModelStore();
        await store.ensure({ name: COLLECTION, indexes: [] });
        let bad = badOf5;
        const projection = sums((ordinal) => ordinal % 5 === bad);
        const sources = [{ log: new TroubledLog(workshop.topic), logId: hosts.opened.store.logId }];
        const shared = { projection, store, sources, platform: workshop.platform, collection: COLLECTION };
        const start = async (): Promise<ProjectionRunner> => {
          const runner = new ProjectionRunner({ ...shared, parkedLimit: 1_000, onTrouble: () => (parkings += 1) });
          await runner.start();
          return runner;
        };
        const retry = (id: string) => workshop.through(retryParked({ ...shared, id }));
        let runners = await Promise.all([start(), start()]);
        const stop = () => workshop.through(Promise.all(runners.map((runner) => runner.close())));
        for (const { kind, jar } of plan) {
          if (kind === 'add')
            await workshop.through(hosts.opened.jars.handle(`${jar}`, { type: 'AddCoins', coins: 1 }));
          else if (kind === 'advance') await workshop.time.advance(jar);
          else if (kind === 'retry') await retry(jar === JARS ? 'all' : `of-jar-${jar}`);
          else if (kind === 'fix') bad = jar;
          else {
            await stop();
            runners = await Promise.all([start(), start()]);
          }
        }
        bad = -1;
        // Some runners are still behind while the first documents are retried.
        await Promise.all((await store.parked(COLLECTION, { limit: 99 })).map(({ id }) => retry(id)));
        await workshop.time.advance(5_000);
        for (const { id } of await store.parked(COLLECTION, { limit: 99 })) await retry(id);
        expect(await store.countParked(COLLECTION)).toBe(0);
        expect(await hosts.documents(store, COLLECTION)).toEqual(
          Object.fromEntries(foldDocuments(projection, hosts.events())),
        );
        await stop();
        await hosts.close();
      }),
      { seed: SEED, numRuns: 150 },
    );
    expect(parkings).toBeGreaterThan(100);
  }, 60_000);
});
