import type { EventCatalogue } from '../catalogue.js';
import type { Commit } from '../chain/chain.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { messagesIn } from '../subscription/messages.js';
import type { ParkedMessage } from './parked-reactions.port.js';
import type { Message } from './reaction.js';

/** One message to be dealt with, or one that this code cannot read. */
export interface Work<E extends DomainEvent> extends ParkedMessage {
  readonly stream: string;
  /** Recorded time, ISO 8601. */
  readonly time: string;
  readonly characters: number;
  /** @throws Unreadable; NewerEvent when only newer code can read it, or can read all of it. */
  message(): Message<E>;
}

export interface WorkOptions<E extends DomainEvent> {
  readonly catalogue: EventCatalogue<E>;
  /** False for messages that nobody handles; they are passed over. */
  readonly wants: (type: string) => boolean;
  readonly place: { readonly topic: string; readonly partition: number };
}

/** What the commit is to be dealt with for, in order. What cannot be read fails when it is dealt with, and holds its stream alone. */
export const workIn = <E extends DomainEvent>(commit: Commit, options: WorkOptions<E>): readonly Work<E>[] => {
  try {
    const messages = messagesIn([commit], options, options.place);
    return messages.map((message, i) => {
      const { stream, time, id, ordinal } = message.context;
      const characters = i === 0 ? charactersOf(commit) : 0;
      return { ...{ stream, time, id, ordinal, type: message.type, characters }, message: () => message };
    });
  } catch (error) {
    return [unreadable(commit, error)];
  }
};

const unreadable = <E extends DomainEvent>(commit: Commit, error: unknown): Work<E> => {
  const [{ key: stream, id, type, ordinal, time }] = commit;
  const message = (): never => {
    throw error;
  };
  return { stream, id, type, ordinal, time, characters: charactersOf(commit), message };
};

const charactersOf = (commit: Commit): number => commit.reduce((sum, { value }) => sum + value.length, 0);
