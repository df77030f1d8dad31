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

const bookingEvents = defineEvents(
  'bookings.events',
  { BookingConfirmed: z.object({ bookingId: z.string() }), BookingCancelled: z.object({}) },
  { rejects: ['ConfirmBooking'] },
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
  @On(bookingEvents, 'BookingConfirmed') ship({ data }: EventOf<typeof bookingEvents, 'BookingConfirmed'>): Send {
    return send(parcel, data.bookingId, { type: 'ShipParcel', carrier: 'post' });
  }
  @On(bookingEvents, 'BookingConfirmed')
  @On(bookingEvents, 'BookingCancelled')
  note({ type, context }: EventOf<typeof bookingEvents>): void {
    void [type, context.aggregateId];
  }
  @OnRejected(bookingEvents, 'ConfirmBooking') undo({
    data,
    context,
  }: RejectionOf<typeof bookingEvents>): readonly Send[] {
    return data.code === 'gone' ? [] : [send(parcel, context.aggregateId, { type: 'DeliverParcel' })];
  }
  @Effect(parcelEvents, 'ParcelShipped', { settledBy: 'ParcelDelivered' })
  async deliver({ context }: EventOf<typeof parcelEvents, 'ParcelShipped'>): Promise<Send> {
    return Promise.resolve(send(parcel, context.aggregateId, { type: 'DeliverParcel' }));
  }
  @Effect(bookingEvents, 'BookingConfirmed', {
    settledBy: ['ParcelShipped'],
    outcomeIn: ({ data }) => `parcel-${data.bookingId}`,
    hasOutcome: ({ data }) => data.bookingId !== '',
  })
  book(_event: EventOf<typeof bookingEvents, 'BookingConfirmed'>): void {}

  // @ts-expect-error the event of another name
  @On(bookingEvents, 'BookingConfirmed') other(_event: EventOf<typeof parcelEvents, 'ParcelShipped'>): void {}
  // @ts-expect-error no such event
  @On(bookingEvents, 'BookingLost') lost(): void {}
  // @ts-expect-error nobody learns of its rejections
  @OnRejected(bookingEvents, 'CancelBooking') none(): void {}
  // @ts-expect-error what it answers is no command
  @On(bookingEvents, 'BookingConfirmed') answers(_event: EventOf<typeof bookingEvents>): string {
    return 'shipped';
  }
  // @ts-expect-error it is no outcome of its own
  @Effect(parcelEvents, 'ParcelShipped', { settledBy: 'ParcelShipped' }) circle(): void {}
  // @ts-expect-error of another set, and not in another stream
  @Effect(bookingEvents, 'BookingConfirmed', { settledBy: 'ParcelShipped' }) elsewhere(): void {}
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
