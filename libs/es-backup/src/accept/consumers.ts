import { partitionKey } from '@ledgerline/es-core';
import type { ReactorProgress, ReaderState, ReadModelStore, StreamIndex } from '@ledgerline/es-core/adapter';
import { DEADLINES_NOTE, progressInIndex } from '@ledgerline/es-core/runtime';
import type { Consumer } from './consumers-ahead.js';

/** Each generation of each read model. A collection that is gone is made anew by the service that folds it. */
export const readModelConsumers = async (store: ReadModelStore): Promise<readonly Consumer[]> =>
  (await store.collections()).map((collection) => ({
    name: `the read model ${collection}`,
    remedy: 'is dropped, and made from the log again',
    states: async () => [...(await store.checkpoints(collection))],
    furthest: () => store.furthest(collection),
    drop: () => store.drop(collection),
  }));

export interface IndexOfService {
  readonly service: string;
  readonly index: StreamIndex;
  /** The topic that it is the index of. */
  readonly topic: string;
  readonly partitions: number;
  /** Topics whose reactors kept their progress in it, before 2026-12. */
  readonly reactsTo: readonly string[];
}

/** The index of a service, with the progress that its reactors and deadlines keep in it. */
export const indexConsumer = (one: IndexOfService): Consumer => ({
  name: `the index of the ${one.service}`,
  remedy: 'is cleared, with the progress of its reactors, and made from the log again',
  states: async () => [...ownStates(one), ...(await reactorStates(one)), ...deadlineStates(one)],
  drop: () => one.index.clear(),
});

/** How far the reactors of a service have come, where they keep it. */
export const reactorsConsumer = (
  service: string,
  progress: Pick<ReactorProgress, 'load'> & { forget(): void | Promise<void> },
): Consumer => ({
  name: `the progress of the reactors of the ${service}`,
  remedy:
    'is forgotten: they begin again where they began, record nothing twice, and leave effects to a person whose outcome may be lost',
  states: async () =>
    Object.entries(await progress.load()).flatMap(([key, { reactors = {}, ...state }]): readonly Keyed[] => [
      [key, state],
      ...Object.values(reactors).map((one) => [key, one] as const),
    ]),
  drop: async () => progress.forget(),
});

type Keyed = readonly [key: string, state: ReaderState];

const ownStates = ({ index, topic, partitions }: IndexOfService): readonly Keyed[] =>
  Array.from({ length: partitions }, (_, partition) => partition).flatMap((partition): readonly Keyed[] => {
    const state = index.readerState(partition);
    return state ? [[partitionKey(topic, partition), state]] : [];
  });

const reactorStates = async ({ index, service, reactsTo }: IndexOfService): Promise<readonly Keyed[]> => {
  const progress = await Promise.all(reactsTo.map((topic) => progressInIndex(index, `${service}/${topic}`).load()));
  return progress.flatMap((states) => Object.entries(states));
};

const deadlineStates = ({ index, topic }: IndexOfService): readonly Keyed[] => {
  const { states = [] } = JSON.parse(index.note(DEADLINES_NOTE) ?? '{}') as {
    states?: readonly (ReaderState | null)[];
  };
  return states.flatMap((state, partition): readonly Keyed[] =>
    state ? [[partitionKey(topic, partition), state]] : [],
  );
};
