import type { Positions } from '@ledgerline/es-core';
import { z } from 'zod';

const eventPlace = z.object({
  position: z.string().describe('Where it lies: topic/partition@ordinal.'),
  stream: z.string(),
  version: z.int(),
  type: z.string(),
});

const divergence = z.object({
  id: z.string().describe("The document's."),
  problem: z
    .enum(['missing', 'extra', 'different'])
    .describe('The log gives one that is not there; there is one that the log does not give; they differ.'),
  fields: z
    .array(z.string())
    .optional()
    .describe('Where they differ; `positions` where it says that it has applied something else than it has.'),
  firstEvent: eventPlace
    .optional()
    .describe(
      'The event behind the last one up to which the log gives what is stored; where it never does, the one that first gave a field its right value for good. Absent where no event explains it.',
    ),
});

/** What a replay of the log says of a read model. */
export const verification = z.object({
  checked: z.int().describe('Documents that were compared.'),
  sample: z
    .object({ percent: z.number(), seed: z.string() })
    .optional()
    .describe('Which of the documents were looked at, beside those that are known to differ; absent where all were.'),
  passes: z.int().describe('How often the log was read to compare them all in bounded memory.'),
  divergentCount: z.int(),
  divergent: z.array(divergence).describe('The first 1,000 of them; the rest is only counted.'),
});

export type EventPlace = z.output<typeof eventPlace>;
export type Divergence = z.output<typeof divergence>;
export type Verification = z.output<typeof verification>;

/** How far a document is to be folded in a partition: as far as it says, and at least as far as the projection says. */
export const targetIn = (
  key: string,
  document: { readonly positions: Positions; readonly parked?: object } | undefined,
  applied: ReadonlyMap<string, number>,
): number => {
  const own = document?.positions[key] ?? 0;
  // Nothing was applied to a parked document since.
  return document?.parked ? own : Math.max(own, applied.get(key) ?? 0);
};
