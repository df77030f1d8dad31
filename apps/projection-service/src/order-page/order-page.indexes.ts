import type { CollectionSpec } from '@ledgerline/es-core/adapter';

const placed = (direction: 1 | -1) =>
  [
    ['placedAt', direction],
    ['orderId', 1],
  ] as const;

/**
 * One for each way to list orders whose pages would otherwise cost as much as all orders. A customer has few: theirs are found
 * by the one index and sorted.
 */
export const orderPageIndexes: CollectionSpec['indexes'] = [
  placed(-1),
  placed(1),
  [['customerId', 1], ...placed(-1)],
  [['status', 1], ...placed(-1)],
  [['status', 1], ...placed(1)],
  [['country', 1], ...placed(-1)],
  [['country', 1], ...placed(1)],
];
