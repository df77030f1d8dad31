export { recordBytes } from '../chain/envelope.js';
export { genesisIn, provisionChain, readGenesis, requireReliable } from '../chain/genesis.js';
export { type ReaderState } from '../chain/reader-state.js';
export { RESTORE_A_BACKUP } from '../chain/restoration.js';
export { AppendRefused, DocumentRefused, OffsetOutOfRange } from '../errors.js';
export {
  type Appended,
  type LogBounds,
  type LogChunk,
  type LogProblem,
  type LogReader,
  type LogRecord,
  type PartitionedLog,
  type ReadOptions,
  type StoredRecord,
} from '../log/partitioned-log.port.js';
export { checkedOptions } from '../options/checked-options.js';
export { type Cryptography } from '../privacy/cryptography.js';
export {
  type ForgottenSubject,
  isForgotten,
  type KeyStore,
  type StoredKey,
  type WrappedKey,
} from '../privacy/key-store.port.js';
export { MasterKeys } from '../privacy/master-keys.js';
export { MasterKeyUnusable } from '../privacy/privacy.errors.js';
export {
  type PartitionProgress,
  type ProgressByPartition,
  type ReactorProgress,
  type ReactorState,
} from '../reactor/reactor-progress.js';
export { Furthest } from '../read-models/furthest.js';
export {
  type CollectionSpec,
  type Condition,
  type DocumentWrite,
  type ParkedQuery,
  type ReadModelRecord,
  type ReadModelStore,
  type Scalar,
  type StoredDocument,
} from '../read-models/read-model-store.port.js';
export { requireStorable, requireStorableWrites } from '../read-models/require-storable.js';
export {
  type InstanceAddress,
  type Instances,
  type InstancesOptions,
  type MemberSecret,
} from '../storage/instances.port.js';
export { replyTopicOf } from '../storage/reply-topic.js';
export {
  type PersonalStorage,
  type ReadModelStorage,
  type SharedProgress,
  type Storage,
  withoutGeneratedKey,
  withReadModels,
} from '../storage/storage.port.js';
export {
  type CommandResult,
  type IndexBatch,
  type RawEvent,
  type Snapshot,
  type StreamIndex,
} from '../stream-index/stream-index.port.js';
export { wellFormedJson } from '../text.js';
