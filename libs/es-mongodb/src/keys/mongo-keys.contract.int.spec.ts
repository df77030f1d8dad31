import type { KeyStore } from '@ledgerline/es-core';
import { keyStoreContract } from '@ledgerline/es-testing';
import { describeWithMongo, ScratchDatabase } from '../fixtures/databases.js';
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

describe('keys on a MongoDB that cannot be reached', () => {
  it('are not available, and may be later', async () => {
    const keys = openMongoKeys({ uri: 'mongodb://user:secret@127.0.0.1:1/?serverSelectionTimeoutMS=200' });
    await expect(keys.find(['ada'])).rejects.toMatchObject({
      ...{ code: 'keys-unavailable', retriable: true },
      message: expect.not.stringContaining('secret') as string,
    });
    await keys.close();
  });
});
