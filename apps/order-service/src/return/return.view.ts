import type { ReturnRegistered } from '@ledgerline/events';
import type { ReturnState } from './return.aggregate.js';

/** What the service answers about a return. */
export type ReturnView = ReturnRegistered['data'] & { readonly status: 'registered' };

/** Undefined for a return that does not exist. */
export const returnView = (state: ReturnState): ReturnView | undefined =>
  state.status === 'absent' ? undefined : { ...state.registered, status: state.status };
