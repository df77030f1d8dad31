import type { AggregateStore, ForwardedCommand } from '../aggregate/command-handler.js';
import { toEnvelope } from '../chain/envelope.js';
import { recordAt } from '../chain/place-in-chain.js';
import { rawEventOf } from '../chain/raw-event.js';
import { EsError, LogUnavailable } from '../errors.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import { partitionOf } from '../partition-hash.js';
import type { Platform } from '../platform.js';
import type { Position } from '../position.js';
import { commitsIn } from '../stream-index/commits-in.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';
import type { DecisionResult, StreamFold } from '../writer/submission.js';
import { type RecordedCommand, RecordedCommands } from './recorded-commands.js';

/** A command that a reaction has sent again, and what is recorded of it under its id, if anything is. */
export interface SentCommand {
  readonly stream: string;
  readonly command: ForwardedCommand;
  readonly recorded: RecordedCommand | undefined;
}

/** The end of a reaction whose command the log knows nothing of. */
export class NothingRecorded extends EsError {
  constructor(stream: string, commandId: string) {
    super('nothing-recorded', `the log has no answer to ${commandId}; a rehearsal decides nothing`, true, { stream });
  }
}

/**
 * A store for the aggregates of a rehearsal: a command is answered as it was recorded, and nothing is decided or written. Streams are
 * as they are at the end of the log.
 */
export class RehearsedStore implements AggregateStore {
  readonly commands = new RecordedCommands();
  #sent: SentCommand[] = [];
  readonly #read = new Map<string, readonly RawEvent[]>();

  constructor(
    private readonly log: PartitionedLog,
    private readonly platform: Platform,
  ) {}

  /** What has been sent since it was taken last. */
  takeSent(): readonly SentCommand[] {
    const sent = this.#sent;
    this.#sent = [];
    this.#read.clear();
    return sent;
  }

  /** @throws NothingRecorded */
  async forward(stream: string, command: ForwardedCommand): Promise<DecisionResult> {
    const { commandId } = command.metadata;
    const recorded = this.commands.find(stream, commandId);
    this.#sent.push({ stream, command, recorded });
    const outcome = recorded?.outcome ?? (await this.#acceptedFromElsewhere(stream, commandId));
    if (!outcome) throw new NothingRecorded(stream, commandId);
    return outcome;
  }

  submit(): Promise<DecisionResult> {
    return Promise.reject(new Error('a rehearsal decides nothing'));
  }

  /** Nothing is decided, so nothing has to be waited for. */
  isMine(): boolean {
    return true;
  }

  async ensureUpToDate(stream: string): Promise<void> {
    if (!this.#read.has(stream)) this.#read.set(stream, await this.#eventsOf(stream));
  }

  version(stream: string): number {
    return this.commands.placesOf(stream).offsets.length;
  }

  versionAt(stream: string, time: string): number {
    const at = new Date(time).toISOString();
    return this.#known(stream).filter((event) => event.time <= at).length;
  }

  read(stream: string, range: { readonly from?: number; readonly to?: number } = {}): readonly RawEvent[] {
    return this.#known(stream).slice((range.from ?? 1) - 1, range.to);
  }

  stateOf<State>(stream: string, fold: StreamFold<State>, version = Infinity): State {
    let state = fold.initialState;
    for (const commit of commitsIn(this.#known(stream)))
      if ((commit[0]?.version ?? 0) <= version) state = fold.evolve(state, commit, version);
    return state;
  }

  load<State>(...asked: Parameters<typeof this.stateOf<State>>): Promise<State> {
    return Promise.resolve(this.stateOf(...asked));
  }

  positionOf(stream: string, ordinal: number): Position {
    return { topic: this.log.topic, partition: this.#partitionOf(stream), ordinal };
  }

  /** Under an id that a person chose, for a command that followed from no message. */
  async #acceptedFromElsewhere(stream: string, commandId: string): Promise<DecisionResult | undefined> {
    await this.ensureUpToDate(stream);
    const events = this.read(stream).filter((event) => event.commandId === commandId);
    const last = events.at(-1);
    return last && { status: 'accepted', repeated: true, version: last.version, ordinal: last.ordinal, events };
  }

  /** Retriable, as whatever a rehearsal cannot give: the log alone does not say how a stream was seen then. */
  #known(stream: string): readonly RawEvent[] {
    const events = this.#read.get(stream);
    if (!events)
      throw new EsError('not-read', `a rehearsal knows ${stream} once "ensureUpToDate" has been called for it`, true, {
        stream,
      });
    return events;
  }

  async #eventsOf(stream: string): Promise<readonly RawEvent[]> {
    const { log, platform } = this;
    const { offsets, ordinals } = this.commands.placesOf(stream);
    const where = { log, platform, partition: this.#partitionOf(stream) };
    const events: RawEvent[] = [];
    for (const [i, offset] of offsets.entries()) {
      const record = await recordAt(where, offset);
      const envelope = record && toEnvelope(record);
      if (!envelope) throw new LogUnavailable(`what was read at offset ${offset} is gone`, { stream });
      events.push(rawEventOf({ ...envelope, ordinal: ordinals[i] ?? 0 }));
    }
    return events;
  }

  #partitionOf(stream: string): number {
    return partitionOf(stream, this.log.partitions);
  }
}
