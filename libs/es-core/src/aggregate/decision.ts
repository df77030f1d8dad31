/** Something that happened, as the domain sees it today. Stored shapes of the past are led to it by upcasters. */
export interface DomainEvent {
  readonly type: string;
  readonly data: unknown;
}

/** What somebody wants. `at` is the decision's time, ISO 8601 UTC: the writer sets it, and it never goes back in a partition. */
export interface DomainCommand {
  readonly type: string;
  readonly at: string;
}

/** A rule said no: a value, not an error. `code` is stable and kebab-case; `reason` is for people. */
export interface Rejection {
  readonly code: string;
  readonly reason?: string;
}

export type Decision<E extends DomainEvent> =
  | { readonly events: readonly E[]; readonly rejection?: undefined }
  | { readonly events?: undefined; readonly rejection: Rejection };

/** The events to record, all or none. None: what is wanted is so already. */
export function accept(): { readonly events: readonly never[] };
export function accept<const E>(...events: readonly E[]): { readonly events: readonly E[] };
export function accept(...events: readonly unknown[]): { readonly events: readonly unknown[] } {
  return { events };
}

export const reject = (code: string, reason?: string): { readonly rejection: Rejection } => ({
  rejection: reason === undefined ? { code } : { code, reason },
});
