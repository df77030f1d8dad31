import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceRehearsals } from '../rehearse/service-rehearsals.js';
import type { Result } from '../terminal/print.js';
import { rehearseVerb } from './rehearse.verb.js';

const topic = {
  topic: 'orders.events',
  events: 7,
  skipped: 1,
  decisions: 3,
  undecided: 2,
  reactions: 5,
  notRehearsed: 4,
  findingsCount: 0,
  findings: [],
};
const finding = {
  ...{ problem: 'decision-changed', stream: 'order-1', version: 2, type: 'OrderConfirmed.v1' },
  ...{ position: 'orders.events/1@5', detail: 'it was OrderConfirmed, and is nothing' },
};
const reaction = {
  ...{ problem: 'reaction-changed', stream: 'order-1', version: 1, type: 'CreateOrder', position: 'orders.events/1@4' },
  detail: 'CartCheckedOut cart-1@2 leads to it with other data: channel',
};
const model = { name: 'order-page', revision: 3, liveRevision: 2, checked: 4, changedCount: 0, changed: [] };

describe('es rehearse', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerline-rehearse-'));
  const asked: string[] = [];
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Services that say this, each from a process of its own. */
  const run = (answers: Readonly<Record<string, string>>): Promise<Result> => {
    const mainFor = (service: string): string => {
      const main = join(directory, `${service}-${asked.length}.mjs`);
      const nothing = `console.log('{"topics":[],"readModels":[]}');`;
      writeFileSync(main, `if (process.argv[2] !== '--rehearse') process.exit(2);\n${answers[service] ?? nothing}`);
      return main;
    };
    return rehearseVerb((onService) =>
      serviceRehearsals((name) => {
        asked.push(name);
        onService(name);
      }, mainFor),
    );
  };
  const says = (answer: object): string => `console.log(${JSON.stringify(JSON.stringify(answer))});`;

  it('asks the code of every service, and is content where nothing would change', async () => {
    const { ok, json, text } = await run({
      'order-service': says({ topics: [topic], readModels: [] }),
      'projection-service': says({ topics: [], readModels: [model] }),
    });
    expect(asked).toEqual(['order-service', 'payment-service', 'projection-service']);
    expect([ok, json]).toEqual([true, { ok: true, topics: [topic], readModels: [model] }]);
    expect(text).toContain('Nothing would change.');
    expect(text).toMatch(/topic +events +skipped +decided again +not decided +reacted again +not reacted +changed\n/);
    expect(text).toMatch(/orders\.events +7 +1 +3 +2 +5 +4 +0/);
  });

  it('says what would change, and fails', async () => {
    const { ok, text } = await run({
      'order-service': says({
        topics: [{ ...topic, findingsCount: 12, findings: [finding, reaction] }],
        readModels: [],
      }),
      'projection-service': says({
        topics: [],
        readModels: [
          { ...model, changedCount: 1, changed: [{ id: '536365', problem: 'different', fields: ['order'] }] },
          { ...model, name: 'sales-report', failure: 'OrderCreated.v1 cannot be read' },
        ],
      }),
    });
    expect(ok).toBe(false);
    for (const line of [
      'decision-changed: OrderConfirmed.v1 at orders.events/1@5 (order-1, version 2): it was OrderConfirmed, and is nothing',
      'reaction-changed: CreateOrder at orders.events/1@4 (order-1, version 1): CartCheckedOut cart-1@2 leads to it with other data: channel',
      'orders.events: and 10 more',
      'order-page: 536365 would be different (order)',
      'sales-report: OrderCreated.v1 cannot be read',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it.each([
    ['what the service says', `console.error('order-service: nobody made the topic'); process.exit(1);`, 'nobody made'],
    ['that it gave no answer', `process.exit(1);`, 'order-service gave no answer'],
    ['that it gave no answer, where it is none that is known', `console.log('hello');`, 'order-service gave no answer'],
  ])('fails with %s where it could not look', async (_, script, message) => {
    await expect(run({ 'order-service': script })).rejects.toThrow(message);
  });
});
