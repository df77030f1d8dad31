import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventOf } from '@ledgerline/es-core';
import { embedded } from '@ledgerline/es-embedded';
import { counter, counterEvents } from '../fixtures/counter.js';
import { startService } from '../fastify/start-service.js';
import { serviceWith } from '../fixtures/service-with.js';
import { EventSourcingModule, On, ServiceEventStore, Reactor } from '../index.js';

@Reactor('counting', { from: 'start' })
class CountingReactor {
  @On(counterEvents, 'Counted') look(_event: EventOf<typeof counterEvents, 'Counted'>): void {}
}

describe('a service that cannot store the progress of its reactors', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerline-closing-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('says so when it closes, and closes everything else', async () => {
    const save = (): Promise<never> => Promise.reject(new Error('the disk is full'));
    const openProgress = () => ({ load: () => Promise.resolve({}), save, forget: () => undefined });
    const errors: string[] = [];
    const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
    const log = { ...silent, error: (event: string) => void errors.push(event) };
    const storage = { ...embedded({ dataDir: directory }), openProgress };
    const options = { service: 'counter-service', storage, log };
    const counters = EventSourcingModule.forFeature({ aggregates: [counter] });
    const module = { module: class {}, imports: [counters], providers: [CountingReactor] };
    const service = await startService(serviceWith(options, module));
    await service.ready;
    const store = service.app.get(ServiceEventStore);
    await service.close();
    expect(errors).toEqual(['close-failed']);
    expect(() => store.log).toThrow('stopping');
  });
});
