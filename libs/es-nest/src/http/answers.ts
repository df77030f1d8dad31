import { type AcceptedAnswer, type AnyAggregate, type CommandAnswer, formatPosition, idOf } from '@ledgerline/es-core';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { OwnEventStore } from '../store/own-event-store.js';
import { Rejected } from './rejected.error.js';

/** What every write answers. */
export const written = z.object({
  id: z.string().describe('Of the cart, order, return or payment that was written.'),
  version: z.int().describe('Its version now; also in ETag.'),
  position: z.string().describe('Where the log is to have seen this, for X-Min-Position; also in X-Position.'),
});
export type Written = z.output<typeof written>;

/** The answer of an accepted command. @throws Rejected */
export const accepted = <A extends AnyAggregate>(answer: CommandAnswer<A>): AcceptedAnswer<A> => {
  if (answer.status === 'accepted') return answer;
  throw new Rejected(answer.rejection, answer.retriable);
};

/** What a write answers, its headers set. */
export const writtenAnswer = (
  reply: FastifyReply,
  { stream, version, position }: Pick<AcceptedAnswer, 'stream' | 'version' | 'position'>,
): Written => {
  void reply.headers({ ETag: `"${version}"`, 'X-Position': position });
  return { id: idOf(stream), version, position };
};

/** Sets the headers of a view of `stream` at `version`, which is at least 1. */
export const viewHeaders = (reply: FastifyReply, store: OwnEventStore, stream: string, version: number): void => {
  const [last] = store.read(stream, { from: version, to: version });
  void reply.header('ETag', `"${version}"`);
  if (last) void reply.header('X-Position', formatPosition(store.positionOf(stream, last.ordinal)));
};
