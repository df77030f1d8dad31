export {
  type AggregateStore,
  type CommandHost,
  type ForwardedCommand,
  isCommandAnswer,
  type NotForwarded,
} from '../aggregate/command-handler.js';
export { type ToDecide } from '../aggregate/decide-and-fold.js';
export { type DomainEvent } from '../aggregate/decision.js';
export { type EventsOf } from '../aggregate/define-aggregate.js';
export { type EventCatalogue, type StoredShape } from '../catalogue.js';
export { type PastEvent, type PastType } from '../catalogue/past-type.js';
export { type Versions } from '../catalogue/versions.js';
export { ChainReader, type Progress } from '../chain/chain-reader.js';
export { beforeGenesis, Chain, type Commit, type Counted, logIdOf } from '../chain/chain.js';
export { BEFORE_GENESIS, type Envelope, hashOf, toEnvelope, toRecord } from '../chain/envelope.js';
export { type Genesis, genesisRecord, RECORD_HASH, verifyChain } from '../chain/genesis.js';
export { placeInLog } from '../chain/place-in-chain.js';
export {
  isRestored,
  type Restoration,
  restorationNote,
  restorationOf,
  restoredAt,
  restoredRecord,
  unfinishedPartitions,
} from '../chain/restoration.js';
export { DeadlineRunner, DEADLINES_NOTE, hasDeadlines } from '../deadlines/deadline-runner.js';
export { CommandNotPublic, LogDiverged, NewerEvent } from '../errors.js';
export { type EventStoreLimits } from '../event-store-options.js';
export { type CommitListener } from '../event-store.js';
export { catalogueOf, type EventDefinitions, type EventName } from '../events/define-events.js';
export { fingerprintOf } from '../fingerprint.js';
export { PARTITION_HASH, partitionOf } from '../partition-hash.js';
export { pause } from '../platform.js';
export { applyEvents } from '../projection/apply-events.js';
export { byRecord } from '../projection/by-record.js';
export { foldedEvents } from '../projection/folded-events.js';
export {
  type PartitionStatus,
  ProjectionRunner,
  type ProjectionRunnerOptions,
  type Source,
} from '../projection/projection-runner.js';
export { documentIds, foldDocument, type Folding, isFolded } from '../projection/projection.js';
export { WrittenDocuments } from '../projection/written-documents.js';
export { type Beginning } from '../reactor/beginning.js';
export { outcomesIn } from '../reactor/effect-outcomes.js';
export { type LaneLimits } from '../reactor/lanes.js';
export {
  type BeginningInLog,
  type HeldStream,
  type HeldStreams,
  type ParkedReactions,
} from '../reactor/parked-reactions.port.js';
export { type Effect, type Message, type Reaction } from '../reactor/reaction.js';
export { type ReactorRunnerOptions, type ReactorStatus, type Unsettled } from '../reactor/reactor-options.js';
export { progressInIndex } from '../reactor/reactor-progress.js';
export { ReactorRunner } from '../reactor/reactor-runner.js';
export { TopicProgress } from '../reactor/topic-progress.js';
export { recordedEvents } from '../recorded-event.js';
export { checked, jsonSchemaOf } from '../schema.js';
export { categoryOf, isId } from '../stream-id.js';
export { commitsIn, wholeCommits } from '../stream-index/commits-in.js';
export { WriteBehindIndex } from '../stream-index/write-behind-index.js';
export { eventsIn } from '../subscription/messages.js';
export { PartitionHeads } from '../subscription/partition-heads.js';
export { ProgressBoard } from '../subscription/progress-board.js';
export { ReadAheadBudget, type ReadAheadOptions, type ReadAmount } from '../subscription/read-ahead.js';
export { Subscription } from '../subscription/subscription.js';
export { wellFormedRule } from '../text.js';
export { KeyedQueue } from '../keyed-queue.js';
export {
  type FieldProblem,
  fieldProblems,
  LONGEST_NAME,
  MOST_PROBLEMS,
  NOT_KNOWN,
} from '../validation-failed.error.js';
export { CheckedClock } from '../writer/checked-clock.js';
export { type FoldedPartition, foldedTo } from '../writer/folded-to.js';
export { PartitionFold } from '../writer/partition-fold.js';
export { ALL_MINE, type Preference } from '../writer/preference.js';
export {
  type Batch,
  type Settled,
  AppendReconciler,
  type AppendReconcilerOptions,
} from '../writer/append-reconciler.js';
export { type DecisionResult, type StreamFold, type Submission, type EncodedDecision } from '../writer/submission.js';
export { rejectionIn } from '../writer/verdict.js';
export { Writer, type WriterStatistics } from '../writer/writer.js';
