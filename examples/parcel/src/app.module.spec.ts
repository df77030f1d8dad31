import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { STORAGE } from '@ledgerline/es-nest';
import { eventually, memoryStorage } from '@ledgerline/es-testing';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AppModule } from './app.module.js';
import { Courier } from './courier.js';

describe('the service of parcels', () => {
  let app: INestApplication;
  let url: string;
  const brought: string[] = [];
  const courier = {
    deliver: (key: string) => {
      brought.push(key);
      return Promise.resolve('Ann');
    },
  };

  beforeEach(async () => {
    brought.length = 0;
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(STORAGE)
      .useValue(memoryStorage())
      .overrideProvider(Courier)
      .useValue(courier)
      .compile();
    app = testing.createNestApplication();
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(() => app.close());

  const ship = (id: string, body: unknown = { carrier: 'post' }): Promise<Response> =>
    fetch(`${url}/parcels/${id}/ship`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify(body),
    });

  it('ships one, and shows it to who has seen that', async () => {
    const answer = await ship('1');
    expect(answer.status).toBe(201);
    const headers = { 'x-min-position': answer.headers.get('x-position') ?? '' };
    expect(await (await fetch(`${url}/parcels/1`, { headers })).json()).toMatchObject({ carrier: 'post' });
  });

  it('has it delivered once, and says so', async () => {
    await ship('2');
    await eventually(async () =>
      expect(await (await fetch(`${url}/parcels/2`)).json()).toEqual({ status: 'delivered', carrier: 'post' }),
    );
    expect(brought).toEqual(['parcel-2@1']);
  });

  it('answers what is wrong as a problem', async () => {
    const missing = await fetch(`${url}/parcels/none`);
    expect([missing.status, await missing.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'parcel-page-not-found', detail: 'there is no parcel-page none' }),
    ]);
    const invalid = await ship('3', { carrier: '' });
    expect([invalid.status, await invalid.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'validation-failed' }),
    ]);
    const position = await fetch(`${url}/parcels/3`, { headers: { 'x-min-position': 'somewhere' } });
    expect([position.status, await position.json()]).toEqual([
      400,
      expect.objectContaining({ errors: [expect.objectContaining({ field: 'X-Min-Position' })] }),
    ]);
    await ship('3');
    expect((await ship('3')).status).toBe(409);
  });
});
