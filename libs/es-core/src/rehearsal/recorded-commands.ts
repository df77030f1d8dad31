import type { Commit, Counted } from '../chain/chain.js';
import { rawEventOf } from '../chain/raw-event.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';
import { rejectionIn } from '../writer/verdict.js';
import type { DecisionResult } from '../writer/submission.js';

/** What a command was answered, by what the log has of it. */
export interface RecordedCommand {
  readonly fingerprint: string;
  /** Its first record: an event, or that it was answered without one. */
  readonly first: RawEvent;
  readonly outcome: DecisionResult;
}

/** Where a stream's events lie in its partition, in their order. */
export interface EventPlaces {
  readonly offsets: number[];
  readonly ordinals: number[];
}

/** What one topic has of commands that followed from messages, and where the events of each stream lie. */
export class RecordedCommands {
  readonly #byId = new Map<string, RecordedCommand>();
  readonly #byCause = new Map<string, RecordedCommand[]>();
  readonly #places = new Map<string, EventPlaces>();

  take(commit: Commit): void {
    const [first] = commit;
    if (first.kind === 'event') this.#place(commit);
    if (mayFollowFromMessage(first)) this.#keep(commit);
  }

  find(stream: string, commandId: string): RecordedCommand | undefined {
    return this.#byId.get(keyOf(stream, commandId));
  }

  causedBy(messageId: string): readonly RecordedCommand[] {
    return this.#byCause.get(messageId) ?? [];
  }

  placesOf(stream: string): EventPlaces {
    return this.#places.get(stream) ?? { offsets: [], ordinals: [] };
  }

  #keep(commit: Commit): void {
    const [first] = commit;
    const recorded = { fingerprint: first.fingerprint, first: rawEventOf(first), outcome: outcomeOf(commit) };
    this.#byId.set(keyOf(first.key, first.commandId), recorded);
    const others = this.#byCause.get(first.causationId);
    if (others) others.push(recorded);
    else this.#byCause.set(first.causationId, [recorded]);
  }

  #place(commit: Commit): void {
    const [{ key }] = commit;
    const places = this.placesOf(key);
    for (const { offset, ordinal } of commit) {
      places.offsets.push(offset);
      places.ordinals.push(ordinal);
    }
    this.#places.set(key, places);
  }
}

/** Ids of messages hold an `@`. What was answered without an event is kept whoever sent it: no event says so. */
const mayFollowFromMessage = ({ kind, causationId }: Counted): boolean =>
  kind === 'verdict' || (kind === 'event' && causationId.includes('@'));

const keyOf = (stream: string, commandId: string): string => `${stream}\n${commandId}`;

const outcomeOf = (commit: Commit): DecisionResult => {
  const last = commit[commit.length - 1] ?? commit[0];
  const answered = { repeated: true, version: last.version, ordinal: last.ordinal };
  if (last.kind === 'event') return { ...answered, status: 'accepted', events: commit.map(rawEventOf) };
  const rejection = rejectionIn(last.value);
  return rejection ? { ...answered, status: 'rejected', rejection } : { ...answered, status: 'accepted', events: [] };
};
