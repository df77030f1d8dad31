import type { DocumentQuery, Filter } from '@ledgerline/es-core';
import type { Filter as MongoFilter, Sort } from 'mongodb';
import type { MongoDocument } from './stored-shape.js';

type Fields = Record<string, unknown>;

/** Documents that match, never tombstones. */
export const filterOf = ({
  filter = {},
  after,
}: Pick<DocumentQuery, 'filter' | 'after'>): MongoFilter<MongoDocument> => {
  const matching = { document: { $exists: true }, ...fieldsOf(filter) };
  // Not beside the others: of no alternative at all `fieldsOf` makes a condition on _id too.
  return after === undefined ? matching : { $and: [matching, { _id: { $gt: after } }] };
};

/** MongoDB takes no empty list: all of none holds always, one of none never. */
const fieldsOf = ({ $and, $or, ...fields }: Filter): Fields => ({
  ...Object.fromEntries(Object.entries(fields).map(([field, condition]) => [pathOf(field), condition])),
  ...($and && $and.length > 0 && { $and: $and.map(fieldsOf) }),
  ...($or && ($or.length > 0 ? { $or: $or.map(fieldsOf) } : { _id: { $in: [] } })),
});

/** Documents that agree in all fields come by id. */
export const sortOf = (sort: DocumentQuery['sort'] = []): Sort => [
  ...sort.map(([field, direction]): [string, 1 | -1] => [pathOf(field), direction]),
  ['_id', 1],
];

export const pathOf = (field: string): string => `document.${field}`;
