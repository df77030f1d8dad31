import { type CommandAnswer, EsError } from '@ledgerline/es-core';
import { z } from 'zod';

/** What became of one command of `POST /commands`. */
export const verdictLine = z.object({
  id: z.string().nullable().describe('Of the command; null where the line has none.'),
  status: z.enum(['accepted', 'repeated', 'rejected']),
  code: z.string().optional().describe('Why it was rejected.'),
  detail: z.string().optional(),
  retriable: z.boolean().optional().describe('True where the same command may be accepted later.'),
  version: z.int().optional().describe("The stream's version after the command."),
  position: z.string().optional(),
});
export type VerdictLine = z.output<typeof verdictLine>;

export const verdictOf = (id: string, answer: CommandAnswer): VerdictLine => {
  const { version, position, repeated } = answer;
  if (answer.status === 'accepted') return { id, status: repeated ? 'repeated' : 'accepted', version, position };
  const { code, reason } = answer.rejection;
  const why = {
    code,
    ...(reason !== undefined && { detail: reason }),
    ...(answer.retriable && { retriable: true }),
  };
  return { id, status: 'rejected', ...why, version, position };
};

/** Undefined for an error of our own. */
export const failureOf = (id: string | null, error: unknown): VerdictLine | undefined => {
  if (!(error instanceof EsError)) return undefined;
  const { code, message: detail, retriable } = error;
  return { id, status: 'rejected', code, detail, ...(retriable && { retriable }) };
};
