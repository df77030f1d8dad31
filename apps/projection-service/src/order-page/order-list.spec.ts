import { orderListQuery } from './order-list.js';

const after = { placedAt: '2010-12-01T08:26:00.000Z', orderId: '536365' };

describe('a query for a list of orders', () => {
  it('finds only pages whose order has come in', () => {
    const { filter, sort } = orderListQuery({ sort: '-placedAt' });
    expect(filter).toEqual({ placedAt: { $gte: '' } });
    expect(sort).toEqual([
      ['placedAt', -1],
      ['orderId', 1],
    ]);
  });

  it('goes on behind the last order of the page before, and reads nothing that lies before it', () => {
    const list = {
      customerId: '17850',
      status: 'confirmed',
      country: 'EIRE',
      from: '2010-12-01',
      to: '2010-12-02',
    } as const;
    const { from, to, ...fields } = list;
    expect(orderListQuery({ ...list, sort: '-placedAt' }, after).filter).toEqual({
      ...{ ...fields, placedAt: { $gte: from, $lte: after.placedAt } },
      $or: [{ placedAt: { $lt: after.placedAt } }, { placedAt: after.placedAt, orderId: { $gt: after.orderId } }],
    });
    expect(orderListQuery({ ...list, sort: 'placedAt' }, after).filter).toEqual({
      ...{ ...fields, placedAt: { $gte: after.placedAt, $lt: to } },
      $or: [{ placedAt: { $gt: after.placedAt } }, { placedAt: after.placedAt, orderId: { $gt: after.orderId } }],
    });
  });

  it('stays in its range whatever place it is given', () => {
    const range = { from: '2010-12-02', to: '2010-12-03' } as const;
    expect(orderListQuery({ ...range, sort: 'placedAt' }, after).filter).toMatchObject({
      placedAt: { $gte: range.from, $lt: range.to },
    });
    expect(orderListQuery({ from: '', to: '2010-12-01', sort: '-placedAt' }, after).filter).toMatchObject({
      placedAt: { $lt: '2010-12-01' },
    });
  });
});
