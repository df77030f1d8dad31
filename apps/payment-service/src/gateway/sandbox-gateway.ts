import { join } from 'node:path';
import { pause, type Platform } from '@ledgerline/es-core';
import { CONFIG, PLATFORM, ServiceNotReady, type ServicePart } from '@ledgerline/es-nest';
import { Inject, Injectable } from '@nestjs/common';
import type { PaymentConfig } from '../payment-environment.js';
import type { Charge, ChargeOutcome, GatewayRefund, PaymentGateway } from './payment-gateway.js';
import { SandboxLedger } from './sandbox-ledger.js';

const SLOW_MS = 2_000;

/**
 * A gateway that moves no money: it decides by the method's token (`tok_ok`, `tok_slow` after two seconds, `tok_declined`;
 * any other is declined as `unknown-method`) and keeps a ledger in the data directory, which specs and people can count.
 */
@Injectable()
export class SandboxGateway implements PaymentGateway, ServicePart {
  #ledger: SandboxLedger | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: PaymentConfig,
    @Inject(PLATFORM) private readonly platform: Platform,
  ) {}

  async open(): Promise<void> {
    this.#ledger = await SandboxLedger.open(join(this.config.DATA_DIR, 'gateway', 'ledger.ndjson'));
  }

  async close(): Promise<void> {
    const ledger = this.#ledger;
    this.#ledger = undefined;
    await ledger?.close();
  }

  async charge(charge: Charge): Promise<ChargeOutcome> {
    const known = this.#open().outcomeOf(charge.key);
    if (known) return known;
    if (charge.method === 'tok_slow') await pause(this.platform, SLOW_MS);
    const outcome = this.#decide(charge);
    await this.#open().record({ kind: 'charge', ...charge, outcome });
    return outcome;
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
