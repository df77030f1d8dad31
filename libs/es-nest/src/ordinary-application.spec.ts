import { describe, expect, it } from '@jest/globals';
import {
  accept,
  type BodyOf,
  type CommandAnswer,
  type CommandMetadata,
  defineAggregate,
  type StateOf,
} from '@ledgerline/es-core';
import { memoryStorage, MemoryTopic } from '@ledgerline/es-testing';
import {
  Body,
  type CanActivate,
  Controller,
  Get,
  Injectable,
  type INestApplication,
  Module,
  type OnModuleInit,
  Param,
  Post,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { parcel, parcelEvents } from './fixtures/parcel.js';
import { type AggregateOf, EventSourcingModule, InjectAggregate, Meta, STORAGE } from './index.js';
import { aggregateToken } from './aggregates/inject-aggregate.js';

@Controller('parcels')
class ParcelController {
  constructor(@InjectAggregate(parcel) private readonly parcels: AggregateOf<typeof parcel>) {}

  @Post(':id/ship')
  ship(
    @Param('id') id: string,
    @Body() body: BodyOf<typeof parcel, 'ShipParcel'>,
    @Meta() metadata: CommandMetadata,
  ): Promise<CommandAnswer<typeof parcel>> {
    return this.parcels.handle(id, { ...body, type: 'ShipParcel' }, metadata);
  }

  @Get(':id')
  async parcel(@Param('id') id: string): Promise<StateOf<typeof parcel>> {
    return (await this.parcels.load(id)).state;
  }

  @Get(':id/broken')
  broken(): never {
    throw new Error('of the application');
  }
}

/** A command given before anything listens. */
@Injectable()
class Seeds implements OnModuleInit {
  constructor(@InjectAggregate(parcel) private readonly parcels: AggregateOf<typeof parcel>) {}

  async onModuleInit(): Promise<void> {
    await this.parcels.handle('seed', { type: 'ShipParcel', carrier: 'post' });
  }
}

@Module({
  imports: [EventSourcingModule.forFeature({ aggregates: [parcel] })],
  controllers: [ParcelController],
  providers: [Seeds],
})
class ParcelModule {}

/** A second feature that uses the same aggregate. */
@Module({ imports: [EventSourcingModule.forFeature({ aggregates: [parcel] })] })
class OtherModule {}

@Injectable()
class OnlyWithKey implements CanActivate {
  canActivate(context: { switchToHttp(): { getRequest(): { headers: Record<string, unknown> } } }): boolean {
    return context.switchToHttp().getRequest().headers['x-key'] === 'let-me-in';
  }
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const root = (storage = memoryStorage({ partitions: 1 })) =>
  EventSourcingModule.forRoot({ service: 'parcel-service', storage, log: silent, routes: { guards: [OnlyWithKey] } });

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('an ordinary application on %s', (_name, adapter) => {
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    const testing = await Test.createTestingModule({ imports: [root(), ParcelModule, OtherModule] }).compile();
    app = testing.createNestApplication(adapter());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(() => app.close());

  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('answers a command with its version and position, and a repeat as the first time', async () => {
    const first = await post('/parcels/1/ship', { carrier: 'post' }, { 'idempotency-key': 'k' });
    expect([first.status, first.headers.get('etag')]).toEqual([201, '"1"']);
    const answer = (await first.json()) as { position: string };
    expect(answer).toMatchObject({ id: '1', version: 1 });
    expect(first.headers.get('x-position')).toBe(answer.position);
    expect(await (await post('/parcels/1/ship', { carrier: 'post' }, { 'idempotency-key': 'k' })).json()).toEqual(
      answer,
    );
    expect(await (await fetch(`${url}/parcels/1`)).json()).toEqual({ status: 'shipped' });
  });

  it('answers what is refused as a problem, and leaves the application its own errors', async () => {
    await post('/parcels/1/ship', { carrier: 'post' });
    const rejected = await post('/parcels/1/ship', { carrier: 'post' });
    expect([rejected.status, rejected.headers.get('content-type')]).toEqual([
      409,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await rejected.json()).toMatchObject({ code: 'already-shipped', retriable: false });
    expect(await (await post('/parcels/2/ship', { carrier: '' })).json()).toMatchObject({
      ...{ status: 400, code: 'validation-failed', errors: [{ field: 'carrier' }] },
    });
    expect((await fetch(`${url}/parcels/2/broken`)).status).toBe(500);
  });

  it('gives nobody an internal command, whatever a body says its type is', async () => {
    const answer = await post('/parcels/3/ship', { carrier: 'post', type: 'DeliverParcel' });
    expect(answer.status).toBe(201);
    expect(await (await fetch(`${url}/parcels/3`)).json()).toEqual({ status: 'shipped' });
  });

  it('has the routes of the library behind the guards that it was given', async () => {
    const line = JSON.stringify({ id: 'c-1', type: 'ShipParcel', stream: 'parcel-4', data: { carrier: 'post' } });
    const ndjson = { 'content-type': 'application/x-ndjson' };
    expect((await post('/commands', line, ndjson)).status).toBe(403);
    const open = { ...ndjson, 'x-key': 'let-me-in' };
    const answered = await post('/commands', line, open);
    expect(answered.status).toBe(200);
    expect(JSON.parse(await answered.text())).toMatchObject({ id: 'c-1', status: 'accepted', version: 1 });
    const trail = await fetch(`${url}/streams/parcel-4/events`, { headers: open });
    expect(await trail.json()).toMatchObject({ items: [{ type: 'ParcelShipped' }] });
    expect((await fetch(`${url}/health/ready`, { headers: open })).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`, { headers: open })).text()).toContain('ledgerline_writer_ordinal');
  });
});

describe('the module', () => {
  it('has commands and queries wait until the store is open', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const storage = memoryStorage({ partitions: 1 });
    const slow = {
      ...storage,
      openLog: (...asked: Parameters<typeof storage.openLog>) => gate.then(() => storage.openLog(...asked)),
    };
    const testing = await Test.createTestingModule({ imports: [root(slow), OtherModule] }).compile();
    await testing.init();
    const parcels = testing.get<AggregateOf<typeof parcel>>(aggregateToken(parcel), { strict: false });
    const answer = parcels.handle('1', { type: 'ShipParcel', carrier: 'post' });
    open();
    expect(await answer).toMatchObject({ status: 'accepted', version: 1 });
    await testing.close();
    await expect(parcels.handle('1', { type: 'ShipParcel', carrier: 'post' })).rejects.toThrow('stopping');
  });

  it('takes its options from elsewhere, and checks them', async () => {
    const Settings = {
      module: class {},
      providers: [{ provide: 'NAME', useValue: 'parcel service' }],
      exports: ['NAME'],
    };
    const compiled = Test.createTestingModule({
      imports: [
        EventSourcingModule.forRootAsync({
          imports: [Settings],
          inject: ['NAME'],
          useFactory: (service: string) => ({ service, storage: memoryStorage() }),
        }),
      ],
    }).compile();
    await expect(compiled).rejects.toThrow('service must be 1 to 128 characters');
  });

  it('can have its storage replaced for a spec', async () => {
    const topics = new Map<string, MemoryTopic>();
    const locked: string[] = [];
    const lock = (name: string): Promise<{ close(): Promise<void> }> => {
      locked.push(name);
      return Promise.resolve({ close: () => Promise.resolve() });
    };
    const testing = await Test.createTestingModule({ imports: [root(memoryStorage({ lock })), OtherModule] })
      .overrideProvider(STORAGE)
      .useValue(memoryStorage({ topics }))
      .compile();
    await testing.init();
    const parcels = testing.get<AggregateOf<typeof parcel>>(aggregateToken(parcel), { strict: false });
    await parcels.handle('1', { type: 'ShipParcel', carrier: 'post' });
    await testing.close();
    expect([...topics.keys()]).toEqual([parcelEvents.topic]);
    expect(locked).toEqual([]);
  });

  it('refuses another aggregate of a category, and one that no module hosts', async () => {
    const twin = defineAggregate({
      ...{ category: 'parcel', events: parcelEvents, commands: {}, initialState: 0 },
      ...{ decide: () => accept(), evolve: (state: number) => state },
    });
    const two = Test.createTestingModule({
      imports: [root(), OtherModule, EventSourcingModule.forFeature({ aggregates: [twin] })],
    });
    await expect(two.compile()).rejects.toThrow('there are two aggregates of the category parcel');
    const none = Test.createTestingModule({ imports: [root()], controllers: [ParcelController] });
    await expect(none.compile()).rejects.toThrow('es:aggregate:parcel');
  });

  it('is there once', async () => {
    const two = Test.createTestingModule({ imports: [root(), root(), OtherModule] });
    await expect(two.compile()).rejects.toThrow('EventSourcingModule.forRoot is imported 2 times: once is enough');
  });

  it('says what to do where the root module has no event sourcing', async () => {
    const featureOnly = Test.createTestingModule({ imports: [OtherModule] });
    await expect(featureOnly.compile()).rejects.toThrow('import EventSourcingModule.forRoot({ service, storage })');
  });
});
