import { afterEach, describe, expect, it } from '@jest/globals';
import { EventSourcingModule } from '@ledgerline/es-nest';
import { memoryStorage } from '@ledgerline/es-testing';
import type { DynamicModule, INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { ParcelsModule } from '../fixtures/parcels.module.js';
import { ProjectionsModule } from './projections.module.js';
import { Surroundings } from './surroundings.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const storage = memoryStorage();
const root = EventSourcingModule.forRoot({ service: 'parcels', storage, log: silent });

describe('the module of read models', () => {
  let app: INestApplication | undefined;

  const start = async (...imports: DynamicModule[]): Promise<INestApplication> => {
    const testing = await Test.createTestingModule({ imports: [...imports, ParcelsModule] }).compile();
    app = testing.createNestApplication(new ExpressAdapter());
    await app.listen(0, '127.0.0.1');
    return app;
  };
  const statusOf = async (path: string): Promise<number> => (await fetch(`${await app?.getUrl()}${path}`)).status;

  afterEach(() => app?.close());

  it('needs no options: a feature brings what its read models work with', async () => {
    const { settings } = (await start(root)).get(Surroundings, { strict: false });
    expect(settings.parkedLimit).toBe(1_000);
    expect(await statusOf('/projections')).toBe(404);
  });

  it('takes options and routes for the features of all modules', async () => {
    const options = ProjectionsModule.forRoot({ parkedLimit: 7, routes: {} });
    const { settings } = (await start(root, options)).get(Surroundings, { strict: false });
    expect(settings.parkedLimit).toBe(7);
    expect(await statusOf('/projections')).toBe(200);
  });

  it('takes options once', () => {
    const imports = [
      root,
      ProjectionsModule.forRoot({ parkedLimit: 1 }),
      ProjectionsModule.forRoot({ parkedLimit: 2 }),
    ];
    const compiled = Test.createTestingModule({ imports: [...imports, ParcelsModule] }).compile();
    return expect(compiled).rejects.toThrow('ProjectionsModule.forRoot is imported 2 times: once is enough');
  });

  it('refuses options by their names', () => {
    const compiled = Test.createTestingModule({
      imports: [root, ProjectionsModule.forRoot({ parkedLimit: -1 }), ParcelsModule],
    }).compile();
    return expect(compiled).rejects.toThrow('parkedLimit must be a whole number from 0 to 1000000');
  });
});
