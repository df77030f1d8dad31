import {
  accept,
  type Decider,
  type Decision,
  type HeldStream,
  ignoreUnknown,
  type ParkedReaction,
  reject,
  unreachable,
} from '@ledgerline/es-core';
import type { HeldEvent } from './held-streams.events.js';

export type HeldCommand = { readonly at: string } & (
  | ({ readonly type: 'ParkReaction' } & ParkedReaction)
  | { readonly type: 'RetryReaction'; readonly stream: string; readonly messageId: string }
  | { readonly type: 'DiscardReaction'; readonly stream: string; readonly messageId: string; readonly reason: string }
  | { readonly type: 'ReleaseStream'; readonly stream: string }
  | { readonly type: 'DoubtOutcomes'; readonly until: string }
);

export interface HeldState {
  readonly streams: Readonly<Record<string, HeldSince>>;
  /** Outcomes of effects of messages that were recorded until then may be lost. */
  readonly uncertainUntil?: string;
}

export interface HeldSince extends HeldStream {
  /** When it was parked because of this message, ISO 8601. */
  readonly since: string;
}

const MOST_CHARACTERS_OF_REASON = 1_000;

/** The streams that one reactor holds in one partition. */
export const heldDecider: Decider<HeldState, HeldCommand, HeldEvent> = {
  initialState: { streams: {} },

  decide(state, command) {
    switch (command.type) {
      case 'ParkReaction': {
        const { type: _type, reason, ...parked } = command;
        const data = { ...parked, reason: reason.slice(0, MOST_CHARACTERS_OF_REASON).toWellFormed() };
        return accept({ type: 'ReactionParked', data });
      }
      case 'RetryReaction': {
        const { stream, messageId } = command;
        return whereHeld(state, command, { type: 'ReactionRetried', data: { stream, messageId } });
      }
      case 'DiscardReaction': {
        const { stream, messageId, reason } = command;
        return whereHeld(state, command, { type: 'ReactionDiscarded', data: { stream, messageId, reason } });
      }
      case 'ReleaseStream': {
        const { stream } = command;
        return state.streams[stream] ? accept({ type: 'StreamReleased', data: { stream } }) : accept();
      }
      case 'DoubtOutcomes':
        if (command.until <= (state.uncertainUntil ?? '')) return accept();
        return accept({ type: 'OutcomesDoubted', data: { until: command.until } });
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'ReactionParked': {
        const { at: since, ...parked } = event.data;
        const { discarded = [] } = state.streams[parked.stream] ?? {};
        return held(state, { ...parked, since, discarded, status: 'parked' });
      }
      case 'ReactionRetried': {
        const stream = state.streams[event.data.stream];
        return stream ? held(state, { ...stream, status: 'retrying' }) : state;
      }
      case 'ReactionDiscarded': {
        const stream = state.streams[event.data.stream];
        if (!stream) return state;
        const discarded = [...stream.discarded, event.data.messageId];
        return held(state, { ...stream, discarded, status: 'retrying' });
      }
      case 'StreamReleased': {
        const { [event.data.stream]: _released, ...streams } = state.streams;
        return { ...state, streams };
      }
      case 'OutcomesDoubted':
        return { ...state, uncertainUntil: event.data.until };
      default:
        return ignoreUnknown(event, state);
    }
  },
};

const held = (state: HeldState, stream: HeldSince): HeldState => ({
  ...state,
  streams: { ...state.streams, [stream.stream]: stream },
});

/** Asked of the message that was seen: by now the stream may go on, or be held because of another one. */
const whereHeld = (
  { streams }: HeldState,
  { stream, messageId }: { readonly stream: string; readonly messageId: string },
  event: HeldEvent,
): Decision<HeldEvent> => {
  const known = streams[stream];
  if (known?.message.id !== messageId)
    return reject('reaction-not-parked', `${stream} is not held because of ${messageId}; see GET /parked`);
  // Asking twice is the same as asking once.
  return known.status === 'retrying' ? accept() : accept(event);
};
