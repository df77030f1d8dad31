import { type EventCatalogue, type EventType, eventCatalogue, eventType } from '@ledgerline/es-core';
import { z } from 'zod';
import type { EventOf } from './messages.js';
import { storedId, storedText, storedTime } from './stored-fields.js';

/** Somebody whom personal data is about. */
export const SUBJECT = 'subject';

export const personalDataForgottenV1 = z
  .object({
    subject: storedId.describe('A customer.'),
    reason: storedText.optional().describe('Says nothing about the person.'),
    forgottenAt: storedTime,
  })
  .describe("The key of the subject's personal data is destroyed. Who wanted it is the event's actor.");

export type PersonalDataForgotten = EventOf<'PersonalDataForgotten', typeof personalDataForgottenV1>;
export type SubjectEvent = PersonalDataForgotten;

export const subjectEventTypes: readonly EventType<SubjectEvent>[] = [
  eventType<PersonalDataForgotten>('PersonalDataForgotten', [personalDataForgottenV1]),
];

/** What a subject's own stream holds. */
export const subjectCatalogue: EventCatalogue<SubjectEvent> = eventCatalogue(subjectEventTypes);
