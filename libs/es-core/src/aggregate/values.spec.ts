import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  accept,
  type BodyOf,
  type CommandOf,
  defineAggregate,
  defineEvents,
  type EventOf,
  fold,
  merged,
  type NewEventOf,
  reject,
  type RejectionOf,
  renamed,
  retired,
  type Schema,
  setting,
  since,
  split,
  stateOf,
} from '../index.js';

/* What must and must not compile: the type check of the specs holds these declarations to it. */

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(): T => true as T;

const parcelEvents = defineEvents('parcels.events', {
  ParcelShipped: z.object({ carrier: z.string() }),
  ParcelDelivered: z.object({ signedBy: z.string().optional() }),
});
type ParcelState = { readonly status: 'packed' } | { readonly status: 'shipped' } | { readonly status: 'delivered' };

const parcel = defineAggregate({
  category: 'parcel',
  events: parcelEvents,
  commands: {
    ShipParcel: z.object({ carrier: z.string().min(1).default('post') }),
    DeliverParcel: z.object({ signedBy: z.string().optional() }),
  },
  internal: ['DeliverParcel'],
  initialState: { status: 'packed' } as ParcelState,
  decide(state, command) {
    switch (command.type) {
      case 'ShipParcel':
        return state.status === 'packed'
          ? accept({ type: 'ParcelShipped', data: { carrier: command.carrier } })
          : reject('already-shipped');
      case 'DeliverParcel':
        return state.status === 'shipped'
          ? accept({ type: 'ParcelDelivered', data: { signedBy: command.signedBy } })
          : reject('not-shipped');
    }
  },
  evolve: { ParcelShipped: () => ({ status: 'shipped' }), ParcelDelivered: () => ({ status: 'delivered' }) },
});

is<Equal<EventOf<typeof parcelEvents, 'ParcelShipped'>['data'], { readonly carrier: string }>>();
is<Equal<CommandOf<typeof parcel>['type'], 'ShipParcel' | 'DeliverParcel'>>();
is<Equal<BodyOf<typeof parcel, 'ShipParcel'>, { carrier?: string | undefined }>>();
is<Equal<CommandOf<typeof counter, 'Go'>, { readonly type: 'Go' }>>();
is<Equal<NewEventOf<typeof parcelEvents>['type'], 'ParcelShipped' | 'ParcelDelivered'>>();

// Each step takes what the one before gives.
const invoices = defineEvents('invoices.events', {
  InvoiceSent: since(z.object({ amount: z.number() }))
    .to(z.object({ amount: z.string() }), (old) => ({ amount: old.amount.toFixed(2) }))
    .to(z.object({ money: z.object({ amount: z.string(), currency: z.string() }) }), ({ amount }) => ({
      money: { amount, currency: 'GBP' },
    })),
  InvoicePaid: z.object({}),
});
is<
  Equal<
    EventOf<typeof invoices, 'InvoiceSent'>['data'],
    { readonly money: { readonly amount: string; readonly currency: string } }
  >
>();
// @ts-expect-error a step that does not give the next version
since(z.object({ a: z.string() })).to(z.object({ b: z.string() }), (old) => ({ c: old.a }));

// What is only read any more: each rule takes the newest of its own shapes.
const sentByPost = since(z.object({ stamp: z.string() })).to(
  z.object({ stamps: z.array(z.string()) }),
  ({ stamp }) => ({
    stamps: [stamp],
  }),
);
defineEvents(
  'letters.events',
  { LetterSent: z.object({ stamps: z.int() }), LetterStamped: z.object({ stamps: z.int() }) },
  {
    past: [
      ...[renamed('LetterPosted', 'LetterSent'), retired('LetterFramed')],
      split('LetterStampedAndSent', sentByPost, ['LetterStamped.v1', 'LetterSent.v1'], ({ stamps }) => {
        is<Equal<typeof stamps, string[]>>();
        return stamps.map(() => ({ type: 'LetterStamped.v1', data: { stamps: 1 } }));
      }),
      merged({ LetterLicked: z.object({ by: z.string() }), LetterTaken: sentByPost }, 'LetterSent.v1', (parts) => {
        is<Equal<typeof parts.LetterLicked, { by: string } | undefined>>();
        return parts.LetterTaken && { stamps: parts.LetterTaken.stamps.length };
      }),
    ],
  },
);
// @ts-expect-error an event that it is not split into
split('Old', z.object({}), ['A.v1'], () => [{ type: 'B.v1', data: {} }]);
// @ts-expect-error no such field
split('Old', z.object({ a: z.string() }), ['A.v1'], ({ b }) => [{ type: 'A.v1', data: { b } }]);
// @ts-expect-error no such part
merged({ Old: z.object({}), Older: z.object({}) }, 'A.v1', ({ Oldest }) => Oldest);

type State = { readonly status: 'a' } | { readonly status: 'b'; readonly n: number };
const shared = {
  ...{ category: 'f', events: invoices, commands: { A: z.object({ x: z.number() }), B: z.object({}) } },
  initialState: { status: 'a' } as State,
};

