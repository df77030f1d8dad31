import { rehearsed, type RehearsedAggregate, type Wish } from '@ledgerline/es-core';
import { type HeldCommand, heldDecider } from '../reactions/held/held-streams.decider.js';
import { heldCatalogue, type HeldEvent, REACTOR } from '../reactions/held/held-streams.events.js';

const commandsOf = ([event]: readonly HeldEvent[]): readonly Wish<HeldCommand>[] => {
  switch (event?.type) {
    case 'ReactionParked': {
      const { at: _at, ...parked } = event.data;
      return [{ type: 'ParkReaction', ...parked }];
    }
    case 'ReactionRetried':
      return [{ type: 'RetryReaction', ...event.data }];
    case 'ReactionDiscarded':
      return [{ type: 'DiscardReaction', ...event.data }];
    case 'StreamReleased':
      return [{ type: 'ReleaseStream', ...event.data }];
    case 'OutcomesDoubted':
      return [{ type: 'DoubtOutcomes', ...event.data }];
    case undefined:
      return [];
  }
};

/** What every service records about its own reactors. */
export const rehearsedHeldStreams: RehearsedAggregate = rehearsed({
  ...{ category: REACTOR, decider: heldDecider, catalogue: heldCatalogue },
  commandsOf,
});
