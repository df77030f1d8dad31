/** A message in the shape in which kafkajs's consumer takes them. */
export interface Message {
  readonly magicByte: number;
  readonly attributes: number;
  /** Milliseconds. */
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** More than one of a name is a list. */
  readonly headers: Readonly<Record<string, MessageHeader>>;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
}

type MessageHeader = Buffer | null | (Buffer | null)[];

/** What kafkajs looks at to leave out what transactions did not commit. */
export interface BatchContext {
  readonly inTransaction: boolean;
  readonly producerId: string;
}

/** Messages that nobody can read, and why. */
export interface Refusal {
  readonly firstOffset: string;
  readonly lastOffset: string;
  readonly reason: string;
}

const refusals = new WeakMap<object, Refusal>();

/** Set where a message stands for a batch that could not be read: it says nothing itself. */
export const refusalOf = (message: object): Refusal | undefined => refusals.get(message);

/** One message that stands for all of them, under the offset of the last. */
export const refusedMessages = (refusal: Refusal): Message => {
  const message = emptyMessage(refusal.lastOffset, false);
  refusals.set(message, refusal);
  return message;
};

/** Nobody is shown it: kafkajs goes on behind its offset. */
export const steppedOver = (offset: number): Message => emptyMessage(String(offset), true);

const emptyMessage = (offset: string, isControlRecord: boolean): Message => ({
  ...{ magicByte: 2, attributes: 0, timestamp: '-1', offset, key: null, value: null, headers: {}, isControlRecord },
  batchContext: { inTransaction: false, producerId: '-1' },
});
