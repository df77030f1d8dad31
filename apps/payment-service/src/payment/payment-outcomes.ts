import { type EventOf, streamId } from '@ledgerline/es-core';
import { commitsIn, recordedEvents } from '@ledgerline/es-core/runtime';
import { ServiceEventStore } from '@ledgerline/es-nest';
import { paymentEvents } from '@ledgerline/events';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { payment } from './payment.aggregate.js';

type PaymentEvent = EventOf<typeof paymentEvents>;
export type Outcome = EventOf<typeof paymentEvents, 'PaymentProcessed' | 'PaymentDeclined'>;

/** What became of attempts, for those who wait for it: told by the log's commits, not by polling. */
@Injectable()
export class PaymentOutcomes implements OnModuleInit, OnModuleDestroy {
  readonly #waiting = new Map<string, Set<() => void>>();
  #stopListening: (() => void) | undefined;
  #stopping = false;

  constructor(private readonly store: ServiceEventStore) {}

  onModuleInit(): void {
    this.#stopListening = this.store.onCommit((_partition, [{ key: stream }]) =>
      this.#waiting.get(stream)?.forEach((look) => look()),
    );
  }

  /** Nobody waits any longer: the requests under way are answered with what is known. */
  onModuleDestroy(): void {
    this.#stopping = true;
    this.#stopListening?.();
    for (const looks of this.#waiting.values()) looks.forEach((look) => look());
  }

  /** What became of the attempt, as soon as that is recorded; undefined when `timeoutMs` passed first. */
  async of(orderId: string, attempt: number, timeoutMs: number): Promise<Outcome | undefined> {
    const stream = streamId(payment.category, orderId);
    const found = this.#find(stream, attempt);
    if (found || this.#stopping) return found;
    return new Promise((resolve) => {
      const end = (outcome: Outcome | undefined): void => {
        cancel();
        this.#forget(stream, look);
        resolve(outcome);
      };
      const look = (): void => {
        const outcome = this.#find(stream, attempt);
        if (outcome || this.#stopping) end(outcome);
      };
      const cancel = this.store.platform.setTimer(timeoutMs, () => end(undefined));
      const looks = this.#waiting.get(stream) ?? new Set();
      this.#waiting.set(stream, looks.add(look));
    });
  }

  #find(stream: string, attempt: number): Outcome | undefined {
    const place = this.store.positionOf(stream, 0);
    for (const commit of commitsIn(this.store.read(stream)))
      for (const event of recordedEvents(paymentEvents.catalogue, commit, place) as readonly PaymentEvent[])
        if ((event.type === 'PaymentProcessed' || event.type === 'PaymentDeclined') && event.data.attempt === attempt)
          return event;
    return undefined;
  }

  #forget(stream: string, look: () => void): void {
    const looks = this.#waiting.get(stream);
    looks?.delete(look);
    if (looks?.size === 0) this.#waiting.delete(stream);
  }
}
