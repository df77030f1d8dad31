import { accept, defineAggregate } from '@ledgerline/es-core';
import { type PersonalDataForgotten, reasonField, subjectEvents } from '@ledgerline/events';
import { z } from 'zod';

export type SubjectState =
  { readonly status: 'known' } | { readonly status: 'forgotten'; readonly forgotten: PersonalDataForgotten['data'] };

/** Somebody whom personal data is about. Of this the log knows only that it was forgotten. */
export const subject = defineAggregate({
  category: 'subject',
  events: subjectEvents,
  commands: {
    ForgetSubject: z
      .strictObject({ reason: reasonField.optional() })
      .describe('Forgets the person. The reason stays for ever: it says nothing about the person.'),
  },
  // There has to be personal data of the subject, which the log does not say.
  internal: ['ForgetSubject'],
  idFields: { ForgetSubject: 'subject' },
  initialState: { status: 'known' } as SubjectState,
  decide: {
    ForgetSubject(state, { subject, reason, at }) {
      // Forgetting twice changes nothing.
      if (state.status === 'forgotten') return accept();
      const data = { subject, forgottenAt: at };
      return accept({ type: 'PersonalDataForgotten', data: reason === undefined ? data : { ...data, reason } });
    },
  },
  evolve: { PersonalDataForgotten: (_state, { data }) => ({ status: 'forgotten', forgotten: data }) },
  rehearse: { PersonalDataForgotten: ({ data: { reason } }) => ({ type: 'ForgetSubject', reason }) },
});
