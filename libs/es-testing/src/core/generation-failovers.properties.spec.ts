import type { Generations } from '@ledgerline/es-core/generations';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ReadConcern, ReplicaSet } from '../replica-set/replica-set.js';
import { ReplicaSetClient } from '../replica-set/replica-set-client.js';
import { GenerationHosts, pagesOf } from './fixtures/generation-hosts.js';

const SEED = Number(process.env['FC_SEED'] ?? 1);
const RUNS = Number(process.env['FC_RUNS'] ?? 100);

/** What happens to the replica set, and to two processes that keep generations on it. */
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('fill' as const) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(1_500) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        ...{ do: fc.constant('start' as const), host: fc.nat(1), revision: fc.integer({ min: 1, max: 3 }) },
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('rebuild' as const), host: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('lag' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('catchUp' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('elect' as const) }) },
  ),
  { minLength: 5, maxLength: 30 },
);
type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

interface Process {
  readonly client: ReplicaSetClient;
  readonly host: Generations;
}

/** Two processes over a replica set. */
class Processes {
  readonly hosts = new GenerationHosts();
  readonly set = new ReplicaSet(this.hosts.workshop.platform);
  readonly #running: (Process | undefined)[] = [];

  constructor(private readonly readConcern: ReadConcern) {}

  client(): ReplicaSetClient {
    const { readConcern } = this;
    return new ReplicaSetClient(this.set, { platform: this.hosts.workshop.platform, readConcern });
  }

  async do(step: Step): Promise<void> {
    if (step.do === 'fill') await this.hosts.fill(1);
    else if (step.do === 'advance') await this.hosts.workshop.time.advance(step.ms);
    else if (step.do === 'start') await this.#start(step);
    else if (step.do === 'rebuild') await this.#tried(this.#running[step.host]?.host.rebuild());
    else this.set[step.do]();
  }

  async end(): Promise<void> {
    for (const n of this.#running.keys()) await this.#kill(n);
  }

  /** One that was killed while it ran is replaced; one that cannot be started is not there. */
  async #start({ host: n, revision }: { readonly host: number; readonly revision: number }): Promise<void> {
    await this.#kill(n);
    const client = this.client();
    const host = this.hosts.make(client, pagesOf(revision));
    this.#running[n] = { client, host };
    if (!(await this.#tried(host.start()))) await this.#kill(n);
  }

  async #kill(n: number): Promise<void> {
    const { [n]: running } = this.#running;
    this.#running[n] = undefined;
    if (!running) return;
    running.client.isKilled = true;
    await this.hosts.stop(running.host);
  }

  /** False where the store could not be reached, which is said. */
  async #tried(what: Promise<unknown> = Promise.resolve()): Promise<boolean> {
    const [tried] = await this.hosts.workshop.through(Promise.allSettled([what]));
    if (tried.status === 'rejected') expect(tried.reason).toMatchObject({ code: 'read-models-unavailable' });
    return tried.status === 'fulfilled';
  }
}

describe(`generations on a replica set that lags, elects and rolls back (seed ${SEED})`, () => {
  let switches: number;
  beforeEach(() => {
    switches = 0;
  });

  const property = (readConcern: ReadConcern) =>
    fc.asyncProperty(steps, async (plan) => {
      const processes = new Processes(readConcern);
      const { hosts, set } = processes;
      await hosts.open();
      for (const step of plan) await processes.do(step);
      set.catchUp();
      await hosts.workshop.time.advance(1_000);
      await processes.end();
      await hosts.fill(1);
      const client = processes.client();
      const last = await hosts.start(client, pagesOf(3));
      await hosts.workshop.time.advance(10_000);
      const { live } = last.record;
      const answering = [live?.revision, last.collection];
      const documents = await hosts.workshop.through(hosts.documents(client, last.collection));
      await hosts.close();
      switches += (live?.number ?? 0) - 1;
      expect(answering).toEqual([3, `jar-pages-r3-g${live?.number}`]);
      expect(documents).toEqual(hosts.replay(pagesOf(3)));
    });

  it(`end with documents as a replay makes them, in ${RUNS} histories`, async () => {
    await fc.assert(property('majority'), { seed: SEED, numRuns: RUNS });
    expect(switches).toBeGreaterThan(RUNS / 2);
  }, 300_000);

  it('do not where what no majority has is read, which shows within as many', async () => {
    const { failed, errorInstance } = await fc.check(property('local'), {
      ...{ seed: SEED, numRuns: RUNS, endOnFailure: true },
    });
    expect(failed).toBe(true);
    expect(String(errorInstance)).toMatch(/toEqual/);
  }, 300_000);
});
