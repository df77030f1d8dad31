import { accept, type CommandOf, type Decision, defineAggregate, type HeldStream, reject } from '@ledgerline/es-core';
import {
  type HeldEvent,
  heldEventsIn,
  outcomesDoubtedV1,
  reactionDiscardedV1,
  reactionParkedV1,
  reactionRetriedV1,
  REACTOR,
  streamReleasedV1,
} from './held-streams.events.js';

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
const NONE: HeldState = { streams: {} };

/** The streams that one reactor holds in one partition, recorded in the topic that its service writes. */
export const heldStreamsIn = (topic: string) =>
  defineAggregate({
    category: REACTOR,
    events: heldEventsIn(topic),
    commands: {
      ParkReaction: reactionParkedV1.omit({ at: true }),
      RetryReaction: reactionRetriedV1,
      DiscardReaction: reactionDiscardedV1,
      ReleaseStream: streamReleasedV1,
      DoubtOutcomes: outcomesDoubtedV1,
    },
    internal: ['ParkReaction', 'RetryReaction', 'DiscardReaction', 'ReleaseStream', 'DoubtOutcomes'],
    initialState: NONE,
    decide: {
      ParkReaction: (_state, { type: _type, reason, ...parked }) =>
        accept({
          type: 'ReactionParked',
          data: { ...parked, reason: reason.slice(0, MOST_CHARACTERS_OF_REASON).toWellFormed() },
        }),
      RetryReaction: (state, { stream, messageId }) =>
        whereHeld(state, { type: 'ReactionRetried', data: { stream, messageId } }),
      DiscardReaction: (state, { stream, messageId, reason }) =>
        whereHeld(state, { type: 'ReactionDiscarded', data: { stream, messageId, reason } }),
      ReleaseStream: (state, { stream }) =>
        state.streams[stream] ? accept({ type: 'StreamReleased', data: { stream } }) : accept(),
      DoubtOutcomes: ({ uncertainUntil = '' }, { until }) =>
        until <= uncertainUntil ? accept() : accept({ type: 'OutcomesDoubted', data: { until } }),
    },
    evolve: {
      ReactionParked(state, { data: { at: since, ...parked } }) {
        const { discarded = [] } = state.streams[parked.stream] ?? {};
        return held(state, { ...parked, since, discarded, status: 'parked' });
      },
      ReactionRetried(state, { data }) {
        const stream = state.streams[data.stream];
        return stream ? held(state, { ...stream, status: 'retrying' }) : state;
      },
      ReactionDiscarded(state, { data }) {
        const stream = state.streams[data.stream];
        if (!stream) return state;
        return held(state, { ...stream, discarded: [...stream.discarded, data.messageId], status: 'retrying' });
      },
      StreamReleased(state, { data }) {
        const { [data.stream]: _released, ...streams } = state.streams;
        return { ...state, streams };
      },
      OutcomesDoubted: (state, { data }) => ({ ...state, uncertainUntil: data.until }),
    },
    rehearse: {
      ReactionParked: ({ data: { at: _at, ...parked } }) => ({ type: 'ParkReaction', ...parked }),
      ReactionRetried: ({ data }) => ({ type: 'RetryReaction', ...data }),
      ReactionDiscarded: ({ data }) => ({ type: 'DiscardReaction', ...data }),
      StreamReleased: ({ data }) => ({ type: 'ReleaseStream', ...data }),
      OutcomesDoubted: ({ data }) => ({ type: 'DoubtOutcomes', ...data }),
    },
  });
export type HeldStreamsAggregate = ReturnType<typeof heldStreamsIn>;
export type HeldCommand = CommandOf<HeldStreamsAggregate>;

const held = (state: HeldState, stream: HeldSince): HeldState => ({
  ...state,
  streams: { ...state.streams, [stream.stream]: stream },
});

/** Asked of the message that was seen: by now the stream may go on, or be held because of another one. */
const whereHeld = (
  { streams }: HeldState,
  event: Extract<HeldEvent, { readonly data: { readonly messageId: string } }>,
): Decision<HeldEvent> => {
  const { stream, messageId } = event.data;
  const known = streams[stream];
  if (known?.message.id !== messageId)
    return reject('reaction-not-parked', `${stream} is not held because of ${messageId}; see GET /parked`);
  // Asking twice is the same as asking once.
  return known.status === 'retrying' ? accept() : accept(event);
};
