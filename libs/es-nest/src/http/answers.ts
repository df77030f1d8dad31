import { type AcceptedAnswer, type CommandAnswer, type DomainEvent, formatPosition, idOf } from '@ledgerline/es-core';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { OwnEventStore } from '../store/own-event-store.js';
import { Rejected } from './rejected.error.js';

/** What every write answers. */
export const written = z.object({
  id: z.string().describe('Of what was written.'),
  version: z.int().describe('Its version now; also in ETag.'),
  position: z.string().describe('Where the log is to have seen this, for X-Min-Position; also in X-Position.'),
});
export type Written = z.output<typeof written>;

const NONE: ReadonlySet<string> = new Set();

/** The answer of an accepted command. `retriable` names rules that may say yes later. @throws Rejected */
export const accepted = <E extends DomainEvent>(
  answer: CommandAnswer<E>,
  retriable: ReadonlySet<string> = NONE,
): AcceptedAnswer<E> => {
  if (answer.status === 'accepted') return answer;
  throw new Rejected(answer.rejection, retriable.has(answer.rejection.code));
};

/** What a write answers, its headers set. */
export const writtenAnswer = (
  reply: FastifyReply,
  { stream, version, position }: Pick<AcceptedAnswer<DomainEvent>, 'stream' | 'version' | 'position'>,
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
