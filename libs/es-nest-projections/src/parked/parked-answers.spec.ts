import type { Projection } from '@ledgerline/es-core';
import { type Answer, breakFold, FollowedStream, sendTo } from '@ledgerline/es-testing';
import { deliveries, delivered, parcelPage, recipients, sent } from '../fixtures/parcels.js';
import { ParcelsInMemory } from '../fixtures/parcels-in-memory.js';

const facts = { recipientId: 'ada' };

describe('what is answered of parked documents', () => {
  let shop: ParcelsInMemory;
  const clients: FollowedStream[] = [];
  const broken: (() => void)[] = [];

  beforeEach(async () => {
    shop = new ParcelsInMemory();
    await shop.provision();
    await shop.start();
  });
  afterEach(async () => {
    for (const repair of broken.splice(0)) repair();
    for (const client of clients.splice(0)) client.leave();
    await shop.close();
  });

  const send = sendTo(() => shop.url);
  const seeing = (path: string, min: string): Promise<Answer> =>
    send('GET', path, undefined, { 'x-min-position': min });

  /** The projection cannot take events of the type from here on. */
  const breakAt = (projection: Projection, type: string): void =>
    void broken.push(breakFold(projection, (event) => event.type === type, `cannot take ${type}`));
  const mend = async (): Promise<void> => {
    for (const repair of broken.splice(0)) repair();
    for (const { generations } of shop.models)
      for (const { id } of await shop.readModels.parked(generations.folded[0] ?? '', { limit: 100 }))
        await generations.retry(generations.folded[0] ?? '', id);
  };

  it('is what they were, and that they are', async () => {
    breakAt(parcelPage, 'ParcelDelivered');
    const well = await shop.record('o2', sent('o2', facts));
    const min = await shop.record('o1', sent('o1', facts), delivered('o1', facts));
    expect((await seeing('/parcels/o1', min)).json).toMatchObject({ status: 'sent', parked: true });
    expect((await seeing('/parcels/o2', well)).json['parked']).toBeUndefined();
    const { json: list } = await seeing('/parcels', min);
    expect(list).toMatchObject({ parked: true });
    expect((list['items'] as object[]).map((item) => ({ ...item }))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ parcelId: 'o1', parked: true }),
        expect.not.objectContaining({ parked: true }),
      ]),
    );
    await mend();
    expect((await seeing('/parcels/o1', min)).json).toMatchObject({ status: 'delivered' });
    for (const path of ['/parcels/o1', '/parcels'])
      expect(Object.keys((await seeing(path, min)).json)).not.toContain('parked');
  });

  it('is a problem of its own where they had come to nothing yet', async () => {
    breakAt(parcelPage, 'ParcelSent');
    const min = await shop.record('o1', sent('o1', facts));
    for (const path of ['/parcels/o1', '/parcels/o1/stream']) {
      const { status, headers, json } = await seeing(path, min);
      expect([status, headers.get('retry-after'), headers.get('x-position')]).toEqual([
        ...[503, '1', expect.stringContaining(min)],
      ]);
      expect(json).toMatchObject({ code: 'document-parked', retriable: true });
      expect(json['detail']).toContain('/parked');
    }
    expect((await seeing('/parcels', min)).json).toEqual({ items: [], parked: true });
    expect((await seeing('/parcels/nobody', min)).json).toMatchObject({ status: 404, code: 'parcel-not-found' });
    await mend();
    expect((await seeing('/parcels/o1', min)).status).toBe(200);
  });

  it('is the same in other read models', async () => {
    for (const projection of [recipients, deliveries]) breakAt(projection, 'ParcelDelivered');
    const min = await shop.record('o1', sent('o1', facts), delivered('o1', facts));
    expect((await seeing('/recipients/ada', min)).json).toMatchObject({ delivered: 0, parked: true });
    expect((await seeing('/deliveries?by=recipient', min)).json).toEqual({ rows: [], parked: true });
    await mend();
    expect((await seeing('/deliveries?by=recipient', min)).json).toEqual({ rows: [expect.anything()] });
  });

  it.each([
    ['/parcels/o1/stream', { status: 'sent' }, { status: 'delivered' }],
    ['/parcels/stream', { items: [{ status: 'sent' }] }, { items: [{ status: 'delivered' }] }],
  ])('is told in a stream as well, when that changes: %s', async (path, before, after) => {
    breakAt(parcelPage, 'ParcelDelivered');
    const min = await shop.record('o1', sent('o1', facts));
    const stream = await FollowedStream.open(`${shop.url}${path}`, { 'x-min-position': min });
    clients.push(stream);
    const first = await stream.next();
    expect(first).toMatchObject({ data: before });
    expect(Object.keys(first?.data ?? {})).not.toContain('parked');
    await shop.record('o1', delivered('o1', facts));
    expect(await stream.next()).toMatchObject({ data: { ...before, parked: true } });
    await mend();
    const last = await stream.next();
    expect(last).toMatchObject({ data: after });
    expect(JSON.stringify(last)).not.toContain('parked');
  });
});