defineAggregate({
  ...shared,
  decide(state, command) {
    switch (command.type) {
      case 'A':
        return state.status === 'a' ? accept({ type: 'InvoicePaid', data: {} }) : reject('no');
      case 'B':
        return accept();
    }
  },
  evolve: (state, event) => (event.type === 'InvoiceSent' ? { status: 'b', n: 1 } : state),
});
defineAggregate({
  ...shared,
  // @ts-expect-error B has no rule
  decide: { A: () => accept() },
  // @ts-expect-error InvoicePaid is not folded
  evolve: { InvoiceSent: (state) => state },
});
defineAggregate({
  ...shared,
  // @ts-expect-error B has no rule
  decide(_state, command) {
    if (command.type === 'A') return accept();
  },
  // @ts-expect-error InvoicePaid is not folded
  evolve(state, event) {
    if (event.type === 'InvoiceSent') return state;
  },
});
defineAggregate({
  ...shared,
  decide: {
    // @ts-expect-error no such event
    A: () => accept({ type: 'Nope', data: {} }),
    // @ts-expect-error wrong data
    B: () => accept({ type: 'InvoiceSent', data: { money: 1 } }),
  },
  evolve: {
    // @ts-expect-error no such state
    InvoiceSent: () => ({ status: 'z' }),
    InvoicePaid: (state) => state,
  },
});
const both = { decide: { A: () => accept(), B: () => accept() }, evolve: (state: State) => state };
expect(() =>
  // @ts-expect-error an internal command that is none
  defineAggregate({ ...shared, ...both, internal: ['C'] }),
).toThrow('f: C is internal, and is none of its commands');

// What a decision needs from elsewhere, a filled in id, personal fields, deadlines, rehearsal.
const visit = defineAggregate({
  ...shared,
  idFields: { A: 'visitId' },
  context: {
    payWithin: setting<number>('payWithin'),
    parcel: stateOf(parcel, (command: { readonly x?: number }) => (command.x === undefined ? undefined : '1')),
  },
  decide: {
    A: (_state, command, { payWithin, parcel }) => {
      is<Equal<typeof payWithin, number>>();
      is<Equal<(typeof command)['visitId'], string>>();
      return parcel.status === 'packed' && command.x > payWithin ? accept() : reject('no', command.at);
    },
    // @ts-expect-error B has no id
    B: (_state, { visitId }) => accept({ type: 'InvoicePaid', data: { visitId } }),
  },
  evolve: { InvoiceSent: (state) => state, InvoicePaid: (state) => state },
  retriable: ['no'],
  personal: { A: ({ x }) => (x > 0 ? 'somebody' : undefined) },
  deadlines: { B: { InvoiceSent: (event) => event.context.time, InvoicePaid: () => null } },
  rehearse: { InvoiceSent: () => ({ type: 'A', x: 1 }) },
});
defineAggregate({
  ...shared,
  ...both,
  // @ts-expect-error no such command
  deadlines: { C: { InvoiceSent: () => null } },
});
defineAggregate({
  ...shared,
  ...both,
  // @ts-expect-error no such field of the command
  rehearse: { InvoiceSent: () => ({ type: 'A', y: 1 }) },
});

// A state whose type is only inferred.
const counter = defineAggregate({
  ...{ category: 'c', events: parcelEvents, commands: { Go: z.object({}) }, initialState: { count: 0 } },
  decide: {
    Go: (state) => (state.count > 3 ? reject('enough') : accept({ type: 'ParcelShipped', data: { carrier: 'post' } })),
  },
  evolve: { ParcelShipped: (state) => ({ count: state.count + 1 }), ParcelDelivered: (state) => state },
});

// What another service learns of rejections.
const jobs = defineEvents('jobs.events', { Done: z.object({}) }, { rejects: ['Do'] });
is<Equal<RejectionOf<typeof jobs>['type'], 'DoRejected'>>();
// @ts-expect-error nobody learns of it
is<Equal<RejectionOf<typeof jobs, 'Undo'>, never>>();

describe('events that are declared', () => {
  it('say of which commands others learn that a rule forbade them', () => {
    expect(jobs.rejects).toEqual(['Do']);
  });
});

describe('an aggregate that is declared', () => {
  it('folds its events, and skips what only newer code knows', () => {
    const shipped = { type: 'ParcelShipped', data: { carrier: 'post' } } as const;
    const newer = { type: 'ParcelLost', data: {} } as unknown as typeof shipped;
    expect(fold(parcel, [shipped, newer])).toEqual({ status: 'shipped' });
    expect(fold(counter, [shipped, newer, shipped])).toEqual({ count: 2 });
  });

  it('knows the file that it is declared in', () => {
    expect(visit.declaredIn.map((file) => file.replace(/.*\//, ''))).toContain('values.spec.ts');
  });

  it.each([
    ['a-b', {}, 'the category a-b must'],
    ['f', { A: z.object({ type: z.string() }) }, 'A: the library sets type, so no field may have the name'],
    ['f', { A: z.object({ at: z.string() }) }, 'A: the library sets at'],
  ])(
    'of the category %s with the commands %j is refused: %s',
    (category, commands: Record<string, Schema>, message) => {
      expect(() =>
        defineAggregate({ category, events: parcelEvents, commands, initialState: 0, decide: {}, evolve: (s) => s }),
      ).toThrow(message);
    },
  );
});
