import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker, kafkaClient, namedBrokers } from '@ledgerline/local-servers';
import { type Body, esJson, fillCarts, isForeign, Shop } from './index.js';

interface Heads {
  readonly topics: readonly { readonly partitions: readonly { readonly ordinal: number; readonly head: string }[] }[];
}

const ordinalsIn = ({ topics }: Heads): readonly number[] =>
  topics.flatMap(({ partitions }) => partitions.map(({ ordinal }) => ordinal));

// Services that are not ours are not ours to stop.
(isForeign ? describe.skip : describeWithBroker)('a shop on Kafka whose cluster is lost', () => {
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

  const deleteTopics = async (): Promise<void> => {
    const admin = kafkaClient(namedBrokers).admin();
    await admin.connect();
    try {
      const own = async (): Promise<string[]> =>
        (await admin.listTopics()).filter((topic) => topic.startsWith(shop.env['KAFKA_TOPIC_PREFIX'] ?? ''));
      await admin.deleteTopics({ topics: (await own()).filter((topic) => topic.endsWith('.events')) });
      await eventually(async () => expect((await own()).filter((topic) => topic.endsWith('.events'))).toEqual([]));
    } finally {
      await admin.disconnect();
    }
  };

  it('goes on from its backup on the embedded log, and on a new cluster once what is ahead was brought back', async () => {
    const backup = join(directory, 'backup');
    await fillCarts('kept', shop.orders);
    const { topics } = await esJson<Heads>(shop.env, 'backup', backup);
    await fillCarts('lost', shop.orders);
    await shop.end();

    const embedded = { ...shop.env, KAFKA_BROKERS: '', MONGODB_URI: '', DATA_DIR: join(directory, 'data') };
    expect(await esJson<Heads>(embedded, 'restore', backup)).toMatchObject({ topics });
    expect(await esJson<Body>(embedded, 'verify', '--no-read-models')).toMatchObject({ ok: true });
    const there = await esJson<Heads>(embedded, 'backup', join(directory, 'from-embedded'));
    expect(ordinalsIn(there)).toEqual(ordinalsIn({ topics }).map((ordinal) => ordinal + 1));

    await deleteTopics();
    // Back from the embedded log, so that the records have been on both.
    expect(await esJson<Heads>(shop.env, 'restore', join(directory, 'from-embedded'))).toMatchObject({
      topics: there.topics,
    });
    await expect(shop.start(['order-service'])).rejects.toThrow();
    expect(shop.log.join('\n')).toContain('bring back what is ahead of it with `es restore --accept`');
    await shop.end();
    const { ahead } = await esJson<{ ahead: readonly { name: string }[] }>(shop.env, 'restore', '--accept');
    const names = ahead.map(({ name }) => name).join('\n');
    // The progress of reactors has gone with the topics.
    for (const what of ['the read model order-page', 'the index of the order-service']) expect(names).toContain(what);
    await shop.start();
    expect(await esJson<Body>(shop.env, 'verify')).toMatchObject({ ok: true });
  }, 180_000);
});
