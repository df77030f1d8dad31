import type { Platform } from '@ledgerline/es-core';
import { pause } from '@ledgerline/es-core/runtime';
import type { Money } from '@ledgerline/events';
import type { Charge, ChargeOutcome, GatewayRefund, PaymentGateway } from '@ledgerline/payment-service';
import type { Chance } from './chance.js';
import type { Happenings } from './happenings.js';
import type { Life } from '../in-process/life.js';

/** Money that moved. */
export interface Movement {
  readonly kind: 'charge' | 'refund';
  readonly key: string;
  readonly paymentId: string;
  readonly amount: Money;
}

interface GatewayOptions {
  readonly chance: Chance;
  readonly platform: Platform;
  readonly happenings: Happenings;
}

/** Before the money moves, and again until that is answered. */
const TAKES_AT_MOST_MS = 80;
const SLOW_MS = 800;
const FAILS_PERCENT = 10;

/**
 * A provider of payments, which outlives the processes that turn to it and counts what it does. It may fail before the money moves, and
 * after that, and it remembers a key until it is made to forget it.
 */
export class CountingGateway {
  readonly movements: Movement[] = [];
  readonly #known = new Map<string, ChargeOutcome>();

  constructor(private readonly options: GatewayOptions) {}

  /** As one process reaches it: what has not arrived when that is killed never does. */
  of(life: Life): PaymentGateway {
    return {
      charge: (charge) => this.#charge(charge, life),
      refund: (refund) => this.#refund(refund, life),
    };
  }

  /** Under this key money moves again from now on. */
  forget(kind: Movement['kind'], key: string): void {
    this.#known.delete(`${kind} ${key}`);
  }

  async #charge({ method, ...charge }: Charge, life: Life): Promise<ChargeOutcome> {
    await this.#onTheWay(life, method === 'tok_slow' ? SLOW_MS : TAKES_AT_MOST_MS);
    const outcome = this.#perform({ kind: 'charge', ...charge }, outcomeOf(method, charge.key));
    await this.#onTheWay(life, TAKES_AT_MOST_MS);
    return outcome;
  }

  async #refund(refund: GatewayRefund, life: Life): Promise<void> {
    await this.#onTheWay(life, TAKES_AT_MOST_MS);
    this.#perform({ kind: 'refund', ...refund }, outcomeOf('tok_ok', refund.key));
    await this.#onTheWay(life, TAKES_AT_MOST_MS);
  }

  #perform(movement: Movement, outcome: ChargeOutcome): ChargeOutcome {
    const name = `${movement.kind} ${movement.key}`;
    const known = this.#known.get(name);
    if (known) return known;
    this.#known.set(name, outcome);
    if (outcome.outcome === 'processed') this.movements.push(movement);
    this.options.happenings.happened();
    return outcome;
  }

  async #onTheWay(life: Life, atMostMs: number): Promise<void> {
    const { chance, platform } = this.options;
    await pause(platform, chance.between(0, atMostMs));
    life.check();
    if (chance.of(FAILS_PERCENT)) throw new Error('the connection to the gateway broke');
  }
}

const outcomeOf = (method: string, key: string): ChargeOutcome =>
  method === 'tok_declined'
    ? { outcome: 'declined', reason: 'declined' }
    : { outcome: 'processed', reference: `reference-of-${key}` };
