import { plain, type PlainAggregate } from '../aggregate/decider-of.js';
import type { AnyAggregate } from '../aggregate/define-aggregate.js';
import type { EventCatalogue } from '../catalogue.js';
import type { Commit } from '../chain/chain.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { EsError, LogDiverged, LogUnavailable } from '../errors.js';
import type { Platform } from '../platform.js';
import { formatPosition } from '../position.js';
import { type Work, workIn } from '../reactor/partition-work.js';
import type { Message, Reaction } from '../reactor/reaction.js';
import { categoryOf } from '../stream-id.js';
import { commandDifference } from './command-difference.js';
import type { RecordedCommand } from './recorded-commands.js';
import { NothingRecorded, type RehearsedStore, type SentCommand } from './rehearsed-store.js';
import type { RehearsalFinding } from './rehearsal-finding.js';

interface Options {
  readonly store: RehearsedStore;
  readonly platform: Platform;
  readonly aggregates: readonly AnyAggregate[];
}

/** Where a message was read, and what is done because of it. */
interface Place {
  readonly catalogue: EventCatalogue<DomainEvent>;
  readonly reactionsTo: (type: string) => readonly Reaction[];
  readonly topic: string;
  readonly partition: number;
}

/** Messages of one commit that share an id, and what has become of them. */
interface Dealt {
  readonly messages: Message[];
  readonly sent: SentCommand[];
  /** False where a part of what follows from them was not done again, so that nothing can be missed. */
  isWhole: boolean;
}

/** Does reactions again, on a store that answers their commands as these were answered. Effects are left out. */
export class ReactionRehearsal {
  readonly counts = { reactions: 0, notRehearsed: 0 };
  readonly #aggregates: ReadonlyMap<string, PlainAggregate>;

  constructor(private readonly options: Options) {
    this.#aggregates = new Map(options.aggregates.map((one) => [one.category, plain(one)]));
  }

  /** What would differ in what follows from the commit, if anything would. */
  async take(commit: Commit, { catalogue, reactionsTo, ...place }: Place): Promise<readonly RehearsalFinding[]> {
    const wants = (type: string): boolean => reactionsTo(type).length > 0;
    const findings: RehearsalFinding[] = [];
    // What was stored as one event shares its id: what was recorded because of it followed from all of them.
    const dealt = new Map<string, Dealt>();
    for (const work of workIn(commit, { catalogue, place, wants })) {
      const one = dealt.get(work.id) ?? { messages: [], sent: [], isWhole: true };
      findings.push(...(await this.#deal(work, one, reactionsTo)));
      dealt.set(work.id, one);
    }
    for (const one of dealt.values()) if (one.isWhole) findings.push(...this.#missedIn(one));
    return findings;
  }

  async #deal(
    work: Work<DomainEvent>,
    dealt: Dealt,
    reactionsTo: Place['reactionsTo'],
  ): Promise<readonly RehearsalFinding[]> {
    const message = readable(work);
    if (!message) {
      dealt.isWhole = false;
      this.counts.notRehearsed += 1;
      return [];
    }
    dealt.messages.push(message);
    const findings: RehearsalFinding[] = [];
    for (const reaction of reactionsTo(message.type)) {
      const failure = await this.#doAgain(reaction, message, dealt);
      const sent = this.options.store.takeSent();
      dealt.sent.push(...sent);
      findings.push(...sent.flatMap((one) => this.#compared(one, message)), ...failure);
    }
    return findings;
  }

  /** What keeps the reaction from being done, where that is no want of what only a running service has. */
  async #doAgain({ effect, react }: Reaction, message: Message, dealt: Dealt): Promise<readonly RehearsalFinding[]> {
    try {
      if (!effect) await react(message);
      else this.#leaveOut(dealt);
      return [];
    } catch (error) {
      if (error instanceof LogUnavailable || error instanceof LogDiverged) throw error;
      if (error instanceof NothingRecorded) return [];
      this.#leaveOut(dealt);
      if (error instanceof EsError && error.retriable) return [];
      return [failed(message, error)];
    }
  }

  #leaveOut(dealt: Dealt): void {
    dealt.isWhole = false;
    this.counts.notRehearsed += 1;
  }

  #compared({ stream, command, recorded }: SentCommand, message: Message): readonly RehearsalFinding[] {
    // A sealed command cannot be compared without its subject's key, nor one with what somebody else sent under its id.
    const isSame = recorded?.first.causationId === message.context.id && !recorded.fingerprint.includes('.');
    if (!recorded || !isSame) {
      this.counts.notRehearsed += 1;
      return [];
    }
    this.counts.reactions += 1;
    const { platform } = this.options;
    const aggregate = this.#aggregates.get(categoryOf(stream));
    const difference = commandDifference(recorded, command.command, { aggregate, platform });
    if (difference === undefined) return [];
    const detail = `${nameOf(message)} leads to it ${difference}`;
    return [this.#finding(recorded, command.command.type, detail)];
  }

  /** What was recorded of commands under ids that derive from the messages, and does not follow from them any more. */
  #missedIn({ messages, sent }: Dealt): readonly RehearsalFinding[] {
    const [message] = messages;
    if (!message) return [];
    const { id } = message.context;
    const now = sent.map(({ stream, command }) => `${command.command.type} (${stream})`).join(', ') || 'nothing';
    return this.options.store.commands.causedBy(id).flatMap((recorded) => {
      const { stream, commandId } = recorded.first;
      const isDerived = commandId.startsWith(`${id}.`);
      if (!isDerived || sent.some((one) => one.stream === stream && one.command.metadata.commandId === commandId))
        return [];
      return [this.#finding(recorded, commandId.slice(id.length + 1), `${nameOf(message)} leads to ${now} instead`)];
    });
  }

  #finding({ first: { stream, version, ordinal } }: RecordedCommand, type: string, detail: string): RehearsalFinding {
    const position = formatPosition(this.options.store.positionOf(stream, ordinal));
    return { problem: 'reaction-changed', stream, version, type, position, detail };
  }
}

const nameOf = ({ type, context }: Message): string => `${type} ${context.id}`;

/** Undefined where this code cannot read it, or not all of it: whoever owns its topic finds that. */
const readable = (work: Work<DomainEvent>): Message | undefined => {
  try {
    return work.message();
  } catch (error) {
    if (error instanceof EsError) return undefined;
    throw error;
  }
};

const failed = ({ type, context }: Message, error: unknown): RehearsalFinding => {
  const { stream, version } = context;
  const reason = error instanceof Error ? error.message : String(error);
  return {
    ...{ problem: 'reaction-changed', stream, version, type, position: formatPosition(context) },
    detail: `what follows from it fails: ${reason}`,
  };
};
