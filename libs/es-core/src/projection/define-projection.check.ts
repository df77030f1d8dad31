/* What must and must not compile; `tsc` is the judge, nothing of this runs. */
import { defineEvents, type EventOf } from '../events/define-events.js';
import type { Recorded } from '../recorded-event.js';
import type { Schema } from '../schema.js';
import { defineProjection, type DocumentOf } from './define-projection.js';
import type { Projection } from './projection.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <_Holds extends true>(): void => undefined;
const schema = <T>(): Schema<T> => ({
  '~standard': { version: 1, vendor: 'check', validate: (value) => ({ value: value as T }) },
});

const parcels = defineEvents('parcels.events', {
  Shipped: schema<{ carrier: string }>(),
  Delivered: schema<{ signedBy?: string }>(),
});
const fees = defineEvents('fees.events', { Charged: schema<{ parcel: string; amount: number }>() });
type Shipped = EventOf<typeof parcels, 'Shipped'>;

const page = {
  name: 'parcel-page',
  revision: 1,
  document: schema<{ status: 'shipped' | 'delivered'; carriers: string[] }>(),
};
const stream = ({ context }: Recorded): string => context.stream;

// Events of several topics, literals without `as const`, an event that is not named, a fold that removes the document.
const parcelPage = defineProjection({
  ...{ ...page, from: [parcels, fees] },
  on: {
    Shipped: {
      document: stream,
      fold: (before, { data }) => {
        is<Equal<typeof data.carrier, string>>();
        return { status: 'shipped', carriers: [...(before?.carriers ?? []), data.carrier] };
      },
    },
    Charged: {
      document: ({ data }) => [data.parcel],
      fold: (before, { data }) => (data.amount > 0 ? before : undefined),
    },
  },
});
type Page = { readonly status: 'shipped' | 'delivered'; readonly carriers: readonly string[] };
is<Equal<DocumentOf<typeof parcelPage>, Page>>();
// One list takes projections of all documents.
export const all: readonly Projection[] = [parcelPage];

// One folding for several events, as long as it takes all of them.
const any = {
  document: stream,
  fold: (before: Page | undefined) => before && { ...before, status: 'delivered' as const },
};
defineProjection({ ...page, from: [parcels], on: { Shipped: any, Delivered: any } });
const shippedOnly = { document: ({ data }: Shipped) => data.carrier, fold: () => undefined };
const ofParcels = { ...page, from: [parcels] };
defineProjection({
  ...ofParcels,
  on: {
    // @ts-expect-error it takes another event
    Delivered: shippedOnly,
  },
});
defineProjection({
  ...ofParcels,
  on: {
    // @ts-expect-error not of these topics
    Charged: { document: stream, fold: () => undefined },
  },
});
defineProjection({
  ...ofParcels,
  on: {
    // @ts-expect-error no such field of the event
    Shipped: { document: ({ data }) => data.parcel, fold: () => undefined },
  },
});
defineProjection({
  ...ofParcels,
  on: {
    // @ts-expect-error no such document
    Shipped: { document: stream, fold: () => ({ status: 'lost', carriers: [] }) },
  },
});
defineProjection({
  ...ofParcels,
  on: {
    // @ts-expect-error a document lacks a field
    Shipped: { document: stream, fold: () => ({ status: 'shipped' }) },
  },
});
defineProjection({
  ...ofParcels,
  on: {
    // @ts-expect-error where the document goes is not said
    Shipped: { fold: () => undefined },
  },
});
defineProjection({
  ...{ ...page, from: [parcels] },
  on: {
    Delivered: {
      document: stream,
      fold: (before) => {
        // @ts-expect-error a document is never changed
        before?.carriers.push('x');
        return before;
      },
    },
  },
});
// @ts-expect-error no topic
defineProjection({ ...page, on: {} });
