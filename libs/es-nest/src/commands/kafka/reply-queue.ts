import type { Message, TopicMessages } from 'kafkajs';

interface Waiting {
  readonly topic: string;
  readonly message: Message;
  readonly sent: () => void;
  readonly failed: (error: unknown) => void;
}

/** Well below what a topic takes in one batch, unless it is one message. */
const MOST_BYTES = 256 * 1024;

/** Sends what waits in one request, and what comes meanwhile in the next: replies to many come at about the same time. */
export class ReplyQueue {
  #waiting: Waiting[] = [];
  #sending = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly sendAll: (topicMessages: TopicMessages[]) => Promise<unknown>) {}

  send(topic: string, message: Message): Promise<void> {
    const sending = new Promise<void>((sent, failed) => {
      this.#waiting.push({ topic, message, sent, failed });
      if (!this.#sending) void this.#run();
    });
    this.#last = sending.catch(() => undefined); // Whoever sends it is told.
    return sending;
  }

  /** Resolves when everything that was given before has been sent, or cannot be: one after the other. */
  async flushed(): Promise<void> {
    await this.#last;
  }

  async #run(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) await this.#sendSome(this.#some());
    this.#sending = false;
  }

  #some(): Waiting[] {
    let [count, bytes] = [0, 0];
    while (count < this.#waiting.length && (count === 0 || bytes < MOST_BYTES))
      bytes += Buffer.byteLength(this.#waiting[count++]?.message.value ?? '');
    // The last one was one too many.
    return this.#waiting.splice(0, count > 1 && bytes > MOST_BYTES ? count - 1 : count);
  }

  async #sendSome(some: readonly Waiting[]): Promise<void> {
    const topics = [...new Set(some.map(({ topic }) => topic))];
    const messagesOf = (name: string) => some.filter(({ topic }) => topic === name).map(({ message }) => message);
    try {
      await this.sendAll(topics.map((topic) => ({ topic, messages: messagesOf(topic) })));
      for (const { sent } of some) sent();
    } catch (error) {
      for (const { failed } of some) failed(error);
    }
  }
}
