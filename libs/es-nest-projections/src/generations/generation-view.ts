import type { GenerationStatus } from '@ledgerline/es-core/generations';
import { z } from 'zod';

const progressAnswer = z.object({
  percent: z.int().describe('Of the log, rounded down.'),
  eventsPerSecond: z.int(),
  secondsLeft: z.int().optional().describe('Absent while nothing was applied yet.'),
});

export const generationAnswer = z.object({
  number: z.int(),
  revision: z.int().describe('The revision of the code that makes its documents.'),
  state: z.enum(['live', 'filling', 'previous']),
  standsStill: z.boolean().describe('Nobody folds it on here.'),
  parked: z.int().describe('Documents that are not folded on, see …/parked.'),
  progress: progressAnswer.optional(),
  heldBack: z
    .boolean()
    .optional()
    .describe('Filled, but with more parked documents than the live one: not switched to.'),
});

export const generationView = ({
  number,
  revision,
  state,
  isReadOnly,
  parked,
  progress,
  heldBack,
}: GenerationStatus): z.output<typeof generationAnswer> => ({
  ...{ number, revision, state, standsStill: isReadOnly, parked },
  ...(progress && { progress }),
  ...(heldBack && { heldBack }),
});
