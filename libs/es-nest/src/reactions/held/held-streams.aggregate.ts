import { accept, type CommandOf, type Decision, defineAggregate, reject } from '@ledgerline/es-core';
import type { BeginningInLog, HeldStream } from '@ledgerline/es-core/runtime';
import {
  type HeldEvent,
  heldEventsIn,
  heldStreamsAssignedV1,
  outcomesDoubtedV1,
  reactionDiscardedV1,
  reactionParkedV1,
  reactionRetriedV1,
  REACTOR,
  reactorBegunV1,
  streamReleasedV1,
} from './held-streams.events.js';

export interface HeldState {
  readonly streams: readonly HeldSince[];
  /** By the reactors' names: where those have begun that began at the end of the log. */
  readonly begun: Readonly<Record<string, BeginningInLog>>;
  /** Outcomes of effects of messages that were recorded until then may be lost. */
  readonly uncertainUntil?: string;
}

export interface HeldSince extends HeldStream, Holding {
  /** When it was parked because of this message, ISO 8601. */
  readonly since: string;
}

/** A stream, and which reactor holds it. */
interface Holding {
  /** Absent where it was recorded before each reactor held its own. */
  readonly reactor?: string | undefined;
  readonly stream: string;
}

const MOST_CHARACTERS_OF_REASON = 1_000;
const NONE: HeldState = { streams: [], begun: {} };

/** The streams that a service's reactors hold in one partition, and where these have begun in it; recorded in the topic that the service writes. */
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
      AssignHeldStreams: heldStreamsAssignedV1,
      BeginReactor: reactorBegunV1,
    },
    internal: [
      ...['ParkReaction', 'RetryReaction', 'DiscardReaction', 'ReleaseStream', 'DoubtOutcomes'],
      ...['AssignHeldStreams', 'BeginReactor'],
    ] as const,
    initialState: NONE,
    decide: {
      ParkReaction: (_state, { type: _type, reason, ...parked }) =>
        accept({
          type: 'ReactionParked',
          data: { ...parked, reason: reason.slice(0, MOST_CHARACTERS_OF_REASON).toWellFormed() },
        }),
      RetryReaction: (state, { reactor, stream, messageId }) =>
        whereHeld(state, { type: 'ReactionRetried', data: { reactor, stream, messageId } }),
      DiscardReaction: (state, { reactor, stream, messageId, reason }) =>
        whereHeld(state, { type: 'ReactionDiscarded', data: { reactor, stream, messageId, reason } }),
      ReleaseStream: ({ streams }, { reactor, stream }) =>
        streams.some(isHeldBy({ reactor, stream }))
          ? accept({ type: 'StreamReleased', data: { reactor, stream } })
          : accept(),
      DoubtOutcomes: ({ uncertainUntil = '' }, { until }) =>
        until <= uncertainUntil ? accept() : accept({ type: 'OutcomesDoubted', data: { until } }),
      AssignHeldStreams: ({ streams }, { reactors }) =>
        streams.some(isNobodys) ? accept({ type: 'HeldStreamsAssigned', data: { reactors } }) : accept(),
      BeginReactor: ({ begun }, { reactor, logId, ordinal }) =>
        begun[reactor]?.logId === logId
          ? accept()
          : accept({ type: 'ReactorBegun', data: { reactor, logId, ordinal } }),
    },
    evolve: {
      ReactionParked(state, { data: { at: since, ...parked } }) {
        const { discarded = [] } = state.streams.find(isHeldBy(parked)) ?? {};
        const others = state.streams.filter((one) => !isHeldBy(parked)(one));
        return { ...state, streams: [...others, { ...parked, since, discarded, status: 'parked' }] };
      },
      ReactionRetried: (state, { data }) => changed(state, data, (held) => ({ ...held, status: 'retrying' })),
      ReactionDiscarded: (state, { data }) =>
        changed(state, data, ({ discarded, ...held }) => ({
          ...{ ...held, status: 'retrying', discarded: [...discarded, data.messageId] },
        })),
      StreamReleased: (state, { data }) => ({
        ...{ ...state, streams: state.streams.filter((one) => !isHeldBy(data)(one)) },
      }),
      OutcomesDoubted: (state, { data }) => ({ ...state, uncertainUntil: data.until }),
      HeldStreamsAssigned: ({ streams, ...state }, { data: { reactors } }) => ({
        ...state,
        streams: streams.flatMap((one) => (isNobodys(one) ? reactors.map((reactor) => ({ ...one, reactor })) : [one])),
      }),
      ReactorBegun: (state, { data: { reactor, ...beginning } }) => ({
        ...{ ...state, begun: { ...state.begun, [reactor]: beginning } },
      }),
    },
    rehearse: {
      ReactionParked: ({ data: { at: _at, ...parked } }) => ({ type: 'ParkReaction', ...parked }),
      ReactionRetried: ({ data }) => ({ type: 'RetryReaction', ...data }),
      ReactionDiscarded: ({ data }) => ({ type: 'DiscardReaction', ...data }),
      StreamReleased: ({ data }) => ({ type: 'ReleaseStream', ...data }),
      OutcomesDoubted: ({ data }) => ({ type: 'DoubtOutcomes', ...data }),
      HeldStreamsAssigned: ({ data }) => ({ type: 'AssignHeldStreams', ...data }),
      ReactorBegun: ({ data }) => ({ type: 'BeginReactor', ...data }),
    },
  });
export type HeldStreamsAggregate = ReturnType<typeof heldStreamsIn>;
export type HeldCommand = CommandOf<HeldStreamsAggregate>;

const isHeldBy =
  ({ reactor, stream }: Holding) =>
  (held: HeldSince): boolean =>
    held.stream === stream && held.reactor === reactor;

const isNobodys = ({ reactor }: HeldSince): boolean => reactor === undefined;

/** Without a reactor it is asked of all that hold the stream because of the message. */
const isMeant =
  ({ reactor, stream, messageId }: Holding & { readonly messageId: string }) =>
  (held: HeldSince): boolean =>
    held.stream === stream && held.message.id === messageId && (reactor === undefined || held.reactor === reactor);

const changed = (
  state: HeldState,
  meant: Parameters<typeof isMeant>[0],
  change: (held: HeldSince) => HeldSince,
): HeldState => ({ ...state, streams: state.streams.map((one) => (isMeant(meant)(one) ? change(one) : one)) });

/** Asked of the message that was seen: by now the stream may go on, or be held because of another one. */
const whereHeld = (
  { streams }: HeldState,
  event: Extract<HeldEvent, { readonly data: { readonly messageId: string } }>,
): Decision<HeldEvent> => {
  const { stream, messageId } = event.data;
  const meant = streams.filter(isMeant(event.data));
  if (meant.length === 0)
    return reject('reaction-not-parked', `${stream} is not held because of ${messageId}; see GET /parked`);
  // Asking twice is the same as asking once.
  return meant.every(({ status }) => status === 'retrying') ? accept() : accept(event);
};
