/** The key of one subject's personal data, encrypted under a master key. */
export interface WrappedKey {
  /** Whose data it is: an id, as ids of streams are. */
  readonly subject: string;
  readonly wrapped: string;
  /** Id of the master key that it is wrapped with. */
  readonly masterKey: string;
}

/** What is left of a subject whose key was destroyed. */
export interface ForgottenSubject {
  readonly subject: string;
  /** ISO 8601 UTC. */
  readonly forgottenAt: string;
}

export type StoredKey = WrappedKey | ForgottenSubject;

export const isForgotten = (stored: StoredKey): stored is ForgottenSubject => 'forgottenAt' in stored;

/**
 * The wrapped keys by subject. Every write is durable when it resolves: what is encrypted with a key that was lost is lost.
 * Several handles, also of other processes, may work on one store; each sees at once what another's write has resolved.
 */
export interface KeyStore {
  /** What is stored of the subject, `offered` where nothing was. Of several at the same time one wins, and all are given that. */
  getOrAdd(offered: WrappedKey): Promise<StoredKey>;
  /** By subject; those of whom nothing is stored are left out. */
  find(subjects: readonly string[]): Promise<ReadonlyMap<string, StoredKey>>;
  /**
   * Destroys the subject's key for ever: there will never be another. Also where there was none; a repeat answers the time
   * of the first.
   */
  destroy(subject: string, at: string): Promise<ForgottenSubject>;
  /** In the order of subjects from behind `after`, at most `limit`. */
  list(range: { readonly after?: string; readonly limit: number }): Promise<readonly StoredKey[]>;
  /** Replaces the wrapping of a key; false where it is not wrapped as in `before` any more. */
  rewrap(before: WrappedKey, after: WrappedKey): Promise<boolean>;
  /** The ids of the master keys that keys are wrapped with. */
  masterKeys(): Promise<readonly string[]>;
  close(): Promise<void>;
}
