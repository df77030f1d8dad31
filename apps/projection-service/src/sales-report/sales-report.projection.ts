import { type DomainEvent, partitionKey, type Projection, type Recorded } from '@ledgerline/es-core';
import { type OrdersEvent, ordersTopic, plus } from '@ledgerline/events';
import { contributionsOf } from './sales-contributions.js';
import type { SalesDocument } from './sales-document.js';

/** Every partition adds to nearly every row, so each folds rows of its own and the report adds them up. */
export const salesReport: Projection<OrdersEvent, SalesDocument> = {
  name: 'sales-report',
  revision: 3,
  topics: [ordersTopic.topic],
  indexes: [
    [
      ['by', 1],
      ['currency', 1],
      ['day', 1],
    ],
  ],
  parts: true,

  documents: (event) => [...contributionsOf(event).keys()],

  project(document, event, id) {
    const contribution = contributionsOf(event).get(withoutPart(id, event));
    if (!contribution || !document) return contribution ?? document;
    const { orders, units, gross, returns, refunded } = contribution;
    return {
      ...document,
      orders: document.orders + orders,
      units: document.units + units,
      gross: plus(document.gross, gross, document.currency),
      returns: document.returns + returns,
      refunded: plus(document.refunded, refunded, document.currency),
    };
  },
};

/** The runner's id of the part is `<id>#<topic>/<partition>`. */
const withoutPart = (id: string, { context }: Recorded<DomainEvent>): string =>
  id.slice(0, -(partitionKey(context.topic, context.partition).length + 1));
