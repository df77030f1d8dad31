import { describe, it } from '@jest/globals';
import { given, givenProjection, recorded } from '@ledgerline/es-testing';
import { parcel } from './parcel.js';
import { parcelPage } from './parcel-page.js';

const shipped = { type: 'ParcelShipped', data: { carrier: 'post' } } as const;
const delivered = { type: 'ParcelDelivered', data: { signedBy: 'Ann' } } as const;

describe('a parcel', () => {
  it('is shipped once', () => {
    given(parcel).when({ type: 'ShipParcel', carrier: 'post' }).then(shipped).thenState({ status: 'shipped' });
    given(parcel, shipped).when({ type: 'ShipParcel', carrier: 'other' }).thenRejected('already-shipped');
  });

  it('is delivered while it is on its way', () => {
    given(parcel, shipped).when({ type: 'DeliverParcel', signedBy: 'Ann' }).then(delivered);
    given(parcel).when({ type: 'DeliverParcel' }).thenRejected('not-on-its-way');
    given(parcel, shipped, delivered).when({ type: 'DeliverParcel' }).thenRejected('not-on-its-way');
  });
});

describe('the page of a parcel', () => {
  it('says where it is and who carries it', () => {
    const [first, second] = [recorded(shipped, { stream: 'parcel-1' }), recorded(delivered, { stream: 'parcel-1' })];
    givenProjection(parcelPage, first).thenOnly({ 1: { status: 'shipped', carrier: 'post' } });
    givenProjection(parcelPage, first, second).thenOnly({ 1: { status: 'delivered', carrier: 'post' } });
  });
});
