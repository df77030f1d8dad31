import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  accept,
  type BodyOf,
  type CommandMetadata,
  defineAggregate,
  defineEvents,
  defineProjection,
  type EventOf,
  type Position,
  reject,
  send,
} from '@ledgerline/es-core';
import { embedded } from '@ledgerline/es-embedded';
import {
  type AggregateOf,
  Effect,
  EventSourcingModule,
  InjectAggregate,
  Meta,
  MinPosition,
  Reactor,
} from '@ledgerline/es-nest';
import { eventually, given, givenProjection, recorded } from '@ledgerline/es-testing';
import { Body, Controller, Get, Injectable, type INestApplication, Module, Param, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { InjectReadModel, ProjectionsModule, type ReadModelOf } from './index.js';

// #region events
export const parcelEvents = defineEvents('parcels.events', {
  ParcelShipped: z.object({ carrier: z.string() }),
  ParcelDelivered: z.object({ signedBy: z.string() }),
});
// #endregion

// #region aggregate
type ParcelState = { readonly status: 'packed' | 'shipped' | 'delivered' };

export const parcel = defineAggregate({
  category: 'parcel',
  events: parcelEvents,
  commands: {
    ShipParcel: z.object({ carrier: z.string().min(1) }),
    DeliverParcel: z.object({ signedBy: z.string() }),
  },
  internal: ['DeliverParcel'],
  initialState: { status: 'packed' } as ParcelState,
  decide: {
    ShipParcel: ({ status }, { carrier }) =>
      status === 'packed' ? accept({ type: 'ParcelShipped', data: { carrier } }) : reject('already-shipped'),
    DeliverParcel: ({ status }, { signedBy }) =>
      status === 'shipped' ? accept({ type: 'ParcelDelivered', data: { signedBy } }) : reject('not-on-its-way'),
  },
  evolve: { ParcelShipped: () => ({ status: 'shipped' }), ParcelDelivered: () => ({ status: 'delivered' }) },
});
// #endregion

// #region read-model
export const parcelPage = defineProjection({
  name: 'parcel-page',
  revision: 1,
  from: [parcelEvents],
  document: z.object({ status: z.enum(['shipped', 'delivered']), carrier: z.string() }),
  on: {
    ParcelShipped: {
      document: ({ context }) => context.aggregateId,
      fold: (_before, { data }) => ({ status: 'shipped', carrier: data.carrier }),
    },
    ParcelDelivered: {
      document: ({ context }) => context.aggregateId,
      fold: (page) => page && { ...page, status: 'delivered' },
    },
  },
});
// #endregion

@Injectable()
export class Courier {
  readonly keys: string[] = [];

  deliver(key: string): Promise<string> {
    this.keys.push(key);
    return Promise.resolve('a neighbour');
  }
}

// #region reactor
@Reactor('shipping', { from: 'start' })
export class ShippingReactor {
  constructor(private readonly courier: Courier) {}

  @Effect(parcelEvents, 'ParcelShipped', { settledBy: 'ParcelDelivered' })
  async deliver({ context }: EventOf<typeof parcelEvents, 'ParcelShipped'>) {
    const signedBy = await this.courier.deliver(context.id);
    return send(parcel, context.aggregateId, { type: 'DeliverParcel', signedBy });
  }
}
// #endregion

// #region controller
@Controller('parcels')
export class ParcelController {
  constructor(
    @InjectAggregate(parcel) private readonly parcels: AggregateOf<typeof parcel>,
    @InjectReadModel(parcelPage) private readonly pages: ReadModelOf<typeof parcelPage>,
  ) {}

  @Post(':id/ship')
  ship(@Param('id') id: string, @Body() body: BodyOf<typeof parcel, 'ShipParcel'>, @Meta() metadata: CommandMetadata) {
    return this.parcels.handle(id, { ...body, type: 'ShipParcel' }, metadata);
  }

  @Get(':id')
  page(@Param('id') id: string, @MinPosition() min: readonly Position[]) {
    return this.pages.get(id, { min });
  }
}
// #endregion

// #region feature
@Module({
  imports: [EventSourcingModule.forFeature({ aggregates: [parcel] }), ProjectionsModule.forFeature([parcelPage])],
  controllers: [ParcelController],
  providers: [ShippingReactor, Courier],
})
export class ParcelModule {}
// #endregion

const root = (dataDir: string) => [
  // #region root
  EventSourcingModule.forRoot({ service: 'parcel-service', storage: embedded({ dataDir }), routes: {} }),
  ProjectionsModule.forRoot({ routes: {} }),
  // #endregion
];

describe('a service that writes, reacts and reads in one process', () => {
  let app: INestApplication;
  let url: string;
  let dataDir: string;

  const start = async (): Promise<void> => {
    const testing = await Test.createTestingModule({ imports: [...root(dataDir), ParcelModule] }).compile();
    app = testing.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    await eventually(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200));
  };
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'one-process-'));
    await start();
  });
  afterEach(async () => {
    await app.close();
    await rm(dataDir, { recursive: true });
  });

  const ship = (id: string): Promise<Response> =>
    fetch(`${url}/parcels/${id}/ship`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"carrier":"post"}',
    });
  const page = async (id: string, min?: string): Promise<unknown> =>
    (await fetch(`${url}/parcels/${id}`, { headers: min === undefined ? {} : { 'x-min-position': min } })).json();

  it('answers a command, shows it to who waits for it, and performs what follows once', async () => {
    const { position } = (await (await ship('p-1')).json()) as { position: string };
    expect(await page('p-1', position)).toMatchObject({ carrier: 'post' });
    await eventually(async () => expect(await page('p-1')).toEqual({ status: 'delivered', carrier: 'post' }));
    expect(app.get(Courier).keys).toEqual(['parcel-p-1@1']);
    expect(await (await ship('p-1')).json()).toMatchObject({ status: 409, code: 'already-shipped' });
  });

  it('knows after a restart what it has recorded', async () => {
    await ship('p-2');
    await app.close();
    await start();
    await eventually(async () => expect(await page('p-2')).toEqual({ status: 'delivered', carrier: 'post' }));
  });
});

describe('its rules and its read model', () => {
  // #region specs
  const shipped = { type: 'ParcelShipped', data: { carrier: 'post' } } as const;
  const delivered = { type: 'ParcelDelivered', data: { signedBy: 'ada' } } as const;

  it('ships a parcel once', () => {
    given(parcel).when({ type: 'ShipParcel', carrier: 'post' }).then(shipped);
    given(parcel, shipped).when({ type: 'ShipParcel', carrier: 'post' }).thenRejected('already-shipped');
  });

  it('shows where a parcel is', () => {
    const of = { stream: 'parcel-p-1', aggregateId: 'p-1' };
    givenProjection(parcelPage, recorded(shipped, of), recorded(delivered, { ...of, version: 2 })).thenOnly({
      'p-1': { status: 'delivered', carrier: 'post' },
    });
  });
  // #endregion
});
