import type { JsonObject, Positions } from '@ledgerline/es-core';
import type { AnyReadModel, Kept } from './read-model.js';

/** Something that read models can be asked, once or again and again. */
export interface Question<View> {
  /** Two questions of one name get the same answers. */
  readonly name: string;
  /** Those that the answer comes from. */
  readonly models: readonly AnyReadModel[];
  /** How far they have come. Taken before `see`, it never promises too much. */
  position(): string;
  /** What they say. @throws NotFound where nothing is there. */
  see(): Promise<Seen<View>>;
}

export interface Seen<View> {
  readonly view: View;
  /** The last event of each partition that went into the view. */
  readonly changedAt: Positions;
}

/** A question to one read model. */
export const questionTo = <View>(model: AnyReadModel, asked: Pick<Question<View>, 'name' | 'see'>): Question<View> => ({
  ...asked,
  models: [model],
  position: () => model.position,
});

/** The last events that went into any of the documents. */
export const lastOf = (documents: readonly Pick<Kept<JsonObject>, 'positions'>[]): Positions => {
  const last: Record<string, number> = {};
  for (const { positions } of documents)
    for (const [key, ordinal] of Object.entries(positions)) last[key] = Math.max(last[key] ?? 0, ordinal);
  return last;
};
