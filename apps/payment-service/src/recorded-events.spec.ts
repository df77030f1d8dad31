import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CommandHandler, EventStore } from '@ledgerline/es-core';
import { rehearseServiceTopic } from '@ledgerline/es-nest/rehearsal';
import { makeApplication } from '@ledgerline/es-nest/fastify';
import { memoryLog, memoryStorage, memoryStreamIndex, recordedTopic, testPlatform } from '@ledgerline/es-testing';
import { paymentEvents } from '@ledgerline/events';
import { readConfig } from '@ledgerline/shop-environment';
import { payment } from './payment/payment.aggregate.js';
import { paymentEnvironment } from './payment-environment.js';
import { paymentService } from './payment-service.js';
import { paymentView } from './payment/payment.view.js';

const { topic } = paymentEvents;
const recorded = (name: string): string =>
  readFileSync(new URL(`../../../samples/recordings/2026-11/${name}.ndjson`, import.meta.url), 'utf8');
const recording = recorded(topic);

describe('the payments that were recorded in November 2026', () => {
  it.each([
    ['536365', { status: 'processed', paid: { amount: '35.64' }, refunded: { amount: '0.00' } }],
    ['536366', { status: 'cancelled' }],
    ['536367', { status: 'refunded', paid: { amount: '20.34' }, refunded: { amount: '20.34' } }],
    ['536368', { status: 'declined' }],
    ['536369', { status: 'expired' }],
    ['536372', { status: 'requested' }],
    ['C536379', { refunded: { amount: '15.30' } }],
  ])('are folded by today’s code: %s', async (id, view) => {
    const platform = testPlatform({ seed: 1 });
    const log = memoryLog(recordedTopic(topic, recording));
    const onTrouble = (): void => undefined;
    const store = await EventStore.open({ log, index: memoryStreamIndex(), platform, source: 'spec', onTrouble });
    const payments = new CommandHandler(payment, { store, platform, settings: { payWithin: 1800 } });
    expect(paymentView(payments.stateOf(id).state)).toMatchObject(view);
    await store.close();
  });

  it('are decided again as they were, where the command can be told', async () => {
    const storage = memoryStorage({
      openLog: (name, { role }) =>
        role === 'reader'
          ? Promise.resolve(memoryLog(recordedTopic(name, recorded(name))))
          : Promise.reject(new Error('nothing is written')),
    });
    const rehearsedWith = async (seconds: string) => {
      const config = readConfig(paymentEnvironment, { PAYMENT_EXPIRES_AFTER_S: seconds });
      return await rehearseServiceTopic(await makeApplication(paymentService(config, { storage })));
    };
    // Three were refunds, and three of the payments' ends were asked for again.
    const decided = { events: 21, skipped: 0, decisions: 18, undecided: 6 };
    // All reactions but the gateway's calls: five charges and three refunds.
    const counts = { ...decided, reactions: 13, notRehearsed: 8 };
    expect(await rehearsedWith('15')).toMatchObject({ topics: [{ ...counts, findingsCount: 0 }] });
    const detail = 'it is decided with other data: expiresAt';
    expect(await rehearsedWith('16')).toMatchObject({
      topics: [{ ...counts, findingsCount: 6, findings: Array(6).fill({ problem: 'decision-changed', detail }) }],
    });
  });
});
