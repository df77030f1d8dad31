import { beforeGenesis, eventsIn, type Progress, streamId, Subscription } from '@ledgerline/es-core';
import { factsOf, type Log, LOG, OwnEventStore, type ServicePart } from '@ledgerline/es-nest';
import { PAYMENT, paymentEvents } from '@ledgerline/events';
import { Inject, Injectable } from '@nestjs/common';
import { Payments } from '../payment/payments.js';
import { type OpenPayment, OpenPayments } from './open-payments.js';

/** The clock is looked at again at least so often: a timer knows nothing of a clock that somebody sets. */
const LOOK_AT_LEAST_EVERY_MS = 1_000;
const LOOK_AGAIN_AFTER_MS = 5;
const SAVE_EVERY_MS = 2_000;
const AT_ONCE = 200;
const NOTE = 'payment-expiry';

/**
 * Expires payments when their time is over, over restarts: the due dates are in the log, and the note of them only saves
 * reading. The payment itself decides whether it is due, on the writer's clock, so one asked too early is asked again.
 */
@Injectable()
export class PaymentExpiry implements ServicePart {
  #open = new OpenPayments();
  #subscriptions: readonly Subscription[] = [];
  #cancelLook: (() => void) | undefined;
  #cancelSave: (() => void) | undefined;
  #working: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly store: OwnEventStore,
    private readonly payments: Payments,
    @Inject(LOG) private readonly log: Log,
  ) {}

  open(): Promise<void> {
    const { log, logId, index } = this.store;
    this.#open = OpenPayments.restored(index.note(NOTE), logId);
    this.#subscriptions = Array.from({ length: log.partitions }, (_, partition) => this.#follow(partition));
    this.#lookIn(LOOK_AGAIN_AFTER_MS);
    return Promise.resolve();
  }

  /** Lets what is under way end and stores the progress. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    this.#cancelLook?.();
    this.#cancelSave?.();
    await this.#working;
    if (this.#subscriptions.length > 0) await this.store.index.writeNote(NOTE, this.#open.saved());
  }

  get failure(): unknown {
    return this.#subscriptions.find(({ failure }) => failure !== undefined)?.failure;
  }

  #follow(partition: number): Subscription {
    const { log, logId, platform } = this.store;
    const subscription = new Subscription({
      ...{ log, partition, platform, state: this.#open.states[partition] ?? beforeGenesis(logId) },
      onProgress: (progress) => this.#fold(partition, progress),
      onTrouble: (error) => this.log.warn('expiry-trouble', factsOf(error)),
    });
    subscription.start();
    return subscription;
  }

  #fold(partition: number, { commits, state }: Progress): void {
    if (commits.length === 0) return;
    for (const event of eventsIn(commits, paymentEvents, { topic: this.store.topic, partition }))
      this.#open.fold(event);
    this.#open.states[partition] = state;
    this.#cancelSave ??= this.store.platform.setTimer(SAVE_EVERY_MS, () => this.#then(() => this.#save()));
  }

  async #save(): Promise<void> {
    this.#cancelSave = undefined;
    await this.store.index.writeNote(NOTE, this.#open.saved());
  }

  #lookIn(ms: number): void {
    this.#cancelLook = this.store.platform.setTimer(ms, () => this.#then(() => this.#look()));
  }

  /** One thing after the other, so that closing can wait for it. */
  #then(work: () => Promise<void>): void {
    this.#working = this.#working.then(work).catch((error: unknown) => this.log.warn('expiry-trouble', factsOf(error)));
  }

  async #look(): Promise<void> {
    const { platform } = this.store;
    try {
      const due = this.#open.due(isoTime(platform.now())).due.filter((payment) => this.#isOurs(payment));
      for (let first = 0; first < due.length && !this.#closed; first += AT_ONCE)
        await Promise.all(due.slice(first, first + AT_ONCE).map((payment) => this.#expire(payment)));
    } finally {
      const { next } = this.#open.due(isoTime(platform.now()));
      const untilNext = next === undefined ? Number.POSITIVE_INFINITY : Date.parse(next) - platform.now();
      if (!this.#closed) this.#lookIn(Math.max(LOOK_AGAIN_AFTER_MS, Math.min(LOOK_AT_LEAST_EVERY_MS, untilNext)));
    }
  }

  /** Each instance knows all of them; the preferred writer of a payment's partition is the one to act. */
  #isOurs({ orderId }: OpenPayment): boolean {
    return this.store.isMine(streamId(PAYMENT, orderId));
  }

  /** Not remembered when it is refused: a clock that was set back makes it due again later. */
  async #expire({ orderId, requestId, correlationId }: OpenPayment): Promise<void> {
    const metadata = {
      commandId: `${requestId}.ExpirePayment`,
      ...{ correlationId, causationId: requestId },
      actor: 'system:payment-expiry',
    };
    const answer = await this.payments.handle(orderId, { type: 'ExpirePayment' }, metadata);
    if (answer.status === 'rejected')
      this.log.info('expiry-refused', { stream: answer.stream, code: answer.rejection.code });
  }
}

const isoTime = (ms: number): string => new Date(ms).toISOString();
