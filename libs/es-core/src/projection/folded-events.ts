import type { Commit } from '../chain/chain.js';
import type { Recorded } from '../recorded-event.js';
import { eventsIn } from '../subscription/messages.js';
import { isFolded, type Projection } from './projection.js';

/** The events of a topic's commits that the projection folds, in order; see `eventsIn`. @throws Unreadable, NewerEvent */
export const foldedEvents = (
  projection: Pick<Projection, 'from' | 'on'>,
  commits: readonly Commit[],
  place: { readonly topic: string; readonly partition: number },
): readonly Recorded[] => {
  const source = projection.from.find(({ topic }) => topic === place.topic);
  const wants = (type: string): boolean => isFolded(projection, type);
  return source ? eventsIn(commits, source.catalogue, { ...place, wants }) : [];
};
