import { keyStoreContract } from '@ledgerline/es-testing';
import { Opened } from '../fixtures/opened.js';
import { scratch } from '../fixtures/scratch.js';
import { openEmbeddedKeys } from './open-embedded-keys.js';

const newDirectory = scratch();

keyStoreContract({
  name: 'openEmbeddedKeys',
  open: async () => {
    const opened = new Opened();
    const directory = newDirectory();
    const open = () => opened.add(openEmbeddedKeys({ directory }));
    const reopen = () => opened.close().then(open);
    return { keys: await open(), reopen, another: open, dispose: () => opened.close() };
  },
});
