import { defineEvents, type NewEventOf } from '@ledgerline/es-core';
import { z } from 'zod';
import { storedId, storedText, storedTime } from './stored-fields.js';

/** What the stream of somebody holds whom personal data is about. */
export const subjectEvents = defineEvents('orders.events', {
  PersonalDataForgotten: z
    .object({
      subject: storedId.describe('A customer.'),
      reason: storedText.optional().describe('Says nothing about the person.'),
      forgottenAt: storedTime,
    })
    .describe("The key of the subject's personal data is destroyed. Who wanted it is the event's actor."),
});

export type PersonalDataForgotten = NewEventOf<typeof subjectEvents, 'PersonalDataForgotten'>;
