import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import {
  ask,
  type Body,
  CartLoad,
  Es,
  es,
  esJson,
  expectedFigures,
  fillCarts,
  isForeign,
  reportedFigures,
  SAMPLE,
  Shop,
} from './index.js';

interface Backup {
  readonly added: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly ordinal: number; readonly head: string }[];
  }[];
}

interface Event {
  readonly version: number;
  readonly position: string;
}

const SERVICES = ['order-service', 'payment-service', 'projection-service'] as const;

// Services that are not ours are not ours to wipe.
(isForeign ? describe.skip : describe)('a shop that loses everything but its backup', () => {
  let shop: Shop;
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-backup-'));
    shop = await Shop.open();
  });
  afterEach(async () => {
    await shop?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const json = <T>(...args: string[]): Promise<T> => esJson<T>(shop.env, ...args);

  const eventsOf = async (stream: string): Promise<readonly Event[]> => {
    const { body } = await ask(`GET ${shop.orders}/streams/${stream}/events?limit=1000`);
    return (body['items'] ?? []) as readonly Event[];
  };

  const eventsOfAll = async (streams: readonly string[]): Promise<ReadonlyMap<string, readonly Event[]>> => {
    const events = new Map<string, readonly Event[]>();
    for (const stream of streams) events.set(stream, await eventsOf(stream));
    return events;
  };

  const isIn = ({ topics }: Backup, position: string): boolean => {
    const [, topic, partition, ordinal] = /^(.*)\/(\d+)@(\d+)$/.exec(position) ?? [];
    const found = topics.find((one) => one.topic === topic)?.partitions[Number(partition)];
    return Number(ordinal) <= (found?.ordinal ?? 0);
  };

  const killAndWipe = async (): Promise<void> => {
    for (const name of SERVICES) await shop.kill(name);
    await rm(shop.dataDirectory, { recursive: true });
  };

  it('is as it was when it was backed up under load', async () => {
    await json('import', 'retail', SAMPLE);
    const load = new CartLoad({ name: 'load', urls: [shop.orders], customers: 2 });
    try {
      await load.more(100);
      // A run that is killed is gone on from.
      const killed = new Es(shop.env, ['backup', directory]);
      await eventually(async () => expect(await readdir(directory)).not.toEqual([]), {
        timeoutMs: 60_000,
        everyMs: 10,
      });
      killed.kill();
      await killed.ended;
      const first = await json<Backup>('backup', directory);
      await load.more(100);
      const backup = await json<Backup>('backup', directory);
      await load.more(100);
      await load.stop();
      expect(first.added).toBeGreaterThan(3_000);
      expect(backup.added).toBeGreaterThanOrEqual(100);
      const streams = [...new Set(load.acknowledged.map(({ stream }) => stream))];
      const recorded = await eventsOfAll(streams);

      await killAndWipe();
      expect(await json('restore', directory)).toMatchObject({ resumed: false, topics: backup.topics });
      await shop.start();

      // The read models are made from the log again.
      const figures = async (): Promise<void> => expect(await reportedFigures(shop)).toEqual(expectedFigures());
      await eventually(figures, { timeoutMs: 30_000, everyMs: 200 });
      const restored = await eventsOfAll(streams);
      const all = [...recorded.values()].flat().length;
      expect(restored).toEqual(new Map(streams.map((one) => [one, kept(recorded.get(one), backup)])));
      expect([...restored.values()].flat().length).toBeLessThan(all);
      expect(await json<Body>('verify')).toMatchObject({ ok: true });
      // Eight records with which the new incarnations begin.
      expect(await json<Backup>('backup', directory)).toMatchObject({ added: 8 });
    } finally {
      await load.abandon();
    }
  }, 120_000);

  it('is not served by services that know of what is lost, until that is accepted', async () => {
    await fillCarts('kept', shop.orders);
    await json('backup', directory);
    await fillCarts('lost', shop.orders);
    // Of a crash an index may have missed the last half second.
    await shop.end();
    // Indexes and read models are still there, and ahead.
    await rm(join(shop.dataDirectory, 'log'), { recursive: true });
    await json('restore', directory);
    await expect(shop.start(['order-service'])).rejects.toThrow();
    expect(shop.log.join('\n')).toContain('bring back what is ahead of it with `es restore --accept`');

    const said = await json<{ ahead: readonly { name: string }[] }>('restore', '--accept', '--dry-run');
    expect(said.ahead.map(({ name }) => name)).toContain('the index of the order-service');
    expect(await json('restore', '--accept')).toMatchObject({ accepted: true, ahead: said.ahead });
    await shop.start();
    expect(await json<Body>('verify')).toMatchObject({ ok: true });
  }, 120_000);

  const kept = (events: readonly Event[] = [], backup: Backup): readonly Event[] =>
    events.filter(({ position }) => isIn(backup, position));

  it('is not restored over what is there, beside running services, or from what is no backup', async () => {
    await writeFile(join(directory, 'cat.jpg'), 'cat');
    const verdict = await es(shop.env, 'verify-backup', directory, '--json');
    expect([verdict.code, JSON.parse(verdict.stdout)]).toMatchObject([
      ...[1, { ok: false, problems: [{ reason: 'missing' }, { file: 'cat.jpg', reason: 'foreign' }] }],
    ]);
    const refused = await es(shop.env, 'backup', directory, '--json');
    expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([1, { error: { code: 'backup-foreign' } }]);
    expect(await readdir(directory)).toEqual(['cat.jpg']);

    await json('backup', join(directory, 'narrow'));
    expect(await es(shop.env, 'restore', join(directory, 'narrow'), '--json')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"code":"data-dir-in-use"'),
    });
    for (const name of SERVICES) await shop.kill(name);
    const { code, stdout } = await es(shop.env, 'restore', join(directory, 'narrow'), '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'log-not-empty' } }]);

    // Elsewhere, and in another number of partitions.
    const wide = join(directory, 'wide');
    await json('repartition', join(directory, 'narrow'), wide, '--partitions', '6');
    const link = await json<Body>('verify-backup', wide, '--continues', join(directory, 'narrow'));
    expect(link).toMatchObject({ ok: true, breaks: [] });
    const elsewhere = { ...shop.env, DATA_DIR: join(directory, 'data') };
    expect(await es(elsewhere, 'restore', wide)).toMatchObject({ code: 0 });
    expect(await es(elsewhere, 'verify', '--no-read-models')).toMatchObject({ code: 0 });
    await shop.start();
  }, 120_000);
});
