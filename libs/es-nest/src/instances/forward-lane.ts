import { type NotForwarded, type Outcome, Overloaded } from '@ledgerline/es-core';
import { type Forwarded, type ForwardedAnswer, outcomeIn } from './forwarded-answer.js';

/** Sends a batch and answers for each command of it, in order. Fails where nothing is known of any of them. */
export type SendBatch = (body: string, signal: AbortSignal) => Promise<readonly ForwardedAnswer[]>;

export interface ForwardLaneOptions {
  readonly partition: number;
  readonly send: SendBatch;
  readonly onTrouble: (error: unknown) => void;
  readonly now: () => number;
  readonly newId: () => string;
}

interface Waiting {
  readonly json: string;
  readonly handover: string;
  resolve(outcome: Outcome | NotForwarded): void;
  reject(error: unknown): void;
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
   * @throws Overloaded when too many wait; nothing was sent.
   */
  send(command: Forwarded): Promise<Outcome | NotForwarded> | undefined {
    if (this.#closed || this.options.now() < this.#quietUntil) return undefined;
    const handover = this.options.newId();
    const json = JSON.stringify('catchUp' in command ? command : { ...command, handover });
    if (Buffer.byteLength(json) > MOST_BYTES) return undefined;
    if (this.#waiting.length >= MOST_WAITING)
      return Promise.reject(new Overloaded(this.options.partition, this.#waiting.length));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ json, handover, resolve, reject });
      if (!this.#isSending) void this.#run();
    });
  }

  /** What was not sent yet is decided here, and what is under way too where its answer is not worth waiting for. */
  close({ abort }: { readonly abort: boolean }): void {
    this.#closed = true;
    this.#giveBack();
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
    let bytes = 0;
    let count = 0;
    for (const { json } of this.#waiting) {
      bytes += Buffer.byteLength(json) + 1;
      if (bytes > MOST_BYTES || count === MOST_COMMANDS) break;
      count += 1;
    }
    return this.#waiting.splice(0, Math.max(1, count));
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.options.send(`[${batch.map(({ json }) => json).join(',')}]`, this.#abort.signal);
      batch.forEach((waiting, index) => settle(waiting, answers[index]));
    } catch (error) {
      this.#quietUntil = this.options.now() + TRY_AGAIN_AFTER_MS;
      if (!this.#closed) this.options.onTrouble(error);
      for (const waiting of batch) settle(waiting, undefined);
      this.#giveBack();
    }
  }

  /** Nothing of what waits has been sent. */
  #giveBack(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve({ status: 'not-forwarded' });
  }
}

/** Without an outcome a copy of the command may still be under way there, or decided and its answer lost. */
const settle = ({ handover, resolve, reject }: Waiting, answer: ForwardedAnswer | undefined): void => {
  try {
    resolve((answer && outcomeIn(answer)) ?? { status: 'not-forwarded', handover });
  } catch (error) {
    reject(error);
  }
};
