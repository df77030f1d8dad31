import { defineEvents, type NewEventOf } from '@ledgerline/es-core';
import { z } from 'zod';

/* What a service records about its own reactors, in the topic that it writes: as durable as the log, and seen by every instance. */

export const REACTOR = 'reactor';

/** A partition of a topic, as the id of what is recorded about it. */
export const partitionId = (topic: string, partition: number): string => `${topic}.${partition}`;

const message = z.object({ id: z.string(), type: z.string(), ordinal: z.int() });
const place = z.object({
  ...{ logId: z.string(), ordinal: z.int(), head: z.string(), headOffset: z.int(), time: z.string() },
});

/** Whose stream it is; absent where it was recorded before 2027, when all reactors of a service were one. */
const reactor = z.string().optional();

export const reactionParkedV1 = z
  .object({
    reactor,
    stream: z.string().describe('What comes behind the message in it waits.'),
    message: message.describe('The message that could not be dealt with.'),
    from: place.describe('Where reading begins to find the message again.'),
    ...{ code: z.string(), reason: z.string() },
    at: z.string(),
  })
  .describe('A reaction failed in a way that cannot pass by itself.');
export const reactionRetriedV1 = z
  .object({ reactor, stream: z.string(), messageId: z.string() })
  .describe('Somebody wants the stream to go on, with the message because of which it is held.');
export const reactionDiscardedV1 = z
  .object({ reactor, stream: z.string(), messageId: z.string(), reason: z.string() })
  .describe('Somebody wants the stream to go on without the message: what follows from it is never done.');
export const streamReleasedV1 = z
  .object({ reactor, stream: z.string() })
  .describe('What was held of the stream has been dealt with.');
export const outcomesDoubtedV1 = z
  .object({ until: z.string() })
  .describe('The log lost its end: outcomes of effects of messages that were recorded until then may be lost.');
export const heldStreamsAssignedV1 = z
  .object({ reactors: z.array(z.string()) })
  .describe('Streams that are held and name no reactor are held by each of these.');
export const reactorBegunV1 = z
  .object({ reactor: z.string(), logId: z.string(), ordinal: z.int() })
  .describe('A reactor begins behind the record that was the last one when it was first seen.');

/** As they are stored in the topic that the service writes. */
export const heldEventsIn = (topic: string) =>
  defineEvents(topic, {
    ReactionParked: reactionParkedV1,
    ReactionRetried: reactionRetriedV1,
    ReactionDiscarded: reactionDiscardedV1,
    StreamReleased: streamReleasedV1,
    OutcomesDoubted: outcomesDoubtedV1,
    HeldStreamsAssigned: heldStreamsAssignedV1,
    ReactorBegun: reactorBegunV1,
  });
export type HeldEvents = ReturnType<typeof heldEventsIn>;
export type HeldEvent = NewEventOf<HeldEvents>;
