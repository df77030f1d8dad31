import type { DocumentQuery } from '@ledgerline/es-core';
import { Context } from 'mingo/core';
import { $eq, $gt, $gte, $in, $lt, $lte, $ne } from 'mingo/operators/query/comparison';
import { $and, $or } from 'mingo/operators/query/logical';
import { Query } from 'mingo/query';
import type { Environment } from '../storage/environment.js';
import { compareBy } from './document-order.js';
import { planOf } from './query-plan.js';
import { documentKey, documentKeys, type KeyRange, unplacedKeys } from './read-model-keys.js';
import { type CollectionEntry, isLive, type LiveDocument, toDocument } from './stored-json.js';

/** Finds documents, by an index where one helps. Not in one transaction with anything else: what is read is as of now. */
export const search = (
  environment: Environment,
  { name, number, indexes }: CollectionEntry & { readonly name: string },
  query: DocumentQuery,
): LiveDocument[] => {
  const place = { name, number };
  const plan = planOf(number, indexes, query);
  const matches = matcherOf(query);
  const unplaced = plan ? [...only(byIndex(environment, place, unplacedKeys(number, plan.index)), matches)] : [];
  const found = plan ? byIndex(environment, place, plan.range) : inIdOrder(environment, place, query.after);
  const ordered = plan ? plan.sorted && unplaced.length === 0 : (query.sort ?? []).length === 0;
  if (ordered) return take(only(found, matches), query.limit);
  const all = [...only(found, matches), ...unplaced].sort(compareBy(query.sort ?? []));
  return query.limit === undefined ? all : all.slice(0, query.limit);
};

// The part of the query language that the port has; loading all of mingo takes 100 ms at every start.
const context = Context.init({ query: { $eq, $ne, $in, $gt, $gte, $lt, $lte, $and, $or } });

interface Place {
  readonly name: string;
  readonly number: number;
}

type Matcher = (document: LiveDocument) => boolean;

const matcherOf = ({ filter = {}, after }: DocumentQuery): Matcher => {
  const query = new Query(filter, { context });
  return ({ id, document }) => (after === undefined || id > after) && query.test(document);
};

function* byIndex(environment: Environment, { name, number }: Place, range: KeyRange): Iterable<LiveDocument> {
  for (const { value } of environment.getRange({ ...range })) {
    const id = value.toString();
    const stored = environment.get(documentKey(number, id));
    const document = stored && toDocument(stored, { collection: name, id });
    if (document && isLive(document)) yield document;
  }
}

function* inIdOrder(environment: Environment, { name, number }: Place, after?: string): Iterable<LiveDocument> {
  for (const { value } of environment.getRange({ ...documentKeys(number, after) })) {
    const document = toDocument(value, { collection: name });
    if (isLive(document)) yield document;
  }
}

function* only(documents: Iterable<LiveDocument>, matches: Matcher): Iterable<LiveDocument> {
  for (const document of documents) if (matches(document)) yield document;
}

const take = (documents: Iterable<LiveDocument>, limit = Infinity): LiveDocument[] => {
  const taken: LiveDocument[] = [];
  if (limit <= 0) return taken;
  for (const document of documents) {
    taken.push(document);
    if (taken.length >= limit) break;
  }
  return taken;
};
