import type { PlainAggregate } from '../aggregate/decider-of.js';
import type { Progress } from '../chain/chain-reader.js';
import type { Commit } from '../chain/chain.js';
import { rawEventOf } from '../chain/raw-event.js';
import type { ReaderState } from '../chain/reader-state.js';
import { type Recorded, recordedEvents } from '../recorded-event.js';
import { categoryOf } from '../stream-id.js';
import { DeadlineInvalid } from './deadline-invalid.error.js';

/** A command that one instance is given at a time, unless an event moves or clears that before. All of it is JSON. */
export interface Deadline {
  readonly stream: string;
  readonly command: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly dueAt: number;
  /** Id of the event that set it: what the command's id derives from. */
  readonly setBy: string;
  /** Of the conversation in which it was set. */
  readonly correlationId: string;
}

/** Of a command that a deadline gives: a repeat is known by it, whoever gives it again. */
export const commandIdOf = ({ setBy, command }: Deadline): string => `${setBy}.${command}`;

export interface DeadlineRules {
  readonly topic: string;
  readonly partition: number;
  /** Those that have deadlines, by their categories. */
  readonly aggregates: ReadonlyMap<string, PlainAggregate>;
}

/** The deadlines that one partition's events have set and not cleared, and how far the partition was read for that. */
export class OpenDeadlines {
  readonly #open = new Map<string, Deadline>();
  #state: ReaderState;

  constructor(
    private readonly rules: DeadlineRules,
    state: ReaderState,
    open: readonly Deadline[] = [],
  ) {
    this.#state = state;
    for (const deadline of open) this.#set(deadline);
  }

  get state(): ReaderState {
    return this.#state;
  }

  get all(): readonly Deadline[] {
    return [...this.#open.values()];
  }

  /** @throws DeadlineInvalid, and the errors of `recordedEvents` for events that set or clear a deadline */
  fold({ commits, state }: Pick<Progress, 'commits' | 'state'>): void {
    for (const commit of commits) this.#foldCommit(commit);
    this.#state = state;
  }

  /** False once it was cleared, moved, or removed. */
  isOpen(deadline: Deadline): boolean {
    return this.#open.get(keyOf(deadline)) === deadline;
  }

  /** Those whose time has come, the earliest first, and when the next one's does. */
  due(now: number): { readonly due: readonly Deadline[]; readonly next: number } {
    const due: Deadline[] = [];
    let next = Infinity;
    for (const deadline of this.#open.values())
      if (deadline.dueAt <= now) due.push(deadline);
      else next = Math.min(next, deadline.dueAt);
    return { due: due.sort((a, b) => a.dueAt - b.dueAt), next };
  }

  /** Its command was accepted. */
  remove(deadline: Deadline): void {
    if (this.isOpen(deadline)) this.#open.delete(keyOf(deadline));
  }

  #foldCommit(commit: Commit): void {
    const [{ kind, key: stream, commandId }] = commit;
    const aggregate = this.rules.aggregates.get(categoryOf(stream));
    if (!aggregate || kind !== 'event') return;
    const byCommand = Object.entries(aggregate.deadlines);
    for (const [command] of byCommand) this.#answered(stream, command, commandId);
    const wants = (type: string): boolean => byCommand.some(([, byEvent]) => type in byEvent);
    for (const event of recordedEvents(aggregate.catalogue, commit.map(rawEventOf), { ...this.rules, wants }))
      for (const [command, byEvent] of byCommand) this.#apply(event, command, byEvent[event.type]?.(event));
  }

  /** What its command records has ended a deadline, whatever is declared of it; the events may set the next one. */
  #answered(stream: string, command: string, commandId: string): void {
    const deadline = this.#open.get(keyOf({ stream, command }));
    if (deadline && commandIdOf(deadline) === commandId) this.remove(deadline);
  }

  #apply({ type, context }: Recorded, command: string, time: string | null | undefined): void {
    const { stream, id: setBy, correlationId } = context;
    if (time === undefined) return;
    if (time === null) this.#open.delete(keyOf({ stream, command }));
    else
      this.#set({
        stream,
        command,
        dueAt: timeOf(time) ?? invalid(command, `${type} ${setBy}`, time),
        setBy,
        correlationId,
      });
  }

  #set(deadline: Deadline): void {
    this.#open.set(keyOf(deadline), deadline);
  }
}

const keyOf = ({ stream, command }: Pick<Deadline, 'stream' | 'command'>): string => `${command} ${stream}`;

/** Without its zone a time is another one on another machine. */
const WITH_ZONE = /T.*(?:Z|[+-]\d\d:\d\d)$/;

const timeOf = (text: string): number | undefined => {
  const time = WITH_ZONE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
};

const invalid = (...facts: ConstructorParameters<typeof DeadlineInvalid>): never => {
  throw new DeadlineInvalid(...facts);
};
