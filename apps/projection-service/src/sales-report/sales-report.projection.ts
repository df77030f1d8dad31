import { defineProjection, type Recorded } from '@ledgerline/es-core';
import { orderEvents, plus, returnEvents } from '@ledgerline/events';
import { contributionsOf, type SalesEvent } from './sales-contributions.js';
import { salesDocument, type SalesDocument } from './sales-document.js';

const contributes = {
  document: (event: Recorded<SalesEvent>) => [...contributionsOf(event).keys()],
  fold: (row: SalesDocument | undefined, event: Recorded<SalesEvent>, id: string) => {
    const contribution = contributionsOf(event).get(id);
    if (!contribution || !row) return contribution ?? row;
    const { orders, units, gross, returns, refunded } = contribution;
    return {
      ...row,
      orders: row.orders + orders,
      units: row.units + units,
      gross: plus(row.gross, gross, row.currency),
      returns: row.returns + returns,
      refunded: plus(row.refunded, refunded, row.currency),
    };
  },
};

/** Every partition adds to nearly every row, so each folds rows of its own and the report adds them up. */
export const salesReport = defineProjection({
  ...{
    name: 'sales-report',
    revision: 3,
    from: [orderEvents, returnEvents],
    document: salesDocument,
    partitioned: true,
  },
  indexes: [
    [
      ['by', 1],
      ['currency', 1],
      ['day', 1],
    ],
  ],
  on: {
    OrderConfirmed: contributes,
    OrderCancelled: contributes,
    ReturnRegistered: contributes,
    ReturnReleased: contributes,
  },
});
