import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CommandHandler,
  EsError,
  type EventOf,
  type RejectionOf,
  send,
  type Send,
  type Sends,
} from '@ledgerline/es-core';
import { beforeGenesis } from '@ledgerline/es-core/runtime';
import { eventually, memoryReactorProgress, memoryStorage } from '@ledgerline/es-testing';
import { Controller, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { type AggregateOf, InjectAggregate } from '../aggregates/inject-aggregate.js';
import { parcel, parcelEvents } from '../fixtures/parcel.js';
import { bookingEvents, ParcelOffice } from '../fixtures/parcel-office.js';
import { serviceWith } from '../fixtures/service-with.js';
import { startService } from '../fastify/start-service.js';
import { reactionMetadata } from './reaction-metadata.js';
import { heldStreamsIn } from './held/held-streams.aggregate.js';
import { Effect, On, OnRejected, Reactor } from './reactor.decorators.js';

type Confirmed = EventOf<typeof bookingEvents>;
type Shipped = EventOf<typeof parcelEvents, 'ParcelShipped'>;

/** What the outside world has seen, and what the reactors do next. */
const world = { delivered: [] as string[], noted: [] as string[], failsFor: '', fails: 0, breaksFor: '' };

@Reactor('shipping', { from: 'start' })
class ShippingReactor {
  @On(bookingEvents, 'BookingConfirmed')
  ship({ data }: Confirmed): Send {
    if (data.parcel === world.failsFor && (world.fails -= 1) >= 0) throw new Error('not yet');
    if (data.parcel === world.breaksFor) throw new EsError('broken', 'it cannot be', false);
    return send(parcel, data.parcel, { type: 'ShipParcel', carrier: 'post' });
  }
}

/** The other part of the same reactor. */
@Reactor('shipping', { from: 'start' })
class ReturningReactor {
  constructor(@InjectAggregate(parcel) private readonly parcels: AggregateOf<typeof parcel>) {}

  @OnRejected(bookingEvents, 'ConfirmBooking')
  async ship(rejection: RejectionOf<typeof bookingEvents>): Promise<void> {
    const { context, data } = rejection;
    const command = { type: 'ShipParcel', carrier: data.code } as const;
    await this.parcels.send(
      `back-${context.aggregateId}`,
      command,
      reactionMetadata(rejection, 'ShipParcel', 'shipping'),
    );
  }
}

@Reactor('delivery', { from: 'start' })
class DeliveryReactor {
  @Effect(parcelEvents, 'ParcelShipped', { settledBy: 'ParcelDelivered' })
  deliver({ context }: Shipped): Promise<readonly Send[]> {
    world.delivered.push(context.id);
    return Promise.resolve([send(parcel, context.aggregateId, { type: 'DeliverParcel' })]);
  }
}

/** A reactor that notes which bookings it was given. */
const noting = (name: string, from: Parameters<typeof Reactor>[1]['from']): Type => {
  @Reactor(name, { from })
  class NotingReactor {
    @On(bookingEvents, 'BookingConfirmed')
    note({ data }: Confirmed): Sends {
      if (data.parcel === world.breaksFor) throw new EsError('broken', 'it cannot be', false);
      world.noted.push(`${name} ${data.parcel}`);
    }
  }
  return NotingReactor;
};

describe('the reactors of a service', () => {
  let office: ParcelOffice;

  beforeEach(async () => {
    Object.assign(world, { delivered: [], noted: [], failsFor: '', fails: 0, breaksFor: '' });
    office = new ParcelOffice();
    await office.open();
  });
  afterEach(() => office.close());

  it('turn events into commands, whose ids, causes and actor say of which and by whom', async () => {
    await office.start(ShippingReactor);
    await office.confirm('1', { correlationId: 'c' });
    await eventually(() => expect(office.types('p-1')).toEqual(['ParcelShipped.v1']));
    expect(office.events('p-1')).toMatchObject([
      { commandId: 'booking-1@1.ShipParcel', causationId: 'booking-1@1', correlationId: 'c', actor: 'system:shipping' },
    ]);
  });

  it('go by themselves: one that fails is tried again, and holds up neither the other ones nor other streams', async () => {
    Object.assign(world, { failsFor: 'p-1', fails: 2 });
    await office.start(ShippingReactor, noting('notes', 'start'));
    await office.confirm('1');
    await office.confirm('2');
    await office.settled();
    expect(office.types('p-1')).toEqual(['ParcelShipped.v1']);
    expect(world.noted).toEqual(['notes p-1', 'notes p-2']);
    expect(office.logged.filter(([event]) => event === 'reactor-trouble')).toHaveLength(2);
  });

  it('record nothing twice and perform no effect twice, although all progress is lost', async () => {
    await office.start(ShippingReactor, DeliveryReactor);
    await office.confirm('1');
    await eventually(() => expect(office.types('p-1')).toHaveLength(2));
    await office.stop();
    office.progress = memoryReactorProgress();
    await office.start(ShippingReactor, DeliveryReactor);
    await office.confirm('2');
    await eventually(() => expect(office.types('p-2')).toHaveLength(2));
    await office.settled();
    expect([office.types('p-1'), world.delivered]).toEqual([
      ['ParcelShipped.v1', 'ParcelDelivered.v1'],
      ['parcel-p-1@1', 'parcel-p-2@1'],
    ]);
  });

  it('of one name are one, and are given what a rule has forbidden', async () => {
    await office.start(ShippingReactor, ReturningReactor);
    await office.confirm('1');
    await office.confirm('1', { commandId: 'again', remember: true });
    await eventually(() => expect(office.types('back-1')).toEqual(['ParcelShipped.v1']));
    const { items } = (await office.get('/reactors')) as { items: object[] };
    expect(items).toMatchObject([{ name: 'parcel-service/bookings.events', reactorName: 'shipping' }]);
  });

  it('pass over what only newer code knows', async () => {
    await office.start(ShippingReactor);
    await office.confirm('1');
    await office.wrap('1');
    await office.confirm('2');
    await office.settled();
    expect([office.types('p-1'), office.types('p-2')]).toEqual([['ParcelShipped.v1'], ['ParcelShipped.v1']]);
  });

  describe('that has been at work for long', () => {
    const last = [noting('early', 'start'), noting('late', 'now')];

    it('begin where each of them says when they come later', async () => {
      await office.start(ShippingReactor);
      await office.confirm('1');
      await office.settled();
      await office.stop();
      await office.start(ShippingReactor, ...last);
      await office.settled();
      expect(world.noted).toEqual(['early p-1']);
      await office.stop();
      // What was kept of their progress is lost, and with it that `late` has begun: the log has it.
      office.progress = memoryReactorProgress();
      await office.confirm('2');
      await office.start(ShippingReactor, ...last);
      await office.settled();
      expect([...world.noted].sort()).toEqual(['early p-1', 'early p-1', 'early p-2', 'late p-2']);
      expect(office.types('p-1')).toHaveLength(1);
    });

    it('take over what it had dealt with as one, all at once, and nobody who comes later does', async () => {
      await office.start(noting('old', 'start'));
      await office.confirm('1');
      await office.settled();
      await office.stop();
      // As a release before kept it.
      const [[key, { reactors: _reactors, ...state }] = ['', { reactors: {} }]] = Object.entries(
        await office.progress.load(),
      );
      office.progress = memoryReactorProgress({ [key]: state } as never);
      await office.confirm('2');
      await office.start(noting('old', 'start'), noting('other', 'now'));
      await office.settled();
      expect([...world.noted].sort()).toEqual(['old p-1', 'old p-2', 'other p-2']);
      await office.stop();
      await office.start(noting('old', 'start'), noting('other', 'now'), ...last);
      await office.settled();
      expect([...world.noted].sort()).toEqual(['early p-1', 'early p-2', 'old p-1', 'old p-2', 'other p-2']);
    });
  });

  describe('hold a stream', () => {
    const parked = async () =>
      ((await office.get('/parked')) as { items: { id: string; reactorName?: string }[] }).items;

    it('each for itself, and go on each by itself', async () => {
      world.breaksFor = 'p-1';
      await office.start(ShippingReactor, noting('notes', 'start'));
      await office.confirm('1');
      await eventually(async () => expect(await parked()).toHaveLength(2));
      world.breaksFor = '';
      const notes = (await parked()).find(({ reactorName }) => reactorName === 'notes');
      expect(await office.post(`/parked/${notes?.id}/retry`)).toEqual({ id: notes?.id });
      expect(await parked()).toMatchObject([{ reactor: 'parcel-service/bookings.events', reactorName: 'shipping' }]);
      expect([world.noted, office.types('p-1')]).toEqual([['notes p-1'], []]);
    });

    it('that was held when they were one, until somebody has it go on under the id that it had', async () => {
      await office.start(ShippingReactor);
      await office.confirm('1');
      await office.settled();
      await office.stop();
      const store = await office.openStore(parcelEvents.topic);
      const held = new CommandHandler(heldStreamsIn(parcelEvents.topic), { store, platform: office.platform });
      const [{ logId = '' } = {}] = Object.values(await office.progress.load());
      const message = { id: 'booking-1@1', type: 'BookingConfirmed', ordinal: 2 };
      const park = { type: 'ParkReaction', stream: 'booking-1', message, code: 'broken', reason: 'it was' } as const;
      await held.send('bookings.events.0', { ...park, from: beforeGenesis(logId) });
      await store.close();
      await office.start(ShippingReactor, noting('notes', 'start'));
      await eventually(async () => expect(await parked()).toHaveLength(2));
      const id = Buffer.from(
        JSON.stringify(['parcel-service', 'bookings.events', 0, 'booking-1', 'booking-1@1']),
      ).toString('base64url');
      expect(await office.post(`/parked/${id}/retry`)).toEqual({ id });
      expect([await parked(), world.noted]).toEqual([[], ['notes p-1']]);
      expect(office.types('p-1')).toEqual(['ParcelShipped.v1']);
    });
  });

  describe('are refused', () => {
    const scoped = (scope: Scope): Type => {
      @Reactor('scoped', { from: 'start' })
      @Injectable({ scope })
      class ScopedReactor {}
      return ScopedReactor;
    };
    class Undeclared {
      @On(parcelEvents, 'ParcelShipped')
      ship(_event: Shipped): void {}
    }
    @Module({ providers: [ShippingReactor], exports: [ShippingReactor] })
    class AnotherModule {}
    @Controller()
    @Reactor('controlling', { from: 'start' })
    class ControllingReactor {}
    @Module({ controllers: [ControllingReactor] })
    class ControllingModule {}

    it('where the service has nowhere to record what they do', async () => {
      @Module({ providers: [ShippingReactor] })
      class ReadingModule {}
      const module = serviceWith({ service: 'reader', storage: memoryStorage() }, ReadingModule);
      await expect(startService(module)).rejects.toThrow('the reactor shipping: reader has no aggregate');
    });

    it.each([
      [
        'where one is made for each request',
        { providers: [scoped(Scope.REQUEST)] },
        'the reactor scoped: ScopedReactor is made more than once',
      ],
      [
        'where one is made for each use',
        { providers: [scoped(Scope.TRANSIENT)] },
        'the reactor scoped: ScopedReactor is made more than once',
      ],
      [
        'where two modules provide one',
        { providers: [ShippingReactor], imports: [AnotherModule] },
        'the reactor shipping: ShippingReactor is a provider of two modules',
      ],
      [
        'where one is a controller',
        { imports: [ControllingModule] },
        'the reactor controlling: ControllingReactor is a controller',
      ],
      [
        'where a class that handles events is none',
        { providers: [Undeclared] },
        'the reactor Undeclared: its method ship takes events, and without @Reactor nobody calls it',
      ],
      [
        'where they begin at two places',
        { providers: [ShippingReactor, noting('shipping', 'now')] },
        'it begins at start in one class, and at now in another',
      ],
    ])('%s', async (_, module, rule) => {
      await expect(office.startModule(module)).rejects.toMatchObject({
        ...{ code: 'reactor-invalid', message: expect.stringContaining(rule) },
      });
    });
  });
});

describe('the reactors of a service that was started before the one that it listens to', () => {
  it('keep whoever asks what follows waiting until they are at work', async () => {
    const office = new ParcelOffice();
    await office.start(ShippingReactor);
    try {
      await eventually(() => expect(office.logged.map(([event]) => event)).toContain('topic-awaited'));
      const answer = office.get('/streams/parcel-p-1/events', { 'X-Reacted-To': 'bookings.events/0@1' });
      await office.open();
      await office.confirm('1');
      expect(await answer).toMatchObject({ items: [{ type: 'ParcelShipped' }] });
    } finally {
      await office.close();
    }
  });
});
