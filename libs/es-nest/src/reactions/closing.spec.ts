import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counter, counterEvents } from '../fixtures/counter.js';
import { adaptersFor, environment, OwnEventStore, readConfig, type ServiceDefinition, startService } from '../index.js';

const counterService: ServiceDefinition = {
  ...{ name: 'counter-service', description: 'Counts.', environment, port: () => 0, module: class Counters {} },
  ...{ parts: [OwnEventStore], aggregates: [counter], reactsTo: [counterEvents] },
};

describe('a service that cannot store the progress of its reactors', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerline-closing-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('says so when it closes, and closes everything else', async () => {
    const config = readConfig(environment, { DATA_DIR: directory });
    const save = (): Promise<never> => Promise.reject(new Error('the disk is full'));
    const progress = () => ({ load: () => Promise.resolve({}), save, forget: () => undefined });
    const errors: string[] = [];
    const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
    const log = { ...silent, error: (event: string) => void errors.push(event) };
    const service = await startService(counterService, {
      ...{ config, log, adapters: { ...(await adaptersFor(config)), progress } },
    });
    await service.ready;
    const store = service.app.get(OwnEventStore);
    await service.close();
    expect(errors).toEqual(['close-failed']);
    expect(() => store.log).toThrow('stopping');
  });
});
