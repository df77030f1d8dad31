import { type AcceptedAnswer, type AnyAggregate, type CommandAnswer, formatPosition, idOf } from '@ledgerline/es-core';
import { z } from 'zod';
import type { ServiceEventStore } from '../store/service-event-store.js';
import { Rejected } from './rejected.error.js';
import { type AnyReply, setHeaders } from './reply.js';

/** What every write answers. */
export const written = z.object({
  id: z.string().describe('Of what was written.'),
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
  reply: AnyReply,
  { stream, version, position }: Pick<AcceptedAnswer, 'stream' | 'version' | 'position'>,
): Written => {
  setHeaders(reply, { ETag: `"${version}"`, 'X-Position': position });
  return { id: idOf(stream), version, position };
};

/** Sets the headers of a view of `stream` at `version`, which is at least 1. */
export const viewHeaders = (reply: AnyReply, store: ServiceEventStore, stream: string, version: number): void => {
  const [last] = store.read(stream, { from: version, to: version });
  setHeaders(reply, { ETag: `"${version}"` });
  if (last) setHeaders(reply, { 'X-Position': formatPosition(store.positionOf(stream, last.ordinal)) });
};
