import { limitInQuery } from '@ledgerline/es-nest';
import { z } from 'zod';
import { placeOf } from './parked-id.js';

const cursorRule = 'must be the `next` of an earlier answer';

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
