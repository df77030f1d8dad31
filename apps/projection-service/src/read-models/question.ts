import type { AnyReadModel } from './read-model.js';

/** Something that read models can be asked, once or again and again. */
export interface Question<View> {
  /** Two questions of one name get the same answers. */
  readonly name: string;
  /** Those that the answer comes from. */
  readonly models: readonly AnyReadModel[];
  /** How far they have come. Taken before `see`, it never promises too much. */
  position(): string;
  /** What they say. @throws NotFound where nothing is there. */
  see(): Promise<View>;
}

export interface Answer<View> {
  readonly view: View;
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
    return { position, view: seen.value };
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
