import { accept, type Decider } from '@ledgerline/es-core';
import type { PersonalDataForgotten, SubjectEvent } from '@ledgerline/events';
import type { ForgetSubject } from './subject.commands.js';

export type SubjectState =
  { readonly status: 'known' } | { readonly status: 'forgotten'; readonly forgotten: PersonalDataForgotten['data'] };

/** Somebody whom personal data is about. Of this the log knows only that it was forgotten. */
export const subjectDecider: Decider<SubjectState, ForgetSubject, SubjectEvent> = {
  initialState: { status: 'known' },

  decide(state, { subject, reason, at }) {
    // Forgetting twice is the same wish twice.
    if (state.status === 'forgotten') return accept();
    const data = { subject, forgottenAt: at };
    return accept({ type: 'PersonalDataForgotten', data: reason === undefined ? data : { ...data, reason } });
  },

  evolve: (_state, event) => ({ status: 'forgotten', forgotten: event.data }),
};
