/** Where the fields of a record batch (Kafka's message format 2) lie. Lengths count from behind the length itself. */
export const AT = {
  firstOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  checksum: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  count: 57,
  records: 61,
} as const;

/** Bytes of a batch beside its records. */
export const BATCH_OVERHEAD = AT.records;

export const MAGIC = 2;
export const COMPRESSION_BITS = 0b111;
/** The broker has set the batch's newest time, which is that of all its records: when it was stored. */
export const APPEND_TIME_BIT = 0b1000;
/** Of a transaction, which may have been given up. */
export const TRANSACTIONAL_BIT = 0b10000;
/** A batch of the log's own, in which a transaction ends. */
export const CONTROL_BIT = 0b100000;
