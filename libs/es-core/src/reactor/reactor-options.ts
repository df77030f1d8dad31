import type { EventCatalogue } from '../catalogue.js';
import type { DomainEvent } from '../aggregate/decision.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import type { Position } from '../position.js';
import type { KeyedQueue } from '../keyed-queue.js';
import type { Beginning } from './beginning.js';
import type { LaneLimits } from './lanes.js';
import type { HeldStreams, ParkedReactions } from './parked-reactions.port.js';
import type { EffectOutcomes, Message, Reaction } from './reaction.js';
import type { ReactorProgress, ReactorState } from './reactor-progress.js';

export interface ReactorRunnerOptions<E extends DomainEvent> {
  readonly name: string;
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly catalogue: EventCatalogue<E>;
  readonly progress: ReactorProgress;
  /** Where it begins without progress. */
  readonly from: Beginning;
  readonly parked: ParkedReactions;
  readonly outcomes: EffectOutcomes;
  readonly platform: Platform;
  /** What is done because of messages of the type; none where they are passed over. */
  readonly reactionsTo: (type: string) => readonly Reaction<E>[];
  readonly onTrouble: (error: unknown) => void;
  /** Called when there is no progress of a partition that has records. */
  readonly onNoProgress: (partition: number) => void;
  /** Called with a message whose effect is taken for performed, because nothing was recorded of outcomes then. */
  readonly onSkipped: (message: Message) => void;
  /** Under way at once, per partition; past it nothing more is read. Default 4,096 messages, 16 million characters. */
  readonly limits?: LaneLimits;
}

/** How far one partition was dealt with: everything up to `ordinal`. */
export interface ReactorStatus extends Position {
  readonly underWay: number;
  /** Streams that are held. */
  readonly parked: number;
  /** The message under way that waits longest. */
  readonly oldest?: Unsettled | undefined;
  readonly failure?: unknown;
}

export interface PartitionReactorOptions<E extends DomainEvent> extends ReactorRunnerOptions<E> {
  readonly partition: number;
  readonly start: ReactorState;
  readonly held: HeldStreams;
  readonly turns: KeyedQueue;
  readonly limits: LaneLimits;
  readonly onAdvance: () => void;
}

/** A message that is not dealt with yet. */
export interface Unsettled {
  readonly stream: string;
  readonly type: string;
  /** When it was recorded, ISO 8601. */
  readonly time: string;
  /** When this reactor took it up, in milliseconds of the platform's clock. */
  readonly since: number;
  /** Why it was not dealt with when it was tried last. */
  readonly failure?: unknown;
}
