import { Overloaded } from '@ledgerline/es-core';
import type { ByteBudget } from './byte-budget.js';
import type { Forwarded, ForwardedAnswer, HandedOver } from './forwarded-answer.js';

/** Sends a batch and answers for each command of it, in order. Fails where nothing is known of any of them. */
export type SendBatch = (body: string, signal: AbortSignal) => Promise<readonly ForwardedAnswer[]>;

export interface ForwardLaneOptions {
  readonly partition: number;
  readonly send: SendBatch;
  /** What may be under way altogether, whichever lane it takes. */
  readonly budget: ByteBudget;
  readonly onTrouble: (error: unknown) => void;
  readonly now: () => number;
  readonly newId: () => string;
}

interface Waiting {
  readonly json: string;
  readonly bytes: number;
  readonly handover: string;
  resolve(what: HandedOver): void;
}

const MOST_WAITING = 10_000;
const MOST_COMMANDS = 1_000;
/** A request may have a megabyte. */
const MOST_BYTES = 900 * 1024;
/** So long nothing is sent to an instance that did not answer: every command would wait for that again. */
const TRY_AGAIN_AFTER_MS = 1_000;

/**
 * Commands on their way to the preferred writer of one partition: one request at a time, which takes along all that came
 * while the one before it was under way. So they stay in order, and the other side gets the batches that it is fast with.
 */
export class ForwardLane {
  #waiting: Waiting[] = [];
  #isSending = false;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #closed = false;
  readonly #abort = new AbortController();

  constructor(private readonly options: ForwardLaneOptions) {}

  /**
   * What became of the command there; undefined where it is clear at once that it is to be decided here.
   * @throws Overloaded when too many wait, or too many bytes; nothing was sent.
   */
  send(command: Forwarded): Promise<HandedOver> | undefined {
    const { now, newId, budget, partition } = this.options;
    if (this.#closed || now() < this.#quietUntil) return undefined;
    const handover = newId();
    const json = JSON.stringify('catchUp' in command ? command : { ...command, handover });
    const bytes = Buffer.byteLength(json) + 1;
    if (bytes > MOST_BYTES) return undefined;
    if (this.#waiting.length >= MOST_WAITING || !budget.take(bytes))
      return Promise.reject(new Overloaded(partition, this.#waiting.length));
    return new Promise((resolve) => {
      this.#waiting.push({ json, bytes, handover, resolve });
      if (!this.#isSending) void this.#run();
    });
  }

  /** What was not sent yet is decided here, and what is under way too where its answer is not worth waiting for. */
  close({ abort }: { readonly abort: boolean }): void {
    this.#closed = true;
    this.#giveUpWaiting();
    if (abort) this.#abort.abort();
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    // What is asked for in one go is sent together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#sendBatch(this.#takeBatch());
    this.#isSending = false;
  }

  #takeBatch(): readonly Waiting[] {
    let sum = 0;
    let count = 0;
    for (const { bytes } of this.#waiting) {
      sum += bytes;
      if (sum > MOST_BYTES || count === MOST_COMMANDS) break;
      count += 1;
    }
    return this.#waiting.splice(0, Math.max(1, count));
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.options.send(`[${batch.map(({ json }) => json).join(',')}]`, this.#abort.signal);
      batch.forEach((waiting, index) => this.#settle(waiting, answered(waiting, answers[index])));
    } catch (error) {
      this.#quietUntil = this.options.now() + TRY_AGAIN_AFTER_MS;
      if (!this.#closed) this.options.onTrouble(error);
      for (const waiting of batch) this.#settle(waiting, answered(waiting, undefined));
      this.#giveUpWaiting();
    }
  }

  /** Nothing of what waits has been sent. */
  #giveUpWaiting(): void {
    for (const waiting of this.#waiting.splice(0)) this.#settle(waiting, { status: 'not-forwarded' });
  }

  #settle({ bytes, resolve }: Waiting, what: HandedOver): void {
    this.options.budget.giveBack(bytes);
    resolve(what);
  }
}

/** Without an answer a copy of the command may still be under way there, or decided and its answer lost. */
const answered = ({ handover }: Waiting, answer: ForwardedAnswer | undefined): HandedOver =>
  answer ? { status: 'answered', answer, handover } : { status: 'not-forwarded', handover };
