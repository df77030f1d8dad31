import type { TopicRehearsal } from '@ledgerline/es-core/rehearsal';

/** A document that this code would make another one of, or would not make at all. */
export interface ChangedDocument {
  readonly id: string;
  readonly problem: string;
  readonly fields?: readonly string[] | undefined;
}

/** What a read model comes to when the log is folded by this code, beside the documents that answer now. */
export interface ReadModelRehearsal {
  readonly name: string;
  /** Of this code, and of the documents that answer; absent where none do. */
  readonly revision: number;
  readonly liveRevision?: number | undefined;
  readonly checked: number;
  readonly changedCount: number;
  /** The first 1,000. */
  readonly changed: readonly ChangedDocument[];
  /** Why the log could not be folded. */
  readonly failure?: string | undefined;
}

/** What a service found in a rehearsal. */
export interface ServiceRehearsal {
  readonly topics: readonly TopicRehearsal[];
  readonly readModels: readonly ReadModelRehearsal[];
}
