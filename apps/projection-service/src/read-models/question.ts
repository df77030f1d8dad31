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

export interface Answer<View> extends Seen<View> {
  /** What the view has seen at least. */
  readonly position: string;
}

/**
 * Asks one generation of each read model: where another one takes over meanwhile, once more. `onPosition` is told before anything
 * is read, so that it is known also where nothing is there.
 */
export const ask = async <View>(
  question: Question<View>,
  onPosition: (position: string) => void = () => undefined,
): Promise<Answer<View>> => {
  for (;;) {
    const asked = collectionsOf(question);
    const position = question.position();
    onPosition(position);
    const [seen] = await Promise.allSettled([question.see()]);
    if (collectionsOf(question) !== asked) continue;
    if (seen.status === 'rejected') throw seen.reason;
    return { position, ...seen.value };
  }
};

const collectionsOf = ({ models }: Pick<Question<unknown>, 'models'>): string =>
  models.map(({ collection }) => collection).join(' ');

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
