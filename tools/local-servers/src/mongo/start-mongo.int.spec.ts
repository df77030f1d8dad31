import { createServer } from 'node:net';
import { once } from 'node:events';
import { type Collection, MongoClient } from 'mongodb';
import { scratch } from '../fixtures/scratch.js';
import { describeWithOwnServers } from '../for-specs/describe-with-servers.js';
import { until } from '../processes/until.js';
import { mongoAnswers } from './mongo-answers.js';
import { type MongoProcess } from './mongo-process.js';
import { startMongo } from './start-mongo.js';

const newDirectory = scratch();
const WITHIN_MS = 120_000;
const KILLED_AFTER = 200;

const REWRITTEN = 1_000;

interface Page {
  readonly _id: string | number;
  readonly revision?: number;
  /** Takes a while to send. */
  readonly lines?: readonly string[];
  readonly lastRevision?: number;
}

await describeWithOwnServers(['mongo'], "a server of MongoDB's protocol", () => {
  let mongo: MongoProcess;
  let client: MongoClient;

  beforeAll(async () => {
    mongo = await startMongo({ directory: newDirectory() });
    client = new MongoClient(mongo.uri, { serverSelectionTimeoutMS: 10_000 });
  }, WITHIN_MS);

  afterAll(async () => {
    await client.close();
    await mongo.close();
    await mongo.close();
  }, WITHIN_MS);

  const pages = (name: string): Collection<Page> =>
    client.db().collection<Page>(name, { writeConcern: { w: 'majority', journal: true } });

  it('is what a driver of today works with, in the database that its address names', async () => {
    expect(client.db().databaseName).toBe('ledgerline');
    expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('replaces a document at the revision that was asked for, and answers how many it found', async () => {
    const collection = pages('revisions');
    await collection.insertMany(Array.from({ length: 50 }, (_, i) => ({ _id: `page-${i}`, revision: 1 })));
    const replaceAt = (revision: number) =>
      collection.replaceOne({ _id: 'page-7', revision }, { revision: revision + 1 });
    expect(await replaceAt(1)).toMatchObject({ matchedCount: 1 });
    expect(await replaceAt(1)).toMatchObject({ matchedCount: 0 });
    expect(await collection.findOne({ _id: 'page-7' })).toEqual({ _id: 'page-7', revision: 2 });
    await expect(collection.insertOne({ _id: 'page-7' })).rejects.toMatchObject({ code: 11_000 });
  });

  it(
    'shows a document as one write left it, however many are reading while others write',
    async () => {
      const lines = Array.from({ length: 400 }, (_, i) => `line ${i}`);
      const collection = client.db().collection<Page>('rewritten');
      await collection.insertOne({ _id: 'page', revision: 1, lines, lastRevision: 1 });
      let isOver = false;
      const torn: unknown[] = [];
      const reading = Array.from({ length: 4 }, async () => {
        while (!isOver) {
          const found = await collection.findOne({ _id: 'page' });
          if (found?.revision !== found?.lastRevision) torn.push([found?.revision, found?.lastRevision]);
        }
      });
      for (let revision = 2; revision <= REWRITTEN; revision += 1)
        await collection.replaceOne({ _id: 'page' }, { revision, lines, lastRevision: revision });
      isOver = true;
      await Promise.all(reading);
      expect(torn).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'has after a kill everything that it had acknowledged',
    async () => {
      const collection = pages('acknowledged');
      let acknowledged = 0;
      const writing = (async () => {
        for (;;) {
          await collection.insertOne({ _id: acknowledged });
          acknowledged += 1;
        }
      })();
      const failed = expect(writing).rejects.toMatchObject({ name: expect.stringMatching(/^Mongo/) });
      expect(await until(() => acknowledged >= KILLED_AFTER, WITHIN_MS)).toBe(true);
      await mongo.kill();
      await failed;
      await mongo.restart();
      const found = await collection.countDocuments({ _id: { $lt: acknowledged } });
      expect(found).toBe(acknowledged);
    },
    WITHIN_MS,
  );

  it(
    'keeps its connections open while it is halted, and answers when it goes on',
    async () => {
      mongo.stop();
      expect(await mongoAnswers(mongo.port)).toBe(false);
      mongo.cont();
      expect(await until(() => mongoAnswers(mongo.port), WITHIN_MS)).toBe(true);
    },
    WITHIN_MS,
  );

  it('is not taken for ready where something else answers, or nobody does', async () => {
    const stranger = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await once(stranger, 'listening');
    const address = stranger.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await mongoAnswers(port)).toBe(false);
    stranger.close();
    await once(stranger, 'close');
    expect(await mongoAnswers(port)).toBe(false);
  });

  it(
    'says why it does not start',
    async () => {
      await mongo.kill();
      const stranger = createServer((socket) => socket.resume()).listen(mongo.port, '127.0.0.1');
      await once(stranger, 'listening');
      try {
        await expect(mongo.restart()).rejects.toMatchObject({
          code: 'not-ready',
          message: expect.stringMatching(/ended before it was ready.*mongo\.log[^]*in use/i),
        });
      } finally {
        stranger.close();
      }
      await once(stranger, 'close');
      await mongo.restart();
      expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
    },
    WITHIN_MS,
  );
});
