export {
  type AcceptedAnswer,
  type CommandAnswer,
  CommandHandler,
  type CommandHandlerOptions,
  type RejectedAnswer,
} from './aggregate/command-handler.js';
export { type ContextSource, setting, stateOf } from './aggregate/context-source.js';
export { decide, fold } from './aggregate/decide-and-fold.js';
export { accept, type Decision, reject, type Rejection } from './aggregate/decision.js';
export {
  type Aggregate,
  type AnyAggregate,
  type BodyOf,
  type CommandOf,
  defineAggregate,
  type StateOf,
} from './aggregate/define-aggregate.js';
export { type AsOf, type StateAt } from './aggregate/stream-states.js';
export {
  AppendForbidden,
  CollectionLost,
  EsError,
  EventTooLarge,
  type Facts,
  IdempotencyKeyReused,
  LogMisconfigured,
  LogUnavailable,
  OutcomeUnknown,
  Overloaded,
  ReadModelsRefused,
  ReadModelsUnavailable,
  TopicMissing,
  Unreadable,
  WrongExpectedVersion,
} from './errors.js';
export { type EventStoreOptions } from './event-store-options.js';
export { EventStore } from './event-store.js';
export {
  defineEvents,
  type EventOf,
  type Events,
  type Immutable,
  type NewEventOf,
  type RejectionOf,
} from './events/define-events.js';
export { merged, renamed, retired, split } from './events/past-events.js';
export { type SchemaVersions, since } from './events/schema-versions.js';
export { type Platform } from './platform.js';
export { formatPosition, parsePosition, partitionKey, type Position } from './position.js';
export { KeysUnavailable } from './privacy/privacy.errors.js';
export { defineProjection, type DocumentOf } from './projection/define-projection.js';
export { type Projection } from './projection/projection.js';
export { send, type Send, type Sends } from './reactor/send.js';
export {
  type DocumentQuery,
  type Filter,
  type Json,
  type JsonObject,
  type Positions,
} from './read-models/read-model-store.port.js';
export { type EventContext, type Recorded } from './recorded-event.js';
export { type OutputOf, type Schema } from './schema.js';
export { ID_PATTERN, ID_RULE, idOf, streamId } from './stream-id.js';
export { TEXT_FORM, textRule } from './text.js';
export { ValidationFailed } from './validation-failed.error.js';
export { type CommandMetadata } from './writer/submission.js';
