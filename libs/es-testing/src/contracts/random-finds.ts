import type { DocumentQuery, Filter, Json, JsonObject } from '@ledgerline/es-core';
import type { CollectionSpec, Scalar } from '@ledgerline/es-core/adapter';

const FIELDS = ['keeper', 'status', 'placed.at', 'total'] as const;
const OPERATORS = ['$eq', '$ne', '$gt', '$gte', '$lt', '$lte'] as const;

/** Few values, so that they meet; among them much that is hard to put in order. */
export const MEETING_SCALARS: readonly Scalar[] = [
  ...[null, true, false, 0, -1.5, 2, 1e300],
  ...['', 'a', 'aa', 'ü', '\uffee', 'x'.repeat(200)],
];

export interface RandomFindsOptions {
  readonly random: () => number;
  readonly indexes: CollectionSpec['indexes'];
  /** What fields hold, and what queries compare them with. */
  readonly scalars: readonly Scalar[];
  /** What fields hold beside these. */
  readonly others: readonly (Json | undefined)[];
  /** What stands where mostly an object with `at` is. */
  readonly elsewhere: readonly Json[];
  /** What ranges begin and end with. */
  readonly bounds: readonly Scalar[];
  /** Whether `$and` and `$or` may be of nothing. */
  readonly emptyLists: boolean;
  /** What pages begin behind. */
  readonly afters: readonly string[];
}

/** Documents and queries to find them with, as the random numbers decide: for comparing a store with one that looks at every document. */
export class RandomFinds {
  constructor(private readonly options: RandomFindsOptions) {}

  pick<T>(from: readonly T[]): T {
    for (const one of from.slice(Math.floor(this.options.random() * from.length))) return one;
    throw new Error('nothing to pick from');
  }

  document(): JsonObject {
    const { scalars, others, elsewhere } = this.options;
    const values = [...scalars, ...others];
    const document: Record<string, Json> = {};
    for (const field of ['keeper', 'status', 'total']) {
      const value = this.pick(values);
      if (value !== undefined) document[field] = value;
    }
    const at = this.pick(values) ?? null;
    return { ...document, placed: this.pick<Json>([{}, { at }, { at }, ...elsewhere]) };
  }

  query(): DocumentQuery {
    const { indexes, afters } = this.options;
    const byOne = [[this.pick(FIELDS), this.pick([1, -1] as const)]] as const;
    const sorts = [...indexes, byOne, [['placed.at', 1]], [['placed.at', -1]]] as const;
    return {
      ...(this.pick([true, true, false]) && { filter: this.#filter() }),
      ...(this.pick([true, true, false]) && { sort: this.pick(sorts) }),
      ...(this.pick([true, false]) && { limit: this.pick([0, 1, 3, 10]) }),
      ...(this.pick([true, false, false]) && { after: this.pick(afters) }),
    };
  }

  #filter(depth = 0): Filter {
    const fields = this.pick([[], [0], [0, 1]]);
    const filter: Filter = Object.fromEntries(fields.map(() => [this.pick(FIELDS), this.#condition()]));
    if (depth > 1 || this.pick([true, true, false])) return filter;
    const some = [this.#filter(depth + 1), this.#filter(depth + 1)];
    const inner = this.options.emptyLists ? this.pick([[], some]) : some;
    return this.pick([true, false]) ? { ...filter, $and: inner } : { ...filter, $or: inner };
  }

  #condition(): Filter[string] {
    const { scalars, bounds } = this.options;
    const operator = this.pick(['', '', '$in', 'both', ...OPERATORS] as const);
    if (operator === '') return this.pick(scalars);
    if (operator === '$in')
      return { $in: this.pick([[], [this.pick(scalars)], [this.pick(scalars), this.pick(scalars)]]) };
    if (operator === 'both') return { $gte: this.pick(bounds), $lt: this.pick(bounds) };
    return { [operator]: this.pick(operator === '$eq' || operator === '$ne' ? scalars : bounds) };
  }
}
