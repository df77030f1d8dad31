import { readModelStoreContract } from '@ledgerline/es-testing';
import { describeWithMongo, ScratchDatabase } from './fixtures/databases.js';

describeWithMongo('with a server', () => {
  readModelStoreContract({
    name: 'openMongoReadModels',
    open: async () => {
      const database = new ScratchDatabase();
      const open = () => database.open();
      const reopen = () => database.close().then(open);
      return { store: await open(), reopen, another: open, dispose: () => database.dispose() };
    },
  });
});
