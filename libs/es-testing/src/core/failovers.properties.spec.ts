import { describe, expect, it } from '@jest/globals';
import { defineProjection } from '@ledgerline/es-core';
import type { DocumentWrite, ReadModelStore } from '@ledgerline/es-core/adapter';
import { ProjectionRunner } from '@ledgerline/es-core/runtime';
import fc from 'fast-check';
import { ReplicaSet } from '../replica-set/replica-set.js';
import { ReplicaSetClient, type ReplicaSetClientOptions } from '../replica-set/replica-set-client.js';
import { handleOn } from './fixtures/faulty-store.js';
import { GenerationHosts } from './fixtures/generation-hosts.js';
import { TroubledLog } from './fixtures/troubled-log.js';
import { anyDocument, coinsOf, everyCoin } from './fixtures/jar-projections.js';
import { jarEvents } from './fixtures/coin-jar.js';

const SEED = Number(process.env['FC_SEED'] ?? 1);
const RUNS = Number(process.env['FC_RUNS'] ?? 200);
const COLLECTION = 'sums-r1-g1';

type Sum = { readonly coins: number; readonly events: number };

/** Both partitions feed one document, and each jar's. */
const sums = defineProjection({
  ...{ name: 'sums', revision: 1, from: [jarEvents], document: anyDocument<Sum>() },
  on: everyCoin<Sum>({
    document: ({ context }) => ['all', `of-${context.stream}`],
    fold: (sum = { coins: 0, events: 0 }, event) => ({ coins: sum.coins + coinsOf(event), events: sum.events + 1 }),
  }),
});

const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('add' as const), n: fc.nat(3) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('advance' as const), n: fc.nat(700) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('lag' as const), n: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('catch-up' as const), n: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('elect' as const), n: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), n: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), n: fc.nat(3) }) },
  ),
  { minLength: 5, maxLength: 40 },
);
type Plan = typeof steps extends fc.Arbitrary<infer T> ? T : never;

interface Broken extends Pick<ReplicaSetClientOptions, 'readConcern' | 'writeConcern'> {
  readonly handle?: (store: ReadModelStore, set: ReplicaSet) => ReadModelStore;
}

/** Two processes fill the read model over a replica set, and take each other's place. */
class Failovers {
  readonly #hosts = new GenerationHosts();
  readonly #set = new ReplicaSet(this.#hosts.workshop.platform);
  readonly #processes: { readonly client: ReplicaSetClient; readonly runner: ProjectionRunner }[] = [];
  #loses = 0;

  constructor(private readonly broken: Broken) {}

  async run(plan: Plan): Promise<void> {
    const { workshop } = this.#hosts;
    await this.#hosts.open();
    await workshop.through(this.#client().ensure({ name: COLLECTION, indexes: [] }));
    for (const n of [0, 1]) await this.#start(n);
    for (const step of plan) await this.#do(step);
    this.#loses = 0;
    this.#set.catchUp();
    await workshop.time.advance(20_000);
    const wanted = this.#hosts.replay(sums);
    const stored = await workshop.through(this.#hosts.documents(this.#client(), COLLECTION));
    const failures = this.#processes.flatMap(({ runner }) => runner.status().flatMap(({ failure }) => failure ?? []));
    await workshop.through(Promise.all(this.#processes.map(({ runner }) => runner.close())));
    await this.#hosts.close();
    expect([failures, stored]).toEqual([[], wanted]);
  }

  async #do({ kind, n }: Plan[number]): Promise<void> {
    const { workshop, opened } = this.#hosts;
    if (kind === 'add') await workshop.through(opened.jars.handle(`${n}`, { type: 'AddCoins', coins: 1 }));
    else if (kind === 'advance') await workshop.time.advance(n);
    else if (kind === 'lag') this.#set.lag();
    else if (kind === 'catch-up') this.#set.catchUp();
    else if (kind === 'elect') this.#set.elect();
    else if (kind === 'lose') this.#loses = n / 10;
    else await this.#kill(n);
  }

  #client(): ReplicaSetClient {
    const { platform } = this.#hosts.workshop;
    return new ReplicaSetClient(this.#set, { ...this.broken, platform, loses: () => this.#loses });
  }

  async #kill(n: number): Promise<void> {
    const killed = this.#processes[n];
    if (!killed) return;
    killed.client.isKilled = true;
    await this.#hosts.workshop.through(Promise.allSettled([killed.runner.close()]));
    await this.#start(n);
  }

  /** As often as it takes: a store that cannot be reached at the start is awaited. */
  async #start(n: number): Promise<void> {
    const { workshop, opened } = this.#hosts;
    const { logId } = opened.store;
    const { handle = (store: ReadModelStore) => store } = this.broken;
    for (;;) {
      const client = this.#client();
      const runner = new ProjectionRunner({
        ...{ projection: sums, store: handle(client, this.#set), collection: COLLECTION, parkedLimit: 0 },
        sources: [{ log: new TroubledLog(workshop.topic), logId }],
        ...{ platform: workshop.platform, onTrouble: () => undefined },
      });
      this.#processes[n] = { client, runner };
      const [started] = await workshop.through(Promise.allSettled([runner.start()]));
      if (started.status === 'fulfilled') return;
    }
  }
}

const property = (broken: Broken = {}) => fc.asyncProperty(steps, (plan) => new Failovers(broken).run(plan));

/** Handles on a store with one rule left out each. */
const BROKEN: Readonly<Record<string, Broken>> = {
  'reads what no majority has': { readConcern: 'local' },
  'takes a write for done before a majority has it': { writeConcern: 'primary' },
  'takes a write for done whose outcome is not known': {
    handle: (store) => ({ ...handleOn(store), write: (...given) => store.write(...given).catch(() => []) }),
  },
  'stores the checkpoint before the documents': {
    handle: (store) => {
      let later: (() => Promise<unknown>)[] = [];
      return {
        ...handleOn(store),
        write: (...given) => {
          later.push(() => store.write(...given));
          return Promise.resolve([]);
        },
        saveCheckpoint: async (...given) => {
          await store.saveCheckpoint(...given);
          const writes = later;
          later = [];
          for (const write of writes) await write();
        },
      };
    },
  },
  'writes over what somebody else wrote': {
    handle: (store, set) => {
      const anyway = async (collection: string, write: DocumentWrite): Promise<DocumentWrite> => {
        const stored = await set.read('local', (member) => member.load(collection, [write.id]));
        return { ...write, expectedRevision: stored.get(write.id)?.revision ?? 0 };
      };
      return {
        ...handleOn(store),
        write: async (collection, writes) =>
          store.write(collection, await Promise.all(writes.map((write) => anyway(collection, write)))),
      };
    },
  },
};

describe(`documents on a replica set that lags, elects and rolls back (seed ${SEED})`, () => {
  it(`are those of a replay, in ${RUNS} histories`, async () => {
    await fc.assert(property(), { seed: SEED, numRuns: RUNS });
  }, 300_000);

  it.each(Object.entries(BROKEN))(
    'are not where a store %s, which shows within as many',
    async (_, broken) => {
      const { failed, errorInstance } = await fc.check(property(broken), {
        seed: SEED,
        numRuns: RUNS,
        endOnFailure: true,
      });
      expect(failed).toBe(true);
      expect(String(errorInstance)).toMatch(/toEqual/);
    },
    300_000,
  );
});
