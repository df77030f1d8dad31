import type { CommandAnswer, CommandHandler } from '../aggregate/command-handler.js';
import { plain, type PlainAggregate } from '../aggregate/decider-of.js';
import type { Rejection } from '../aggregate/decision.js';
import type { AnyAggregate } from '../aggregate/define-aggregate.js';
import { revisionOf } from '../aggregate/stream-states.js';
import { beforeGenesis } from '../chain/chain.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { EventStore } from '../event-store.js';
import { fingerprintOf } from '../fingerprint.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import { partitionOf } from '../partition-hash.js';
import type { Platform } from '../platform.js';
import { checked } from '../schema.js';
import { categoryOf, idOf } from '../stream-id.js';
import type { StreamIndex } from '../stream-index/stream-index.port.js';
import { commandIdOf, type Deadline, OpenDeadlines } from './open-deadlines.js';
import { PartitionDeadlines } from './partition-deadlines.js';

type Handler = Pick<CommandHandler<AnyAggregate>, 'send'>;

export interface DeadlineRunnerOptions {
  /** Those of one topic that have deadlines, with what handles their commands in this instance. */
  readonly aggregates: readonly { readonly aggregate: AnyAggregate; readonly handler: Handler }[];
  readonly log: PartitionedLog;
  /** Keeps the note of how far the log was read; without one it is read from its beginning. */
  readonly index: Pick<StreamIndex, 'note' | 'writeNote'>;
  readonly store: Pick<EventStore, 'logId' | 'heads' | 'isMine'>;
  readonly platform: Platform;
  readonly onRejected: (deadline: Deadline, rejection: Rejection) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** The note in the index; its readers' states come by partition, under `states`. */
export const DEADLINES_NOTE = 'deadlines';
const SAVE_EVERY_MS = 10_000;

interface Note {
  readonly revision: string;
  readonly states: readonly (ReaderState | null)[];
  readonly open: readonly Deadline[];
}

export const hasDeadlines = (aggregate: AnyAggregate): boolean => Object.keys(plain(aggregate).deadlines).length > 0;

/**
 * Gives the commands that aggregates declare under `deadlines` when they are due: never before their time by the clock of this instance,
 * mostly within a second of it, over restarts, and at least once under the id `<event that set it>.<command>`. Every instance knows all
 * deadlines, and the preferred writer of a stream gives its commands. One that is rejected, or fails, is given again, up to a minute apart,
 * until an event moves or clears its deadline.
 */
export class DeadlineRunner {
  readonly #aggregates: ReadonlyMap<string, PlainAggregate>;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #revision: string;
  readonly #deadlines: readonly OpenDeadlines[];
  readonly #partitions: readonly PartitionDeadlines[];
  #cancelSave: (() => void) | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(private readonly options: DeadlineRunnerOptions) {
    const { aggregates, log, platform } = options;
    this.#aggregates = new Map(aggregates.map(({ aggregate }) => [aggregate.category, plain(aggregate)]));
    this.#handlers = new Map(aggregates.map(({ aggregate, handler }) => [aggregate.category, handler]));
    this.#revision = fingerprintOf(
      platform,
      [...this.#aggregates.values()].map((one) => revisionOf(one, platform)),
    );
    const note = this.#storedNote();
    this.#deadlines = Array.from({ length: log.partitions }, (_, partition) => this.#restored(partition, note));
    this.#partitions = this.#deadlines.map((deadlines, partition) => this.#partition(deadlines, partition));
  }

  start(): void {
    for (const partition of this.#partitions) partition.start();
  }

  /** Lets what is under way end, and writes the note. */
  async close(): Promise<void> {
    await Promise.all(this.#partitions.map((partition) => partition.close()));
    this.#cancelSave?.();
    await this.#saving;
    await this.#save();
  }

  /** Why a partition is not followed any more, if one is not. */
  get failure(): unknown {
    return this.#partitions.find(({ failure }) => failure !== undefined)?.failure;
  }

  #partition(deadlines: OpenDeadlines, partition: number): PartitionDeadlines {
    const { log, platform, store, onTrouble } = this.options;
    return new PartitionDeadlines({
      ...{ log, partition, platform, deadlines, onTrouble },
      head: () => store.heads()[partition]?.ordinal ?? 0,
      isMine: (stream) => store.isMine(stream),
      give: (deadline) => this.#give(deadline),
      onAdvance: () => this.#saveSoon(),
    });
  }

  async #give(deadline: Deadline): Promise<boolean> {
    try {
      const answer = await this.#send(deadline);
      if (answer.status === 'rejected') this.options.onRejected(deadline, answer.rejection);
      return answer.status === 'accepted';
    } catch (error) {
      this.options.onTrouble(error);
      return false;
    }
  }

  #send(deadline: Deadline): Promise<CommandAnswer> {
    const { stream, command, setBy, correlationId } = deadline;
    const category = categoryOf(stream);
    const [handler, schema] = [this.#handlers.get(category), this.#aggregates.get(category)?.commands[command]];
    const fields = schema && checked(schema, {}, command);
    if (!handler || !fields || fields.issues) throw new Error(`${command} of ${stream} cannot be given`);
    const metadata = { commandId: commandIdOf(deadline), correlationId, causationId: setBy };
    const actor = `system:${category}-expiry`;
    return handler.send(idOf(stream), { ...(fields.value as object), type: command }, { ...metadata, actor });
  }

  #restored(partition: number, note: Note | undefined): OpenDeadlines {
    const { log, store } = this.options;
    const state = note?.states[partition] ?? undefined;
    const open = state && note?.open.filter(({ stream }) => partitionOf(stream, log.partitions) === partition);
    const rules = { topic: log.topic, partition, aggregates: this.#aggregates };
    return new OpenDeadlines(rules, state ?? beforeGenesis(store.logId), open);
  }

  /** One of another log, or of code that may take another event for a deadline, is of no use. */
  #storedNote(): Note | undefined {
    const { index, store } = this.options;
    const note = JSON.parse(index.note(DEADLINES_NOTE) ?? 'null') as Note | null;
    const isOfThis = note?.revision === this.#revision && note.states.every((one) => !one || one.logId === store.logId);
    return note && isOfThis ? note : undefined;
  }

  #saveSoon(): void {
    this.#cancelSave ??= this.options.platform.setTimer(SAVE_EVERY_MS, () => {
      this.#cancelSave = undefined;
      this.#saving = this.#saving.then(() => this.#save()).catch(this.options.onTrouble);
    });
  }

  async #save(): Promise<void> {
    const states = this.#deadlines.map(({ state }) => (state.ordinal === 0 ? null : state));
    const open = this.#deadlines.flatMap(({ all }) => all);
    const note: Note = { revision: this.#revision, states, open };
    await this.options.index.writeNote(DEADLINES_NOTE, JSON.stringify(note));
  }
}
