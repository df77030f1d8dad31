import { readModelStoreContract } from '@ledgerline/es-testing';
import { Opened } from '../fixtures/opened.js';
import { scratch } from '../fixtures/scratch.js';
import { openEmbeddedReadModels } from './open-embedded-read-models.js';

const newDirectory = scratch();

readModelStoreContract({
  name: 'openEmbeddedReadModels',
  open: async () => {
    const opened = new Opened();
    const directory = newDirectory();
    const open = () => opened.add(openEmbeddedReadModels({ directory }));
    const reopen = () => opened.close().then(open);
    return { store: await open(), reopen, another: open, dispose: () => opened.close() };
  },
});
