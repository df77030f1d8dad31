import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventCatalogue, eventType } from '@ledgerline/es-core';
import { embedded } from '@ledgerline/es-embedded';
import { z } from 'zod';
import { OwnEventStore, type ServiceDefinition, startService } from '../index.js';

const catalogue = eventCatalogue([eventType('Noted', [z.object({})])]);
const topic = { topic: 'notes.events', catalogue } as const;
const noteService: ServiceDefinition = {
  ...{ name: 'note-service', description: 'Notes.', module: class Notes {} },
  ...{ parts: [OwnEventStore], ownTopic: { ...topic, categories: ['note'] }, reactsTo: [topic] },
};

describe('a service that cannot store the progress of its reactors', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerline-closing-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('says so when it closes, and closes everything else', async () => {
    const save = (): Promise<never> => Promise.reject(new Error('the disk is full'));
    const openProgress = () => ({ load: () => Promise.resolve({}), save, forget: () => undefined });
    const errors: string[] = [];
    const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
    const log = { ...silent, error: (event: string) => void errors.push(event) };
    const service = await startService(noteService, {
      ...{ log, storage: { ...embedded({ dataDir: directory }), openProgress } },
    });
    await service.ready;
    const store = service.app.get(OwnEventStore);
    await service.close();
    expect(errors).toEqual(['close-failed']);
    expect(() => store.log).toThrow('stopping');
  });
});
