import { describe, expect, it } from '@jest/globals';
import {
  accept,
  defineAggregate,
  defineEvents,
  type EventOf,
  type RejectionOf,
  send,
  type Send,
} from '@ledgerline/es-core';
import { z } from 'zod';
import { Effect, On, OnRejected, Reactor } from './reactor.decorators.js';

/* What must and must not compile: the type check of the specs holds these declarations to it. */

const orderEvents = defineEvents(
  'orders.events',
  { OrderConfirmed: z.object({ orderId: z.string() }), OrderCancelled: z.object({}) },
  { rejects: ['ConfirmOrder'] },
);
const parcelEvents = defineEvents('parcels.events', { ParcelShipped: z.object({}), ParcelDelivered: z.object({}) });
const parcel = defineAggregate({
  ...{ category: 'parcel', events: parcelEvents, initialState: 0 },
  commands: { ShipParcel: z.object({ carrier: z.string() }), DeliverParcel: z.object({}) },
  internal: ['DeliverParcel'],
  decide: { ShipParcel: () => accept(), DeliverParcel: () => accept() },
  evolve: { ParcelShipped: (n) => n + 1, ParcelDelivered: (n) => n },
});

@Reactor('shipping', { from: 'start' })
export class ShippingReactor {
  @On(orderEvents, 'OrderConfirmed') ship({ data }: EventOf<typeof orderEvents, 'OrderConfirmed'>): Send {
    return send(parcel, data.orderId, { type: 'ShipParcel', carrier: 'post' });
  }
  @On(orderEvents, 'OrderConfirmed')
  @On(orderEvents, 'OrderCancelled')
  note({ type, context }: EventOf<typeof orderEvents>): void {
    void [type, context.aggregateId];
  }
  @OnRejected(orderEvents, 'ConfirmOrder') refund({ data, context }: RejectionOf<typeof orderEvents>): readonly Send[] {
    return data.code === 'gone' ? [] : [send(parcel, context.aggregateId, { type: 'DeliverParcel' })];
  }
  @Effect(parcelEvents, 'ParcelShipped', { settledBy: 'ParcelDelivered' })
  async deliver({ context }: EventOf<typeof parcelEvents, 'ParcelShipped'>): Promise<Send> {
    return Promise.resolve(send(parcel, context.aggregateId, { type: 'DeliverParcel' }));
  }
  @Effect(orderEvents, 'OrderConfirmed', {
    settledBy: ['ParcelShipped'],
    outcomeIn: ({ data }) => `parcel-${data.orderId}`,
    hasOutcome: ({ data }) => data.orderId !== '',
  })
  order(_event: EventOf<typeof orderEvents, 'OrderConfirmed'>): void {}

  // @ts-expect-error the event of another name
  @On(orderEvents, 'OrderConfirmed') other(_event: EventOf<typeof parcelEvents, 'ParcelShipped'>): void {}
  // @ts-expect-error no such event
  @On(orderEvents, 'OrderLost') lost(): void {}
  // @ts-expect-error nobody learns of its rejections
  @OnRejected(orderEvents, 'CancelOrder') none(): void {}
  // @ts-expect-error what it answers is no command
  @On(orderEvents, 'OrderConfirmed') answers(_event: EventOf<typeof orderEvents>): string {
    return 'shipped';
  }
  // @ts-expect-error it is no outcome of its own
  @Effect(parcelEvents, 'ParcelShipped', { settledBy: 'ParcelShipped' }) circle(): void {}
  // @ts-expect-error of another set, and not in another stream
  @Effect(orderEvents, 'OrderConfirmed', { settledBy: 'ParcelShipped' }) elsewhere(): void {}
}

// @ts-expect-error where it begins is never left to chance
export const withoutBeginning = (): ClassDecorator => Reactor('shipping');
// @ts-expect-error neither a place nor a time
export const soon = (): ClassDecorator => Reactor('shipping', { from: 'tomorrow' });
// @ts-expect-error no such command
export const none = (): Send => send(parcel, '1', { type: 'LoseParcel' });
// @ts-expect-error a command without its fields
export const half = (): Send => send(parcel, '1', { type: 'ShipParcel' });

describe('a reactor that is declared', () => {
  it.each([
    ['Shipping', 'start', 'its name must be of a-z'],
    ['a'.repeat(64), 'start', 'its name must be of a-z'],
    ['shipping', '2026-13-45T00:00:00Z', 'from must be start, now or an ISO 8601 time, and is 2026-13-45T00:00:00Z'],
  ] as const)('as %s from %s is refused: %s', (name, from, rule) => {
    expect(() => Reactor(name, { from })(class {})).toThrow(rule);
  });
});
