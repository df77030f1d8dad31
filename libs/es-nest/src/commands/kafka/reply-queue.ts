import type { Message, TopicMessages } from 'kafkajs';

interface Waiting {
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
  /** Told that it was sent, or cannot be. */
  readonly done: () => void;
}

export interface ReplyQueueOptions {
  sendAll(topicMessages: TopicMessages[]): Promise<unknown>;
  /** Told of each reply that could not be sent. */
  onNotSent(topic: string, error: unknown): void;
}

/** Well below what a topic takes in one batch, unless it is one message. */
const MOST_BYTES = 256 * 1024;
/** Replies that wait or are being sent, together: past it commands wait until some are sent. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/** Sends what waits in one request, and what comes meanwhile in the next: replies to many come at about the same time. */
export class ReplyQueue {
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #sending: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: ReplyQueueOptions) {}

  /** Resolves when there was room for the reply, and it is on its way. */
  async add(topic: string, message: Message): Promise<void> {
    while (this.#waitingBytes >= MOST_WAITING_BYTES) await this.#sending;
    const bytes = Buffer.byteLength(message.value ?? '');
    this.#waitingBytes += bytes;
    this.#last = new Promise((done) => this.#waiting.push({ topic, message, bytes, done }));
    if (!this.#sending) void this.#run();
  }

  /** Resolves when everything that was added before has been sent, or cannot be: one after the other. */
  async flushed(): Promise<void> {
    await this.#last;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#sending = this.#sendSome(this.#some());
      await this.#sending;
    }
    this.#sending = undefined;
  }

  #some(): Waiting[] {
    let [count, bytes] = [0, 0];
    while (count < this.#waiting.length && (count === 0 || bytes < MOST_BYTES))
      bytes += this.#waiting[count++]?.bytes ?? 0;
    // The last one was one too many.
    return this.#waiting.splice(0, count > 1 && bytes > MOST_BYTES ? count - 1 : count);
  }

  async #sendSome(some: readonly Waiting[]): Promise<void> {
    const topics = [...new Set(some.map(({ topic }) => topic))];
    const messagesOf = (name: string) => some.filter(({ topic }) => topic === name).map(({ message }) => message);
    try {
      await this.options.sendAll(topics.map((topic) => ({ topic, messages: messagesOf(topic) })));
    } catch (error) {
      for (const { topic } of some) this.options.onNotSent(topic, error);
    }
    for (const { bytes, done } of some) {
      this.#waitingBytes -= bytes;
      done();
    }
  }
}
