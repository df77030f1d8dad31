import { KeysUnavailable } from '@ledgerline/es-core';
import { sealedOf } from '@ledgerline/es-core/privacy';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemFilter } from '../http/problem.filter.js';
import { serviceLog } from '../logging/log.js';
import { LOG } from '../tokens.js';
import { openPersonalFields } from './open-personal-fields.js';

const sealed = sealedOf({ subject: 'ada', field: 'name', encrypted: 'AAAA' });

@Controller()
class Somebody {
  @Get('ada')
  ada(): object {
    return { name: sealed };
  }

  @Get('nobody')
  nobody(): object {
    return { name: '{"sealed":"1:ada:name:AAAA"}' };
  }
}

@Module({
  controllers: [Somebody],
  providers: [ProblemFilter, { provide: LOG, useValue: serviceLog('spec', 'silent') }],
})
class SomebodyModule {}

describe('the personal fields of an answer', () => {
  let app: NestFastifyApplication;
  let openIn: (json: string) => Promise<string>;
  const get = async (path: string) =>
    (await app.inject({ method: 'GET', url: path })) as { statusCode: number; payload: string };

  beforeEach(async () => {
    app = await NestFactory.create<NestFastifyApplication>(SomebodyModule, new FastifyAdapter(), { logger: false });
    openPersonalFields(app.getHttpAdapter().getInstance(), { openIn: (json) => openIn(json) });
    app.useGlobalFilters(app.get(ProblemFilter));
    await app.init();
  });
  afterEach(() => app.close());

  it('are opened, but where they are asked for as they are stored', async () => {
    openIn = () => Promise.resolve('{"name":"Ada"}');
    expect((await get('/ada')).payload).toBe('{"name":"Ada"}');
    expect(JSON.parse((await get('/ada?raw=true')).payload)).toEqual({ name: sealed });
  });

  it('cost nothing where there are none', async () => {
    openIn = () => Promise.reject(new Error('nothing to open'));
    expect((await get('/nobody')).statusCode).toBe(200);
  });

  it('end the answer as a problem where the keys cannot be reached', async () => {
    openIn = () => Promise.reject(new KeysUnavailable('MongoDB at x cannot be used'));
    const { statusCode, payload } = await get('/ada');
    expect(JSON.parse(payload)).toMatchObject({ code: 'keys-unavailable', retriable: true, status: 503 });
    expect(statusCode).toBe(503);
  });
});
