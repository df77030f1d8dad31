import { limitInQuery } from '@ledgerline/es-nest';
import { z } from 'zod';
import { placeOf } from './parked-id.js';

const cursorRule = 'must be the `next` of an earlier answer';
const reasonRule = 'must be a text of 1 to 1000 characters';

export const parkedQuery = z.strictObject({
  projection: z.string().optional(),
  limit: limitInQuery,
  cursor: z
    .string({ error: cursorRule })
    .transform((text, context) => {
      const place = placeOf(text);
      if (!place) context.addIssue({ code: 'custom', message: cursorRule });
      return place ?? z.NEVER;
    })
    .optional(),
});

export const discardBody = z.strictObject({
  reason: z.string({ error: reasonRule }).trim().min(1, { error: reasonRule }).max(1_000, { error: reasonRule }),
});
