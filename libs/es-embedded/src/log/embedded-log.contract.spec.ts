import { partitionedLogContract } from '@ledgerline/es-testing';
import { Opened } from '../fixtures/opened.js';
import { scratch } from '../fixtures/scratch.js';
import { openEmbeddedLog } from './open-embedded-log.js';

const newDirectory = scratch();

partitionedLogContract({
  name: 'openEmbeddedLog',
  without: ['anotherWriter', 'forgetBefore'],
  open: async () => {
    const opened = new Opened();
    const options = { directory: newDirectory(), topic: 'parcels.events', partitions: 4, role: 'writer' } as const;
    const open = (role: 'writer' | 'reader') => opened.add(openEmbeddedLog({ ...options, role }));
    return {
      log: await open('writer'),
      reopen: async () => opened.close().then(() => open('writer')),
      anotherReader: () => open('reader'),
      dispose: () => opened.close(),
    };
  },
});
