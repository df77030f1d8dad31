export * from './aggregate/command-handler.js';
export { type ContextSource, setting, stateOf } from './aggregate/context-source.js';
export { decide, fold, type ToDecide } from './aggregate/decide-and-fold.js';
export * from './aggregate/decision.js';
export {
  type Aggregate,
  type AnyAggregate,
  type BodyOf,
  type CommandOf,
  type ContextOf,
  defineAggregate,
  type EventsOf,
  type PublicCommandOf,
  type StateOf,
} from './aggregate/define-aggregate.js';
export { type AsOf, type StateAt } from './aggregate/stream-states.js';
export { type EventCatalogue, type StoredShape } from './catalogue.js';
export { type PastEvent, type PastType } from './catalogue/past-type.js';
export { type Today } from './catalogue/todays-events.js';
export { type Versions } from './catalogue/versions.js';
export * from './chain/chain.js';
export * from './chain/chain-reader.js';
export * from './chain/envelope.js';
export * from './chain/genesis.js';
export * from './chain/place-in-chain.js';
export * from './chain/reader-state.js';
export * from './chain/restoration.js';
export { DeadlineInvalid } from './deadlines/deadline-invalid.error.js';
export {
  DEADLINES_NOTE,
  DeadlineRunner,
  type DeadlineRunnerOptions,
  hasDeadlines,
} from './deadlines/deadline-runner.js';
export { type Deadline } from './deadlines/open-deadlines.js';
export * from './events/define-events.js';
export * from './events/past-events.js';
export { type EventDefinition, since, type SchemaVersions } from './events/schema-versions.js';
export * from './errors.js';
export * from './event-store.js';
export type { EventStoreLimits, EventStoreOptions } from './event-store-options.js';
export * from './fingerprint.js';
export * from './stream-index/commits-in.js';
export * from './stream-index/index-tail.js';
export * from './stream-index/stream-index.port.js';
export * from './generations/generation.js';
export { NoPreviousGeneration } from './generations/generation-changes.js';
export * from './generations/generations.js';
export { type FillingProgress } from './generations/open-generation.js';
export * from './generations/projection-record.js';
export * from './log/partitioned-log.port.js';
export * from './options/checked-options.js';
export * from './parking/discards.js';
export * from './parking/parking.errors.js';
export * from './parking/retry-parked.js';
export * from './partition-hash.js';
export * from './platform.js';
export * from './position.js';
export * from './privacy/cryptography.js';
export * from './privacy/key-store.port.js';
export * from './privacy/master-keys.js';
export * from './privacy/personal.js';
export * from './privacy/personal-data.js';
export * from './privacy/privacy.errors.js';
export * from './privacy/subject-keys.js';
export * from './projection/apply-events.js';
export * from './projection/by-record.js';
export { defineProjection, type DocumentOf, type ProjectionDefinition } from './projection/define-projection.js';
export { foldedEvents } from './projection/folded-events.js';
export * from './projection/projection.js';
export * from './projection/projection-runner.js';
export * from './projection/written-documents.js';
export * from './reactor/effect-outcomes.js';
export { type LaneLimits } from './reactor/lanes.js';
export * from './reactor/parked-reactions.port.js';
export * from './reactor/reaction.js';
export { type ReactorRunnerOptions, type ReactorStatus, type Unsettled } from './reactor/reactor-options.js';
export * from './reactor/reactor-progress.js';
export * from './reactor/reactor-runner.js';
export * from './read-models/furthest.js';
export * from './read-models/read-model-store.port.js';
export * from './read-models/require-storable.js';
export * from './recorded-event.js';
export { RehearsedStore } from './rehearsal/rehearsed-store.js';
export * from './rehearsal/topic-rehearsal.js';
export { checked, type InputOf, jsonSchemaOf, type OutputOf, type Schema } from './schema.js';
export * from './storage/instances.port.js';
export * from './storage/reply-topic.js';
export * from './storage/storage.port.js';
export * from './stream-id.js';
export * from './text.js';
export * from './turns.js';
export {
  fieldProblems,
  type FieldProblem,
  LONGEST_NAME,
  MOST_PROBLEMS,
  NOT_KNOWN,
  ValidationFailed,
} from './validation-failed.error.js';
export { CheckedClock } from './writer/checked-clock.js';
export * from './subscription/messages.js';
export * from './subscription/partition-heads.js';
export * from './subscription/progress-board.js';
export { ReadAheadBudget, type ReadAheadOptions, type ReadAmount } from './subscription/read-ahead.js';
export * from './subscription/subscription.js';
export * from './writer/preference.js';
export * from './writer/submission.js';
export { rejectionIn } from './writer/verdict.js';
export * from './writer/folded-to.js';
export * from './writer/partition-fold.js';
export * from './writer/settlement.js';
export * from './writer/writer.js';
