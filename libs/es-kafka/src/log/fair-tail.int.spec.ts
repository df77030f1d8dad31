import type { LogReader, PartitionedLog } from '@ledgerline/es-core/adapter';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import { Workbench } from '../fixtures/workbench.js';

/** Larger than what is asked for of each partition at the tail. */
const LARGE = 'x'.repeat(700 * 1024);
const FETCHES_TAKE_MS = 20;
/** A few fetches, on a machine that does other things too. Out of turn a large batch comes when the load ends. */
const SOON_MS = 1_000;
const patience = { timeoutMs: 10_000, everyMs: 5 };

const record = (value: string) => ({ key: 'k', value, headers: {} });

/** What a pass has brought of one partition. */
class Follower {
  /** When each record came, by its offset. */
  readonly cameAt: number[] = [];
  readonly ended: Promise<void>;

  constructor(private readonly reader: LogReader) {
    this.ended = this.#run();
  }

  async #run(): Promise<void> {
    for (let chunk = await this.reader.next(); chunk; chunk = await this.reader.next())
      for (const { offset } of chunk.records) this.cameAt[offset] = performance.now();
  }
}

describeWithBroker('the shared tail, while one partition is busy all the time', () => {
  let bench: Workbench;
  let log: PartitionedLog;
  let followers: readonly Follower[];
  let isBusy: boolean;
  let load: Promise<unknown>;

  beforeEach(async () => {
    bench = new Workbench({ partitions: 4 });
    await bench.createTopic();
    const opened = await bench.openLogBehindProxy();
    log = opened.log;
    const follow = (partition: number): Follower => new Follower(log.read(partition, { from: 0, follow: true }));
    const busy = follow(0);
    // It waits at the tail before the others come: they are asked for behind it.
    for (const count of [1, 2]) {
      await log.append(0, [record('early')]);
      await eventually(() => expect(busy.cameAt).toHaveLength(count), patience);
    }
    // So long a fetch takes that the busy partition has something new at each.
    opened.proxy.fetchesTakeMs = FETCHES_TAKE_MS;
    followers = [busy, ...[1, 2, 3].map(follow)];
    const feeder = await bench.openLog();
    isBusy = true;
    const feed = async (): Promise<void> => {
      while (isBusy) await feeder.append(0, [record('v'.repeat(2_000))]);
    };
    load = Promise.all(Array.from({ length: 48 }, feed));
    await eventually(() => expect(busy.cameAt.length).toBeGreaterThan(500), patience);
  });
  afterEach(async () => {
    isBusy = false;
    await load;
    await bench.close();
    await Promise.all(followers.map(({ ended }) => ended));
  });

  /** How long after its acknowledgement the record came. */
  const delay = async (partition: number, value: string): Promise<number> => {
    const { firstOffset } = await log.append(partition, [record(value)]);
    const acknowledged = performance.now();
    const cameAt = (): number | undefined => followers[partition]?.cameAt[firstOffset];
    await eventually(() => expect(cameAt()).toBeDefined(), patience);
    return (cameAt() ?? Infinity) - acknowledged;
  };

  it('brings large batches of another partition at once, and the busy one’s too', async () => {
    for (let i = 0; i < 5; i += 1) expect(await delay(1, LARGE)).toBeLessThan(SOON_MS);
    expect(await delay(0, 'small')).toBeLessThan(SOON_MS);
  });

  it('brings large batches of all other partitions at the same time', async () => {
    for (let i = 0; i < 3; i += 1)
      for (const ms of await Promise.all([1, 2, 3].map((partition) => delay(partition, LARGE))))
        expect(ms).toBeLessThan(SOON_MS);
  });
});
