import type { Generations } from '@ledgerline/es-core/generations';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';
import { Killed, mortalStore } from './fixtures/faulty-store.js';
import { GenerationHosts, pagesOf } from './fixtures/generation-hosts.js';

const SEED = Number(process.env['FC_SEED'] ?? 1);

/** What happens to two processes; a start is of this revision, and its store dies at this call, or never. */
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('fill' as const) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(1_500) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('start' as const),
        host: fc.nat(1),
        revision: fc.integer({ min: 1, max: 3 }),
        diesAt: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 60 })),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('rebuild' as const), host: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback' as const), host: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), which: fc.nat(5) }) },
  ),
  { minLength: 5, maxLength: 30 },
);

const isExpected = (error: unknown): boolean =>
  error instanceof Killed || (error as { code?: string }).code === 'no-previous-generation';

describe(`generations, whatever is started, killed, rebuilt, rolled back and dropped (seed ${SEED})`, () => {
  it('end with documents as a replay makes them, in the collections that the record names', async () => {
    let switches = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const hosts = new GenerationHosts();
        await hosts.open();
        const { workshop } = hosts;
        const store = memoryReadModelStore();
        const running: (Generations | undefined)[] = [];
        const tolerant = async (what: Promise<unknown>): Promise<void> => {
          await workshop.through(
            what.catch((error: unknown) => {
              if (!isExpected(error)) throw error;
            }),
          );
        };
        for (const step of plan) {
          if (step.do === 'fill') await hosts.fill(1);
          else if (step.do === 'advance') await workshop.time.advance(step.ms);
          else if (step.do === 'drop') {
            const [name] = (await store.collections()).slice(step.which);
            if (name !== undefined) await store.drop(name);
          } else if (step.do === 'start') {
            const before = running[step.host];
            if (before) await hosts.stop(before);
            const next = hosts.make(mortalStore(store, step.diesAt), pagesOf(step.revision));
            running[step.host] = undefined;
            await tolerant(next.start().then(() => (running[step.host] = next)));
          } else {
            const host = running[step.host];
            if (host) await tolerant(host[step.do]());
          }
        }
        await hosts.stop(...running.filter((host) => host !== undefined));
        await hosts.fill(1);
        const last = await hosts.start(store, pagesOf(3));
        await workshop.time.advance(5_000);
        if (last.record.rolledBack) await workshop.through(last.rebuild());
        await workshop.time.advance(5_000);
        const { live, filling, previous } = last.record;
        expect([live?.revision, last.collection]).toEqual([3, `jar-pages-r3-g${live?.number}`]);
        // What older code was filling is its own business.
        expect(filling?.revision).not.toBe(3);
        expect(await hosts.documents(store, last.collection)).toEqual(hosts.replay(pagesOf(3)));
        const named = [live, filling, previous].flatMap((one) =>
          one ? [`jar-pages-r${one.revision}-g${one.number}`] : [],
        );
        // A kill before the record was written leaves the next one behind, empty: it is taken, or removed, by the next change.
        const others = (await store.collections()).filter((name) => !named.includes(name));
        expect(others.filter((name) => !name.endsWith(`-g${last.record.nextNumber}`))).toEqual([]);
        for (const name of others)
          expect(await store.load(name, ['jar-1', 'jar-2', 'jar-3', 'jar-4'])).toEqual(new Map());
        switches += (live?.number ?? 0) - 1;
        await hosts.close();
        expect(workshop.time.waiting).toBe(0);
      }),
      { seed: SEED, numRuns: 150 },
    );
    expect(switches).toBeGreaterThan(150);
  }, 120_000);
});
