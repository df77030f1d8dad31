import { streamIndexContract } from '@ledgerline/es-testing';
import { Opened } from '../fixtures/opened.js';
import { scratch } from '../fixtures/scratch.js';
import { openEmbeddedIndex } from './open-embedded-index.js';

const newDirectory = scratch();

streamIndexContract({
  name: 'openEmbeddedIndex',
  open: async () => {
    const opened = new Opened();
    const directory = newDirectory();
    const open = () => opened.add(openEmbeddedIndex({ directory, service: 'parcel-service' }));
    const reopen = () => opened.close().then(open);
    return { index: await open(), reopen, dispose: () => opened.close() };
  },
});
