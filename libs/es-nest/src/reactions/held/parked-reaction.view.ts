import { formatPosition, TEXT_FORM, textRule } from '@ledgerline/es-core';
import { z } from 'zod';
import { limitInQuery } from '../../http/fields.js';
import type { HeldIn } from './held-streams.js';

const reasonRule = 'must be a text of 1 to 1000 characters';

export const discardBody = z.strictObject({
  reason: z
    .string({ error: reasonRule })
    .trim()
    .min(1, { error: reasonRule })
    .max(1_000, { error: reasonRule })
    .regex(TEXT_FORM, { error: textRule }),
});
export const parkedReactionsQuery = z.strictObject({
  limit: limitInQuery,
  cursor: z.string().optional().describe('The `next` of an earlier answer.'),
});

export const parkedReaction = z.object({
  id: z.string().describe('For retry and discard; another one once the stream is held because of another message.'),
  reactor: z.string().describe('The service, and the topic.'),
  reactorName: z.string().optional().describe('Of a service that has several, each holds its own streams.'),
  topic: z.string(),
  stream: z.string().describe('What comes behind the message in it waits.'),
  message: z.object({ position: z.string(), type: z.string(), id: z.string() }),
  status: z.enum(['parked', 'retrying']),
  ...{ code: z.string(), reason: z.string() },
  since: z.iso.datetime(),
});
export const parkedReactions = z.object({ items: z.array(parkedReaction), next: z.string().optional() });
export const retriedReaction = z.object({
  id: z.string(),
  parked: parkedReaction.optional().describe('There where the stream is held still, or again, after five seconds.'),
});

export type ParkedReactionView = z.output<typeof parkedReaction>;

/** Where a stream is held, and because of which message. */
export interface ParkedId {
  /** Whose reactor holds it. */
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly stream: string;
  readonly messageId: string;
  /** Absent in ids of releases before 2027: whichever reactors hold it. */
  readonly reactor?: string | undefined;
}

const parts = z.tuple([z.string(), z.string(), z.int(), z.string(), z.string(), z.string().optional()]);

/** An id for URLs, opaque to everybody else. */
export const parkedIdOf = ({ service, topic, partition, stream, messageId, reactor }: ParkedId): string => {
  const named = [service, topic, partition, stream, messageId, ...(reactor === undefined ? [] : [reactor])];
  return Buffer.from(JSON.stringify(named)).toString('base64url');
};

/** What the id names; undefined where it is none. */
export const parkedIdIn = (text: string): ParkedId | undefined => {
  const { data } = parts.safeParse(jsonIn(Buffer.from(text, 'base64url').toString()));
  if (!data) return undefined;
  const [service, topic, partition, stream, messageId, reactor] = data;
  const id = { service, topic, partition, stream, messageId, ...(reactor !== undefined && { reactor }) };
  // Characters that base64url does not have are left out in reading: only the one spelling is taken.
  return parkedIdOf(id) === text ? id : undefined;
};

export const viewOf = (held: HeldIn, service: string): ParkedReactionView => {
  const { reactor, topic, partition, stream, message, status, code, reason, since } = held;
  const { id, type, ordinal } = message;
  return {
    ...{
      id: parkedIdOf({ service, topic, partition, stream, messageId: id, reactor }),
      reactor: `${service}/${topic}`,
      ...(reactor !== undefined && { reactorName: reactor }),
      topic,
      stream,
    },
    message: { position: formatPosition({ topic, partition, ordinal }), type, id },
    ...{ status, code, reason, since },
  };
};

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON is as much no id as other JSON is.
  }
};
