import type { KeyStore } from '@ledgerline/es-core/adapter';
import { keyStoreContract } from '@ledgerline/es-testing';
import { describeWithMongo, ScratchDatabase } from '../fixtures/databases.js';
import { Relay } from '../fixtures/relay.js';
import { openMongoKeys } from './open-mongo-keys.js';

describeWithMongo('with a server', () => {
  keyStoreContract({
    name: 'openMongoKeys',
    open: () => {
      const database = new ScratchDatabase();
      const opened: KeyStore[] = [];
      const open = (): Promise<KeyStore> => {
        const keys = openMongoKeys(database);
        opened.push(keys);
        return Promise.resolve(keys);
      };
      const close = async (): Promise<void> => {
        for (const keys of opened.splice(0)) await keys.close();
      };
      return open().then((keys) => ({
        ...{ keys, another: open, reopen: () => close().then(open) },
        dispose: () => close().then(() => database.dispose()),
      }));
    },
  });
});

describeWithMongo('keys on a MongoDB that cannot be reached', () => {
  it('are not available, and are once it can be', async () => {
    const database = new ScratchDatabase();
    const relay = await Relay.to(Number(new URL(database.uri).port));
    await relay.cut();
    const keys = openMongoKeys({ uri: `${relay.of(database.uri)}&serverSelectionTimeoutMS=200` });
    const find = () => keys.find(['ada']);
    await expect(find()).rejects.toMatchObject({
      ...{ code: 'keys-unavailable', retriable: true },
      message: expect.stringMatching(/MongoDB at 127\.0\.0\.1:\d+ cannot be used$/) as string,
    });
    await relay.restore();
    expect(await find()).toEqual(new Map());
    await keys.close();
    await relay.cut();
    await database.dispose();
  });
});
