import type { AnyAggregate } from '@ledgerline/es-core';
import { Injectable } from '@nestjs/common';
import { type Topic, topicsOf } from './topics.js';

/** Every aggregate of the application, whichever modules use it: known when Nest has made all providers. */
@Injectable()
export class DeclaredAggregates {
  readonly #byCategory = new Map<string, AnyAggregate>();
  #written: Topic | undefined;

  get all(): readonly AnyAggregate[] {
    return [...this.#byCategory.values()];
  }

  /** The topic that they are recorded in; undefined where there are none: the service only reads. */
  get written(): Topic | undefined {
    [this.#written] = this.#written ? [this.#written] : topicsOf(this.all.map(({ events }) => events));
    return this.#written;
  }

  /** The same one any number of times. @throws Error for another one of its category, or of another topic */
  add(aggregate: AnyAggregate): void {
    const { category, events } = aggregate;
    const known = this.#byCategory.get(category);
    if (known && known !== aggregate) throw new Error(`there are two aggregates of the category ${category}`);
    const [first] = this.all;
    if (first && first.events.topic !== events.topic)
      throw new Error(
        `${category} is recorded in ${events.topic}, and ${first.category} in ${first.events.topic}: the aggregates of a service share one topic`,
      );
    this.#byCategory.set(category, aggregate);
    this.#written = undefined;
  }
}
