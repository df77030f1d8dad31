import { join } from 'node:path';
import type { Platform } from '@ledgerline/es-core';
import { pause } from '@ledgerline/es-core/runtime';
import { PLATFORM, ServiceNotReady } from '@ledgerline/es-nest';
import { Coordinator, type ManagedResource } from '@ledgerline/es-nest/extension';
import { Inject, Injectable } from '@nestjs/common';
import { PAYMENT_CONFIG, type PaymentConfig } from '../payment-environment.js';
import type { Charge, ChargeOutcome, GatewayRefund, PaymentGateway } from './payment-gateway.js';
import { SandboxLedger } from './sandbox-ledger.js';

const SLOW_MS = 2_000;

/**
 * A gateway that moves no money: it decides by the method's token (`tok_ok`, `tok_slow` after two seconds, `tok_declined`;
 * any other is declined as `unknown-method`) and keeps a ledger, which specs and people can count. All instances of the service must keep the same one, as they would turn
 * to the same bank.
 */
@Injectable()
export class SandboxGateway implements PaymentGateway, ManagedResource {
  #ledger: SandboxLedger | undefined;

  constructor(
    @Inject(PAYMENT_CONFIG) private readonly config: PaymentConfig,
    @Inject(PLATFORM) private readonly platform: Platform,
    coordinator: Coordinator,
  ) {
    coordinator.add(this, 'store');
  }

  async open(): Promise<void> {
    const { DATA_DIR, GATEWAY_DIR = join(DATA_DIR, 'gateway') } = this.config;
    this.#ledger = await SandboxLedger.open(join(GATEWAY_DIR, 'ledger.ndjson'));
  }

  async close(): Promise<void> {
    const ledger = this.#ledger;
    this.#ledger = undefined;
    await ledger?.close();
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    const known = await this.#open().outcomeOf(charge.key);
    if (known) return known;
    if (charge.method === 'tok_slow') await pause(this.platform, SLOW_MS);
    const counting = await this.#open().record({ kind: 'charge', ...charge, outcome: this.#decide(charge) });
    if (counting.kind !== 'charge') throw new Error(`the ledger answered a charge with a ${counting.kind}`);
    return counting.outcome;
  }

  async refund(refund: GatewayRefund): Promise<void> {
    await this.#open().record({ kind: 'refund', ...refund });
  }

  #decide({ key, method }: Charge): ChargeOutcome {
    switch (method) {
      case 'tok_ok':
      case 'tok_slow':
        return { outcome: 'processed', reference: `sandbox-${this.platform.sha256(key).slice(0, 16)}` };
      case 'tok_declined':
        return { outcome: 'declined', reason: 'declined' };
      default:
        return { outcome: 'declined', reason: 'unknown-method' };
    }
  }

  #open(): SandboxLedger {
    if (!this.#ledger) throw new ServiceNotReady('starting or stopping');
    return this.#ledger;
  }
}
