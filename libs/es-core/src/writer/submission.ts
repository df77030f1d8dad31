import type { StoredShape } from '../catalogue.js';
import type { Rejection } from '../aggregate/decision.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';

/** Who wants something, in which conversation, and because of which message. */
export interface CommandMetadata {
  /** Makes a repeat recognisable, per stream and for ever. Without one a repeat is a new command. */
  readonly commandId?: string;
  readonly actor?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  /** The version the caller saw; 0 means that the stream must not exist. */
  readonly expectedVersion?: number;
  /**
   * True: the verdict is recorded even when no event is, so that a repeat is answered the same for ever (reactors, and whatever
   * else is delivered again by itself). `unless`: but for rejections with these codes, which a repeat has decided anew.
   */
  readonly remember?: boolean | { readonly unless: readonly string[] };
  /**
   * True for a command that follows from an event, under an id that names event and type: the id alone says that it is a
   * repeat. A later release may word it differently, and the first answer stands all the same (`DecisionResult.differs`).
   */
  readonly reaction?: boolean;
}

/** How a stream's events become the state that `decide` sees. */
export interface StreamFold<State> {
  readonly initialState: State;
  /** Given the events of one commit, all of them; those behind version `upTo`, where one is given, change nothing. */
  evolve(state: State, commit: readonly RawEvent[], upTo?: number): State;
  /** Names this fold; snapshots of another revision are ignored. */
  readonly revision: string;
}

export type EncodedDecision =
  | { readonly events: readonly StoredShape[]; readonly rejection?: undefined }
  | { readonly events?: undefined; readonly rejection: Rejection };

/** A command on its way through a writer. */
export interface Submission<State = unknown> {
  readonly stream: string;
  readonly commandId: string;
  /** The command's type, for people who read a verdict in the log. */
  readonly commandType: string;
  /** Of the command's content: the same id with another fingerprint is refused. */
  readonly fingerprint: string;
  /** About how many its command takes while it waits; none where that is not said. */
  readonly bytes?: number;
  readonly metadata: CommandMetadata;
  /** Names the hand-over by which another instance sent the command: nothing is recorded once that was withdrawn. */
  readonly handover?: string | undefined;
  /**
   * Names the hand-over that was not answered in time: an outcome that leaves no record of the command is answered once the log
   * holds a record that withdraws it.
   */
  readonly withdraws?: string | undefined;
  readonly fold: StreamFold<State>;
  /** Called in the command's turn, possibly again when a batch lost a race: no side effects. */
  decide(state: State, version: number, at: string): EncodedDecision;
}

interface Answered {
  /** True when it had been recorded before and this is the first answer again. */
  readonly repeated: boolean;
  /** True for a repeated reaction whose command had other content the first time. */
  readonly differs?: boolean;
  readonly version: number;
  readonly ordinal: number;
}

/** What became of a command. The position is that of its last record, or of the head it was decided on. */
export type DecisionResult =
  | (Answered & { readonly status: 'accepted'; readonly events: readonly RawEvent[] })
  | (Answered & { readonly status: 'rejected'; readonly rejection: Rejection });
