import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ForwardedCommand } from '@ledgerline/es-core/runtime';
import { eventually, testPlatform } from '@ledgerline/es-testing';
import { collectGarbage } from '../fixtures/collect-garbage.js';
import { SPEC_SECRET } from '../fixtures/peer.js';
import { CommandForwarder } from './command-forwarder.js';
import { InstanceSecret } from './instance-secret.js';

describe('a forwarder', () => {
  let silent: Server;
  let requests: number;
  let warnings: string[];
  let forwarder: CommandForwarder;

  beforeEach(async () => {
    [requests, warnings] = [0, []];
    silent = createServer(() => (requests += 1));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    forwarder = new CommandForwarder({
      ...{ log: { warn: (event) => void warnings.push(event) }, now: () => performance.now() },
      ...{
        platform: testPlatform({ seed: 1 }),
        secret: new InstanceSecret(SPEC_SECRET, 'spec'),
        answeredWithinMs: 500,
      },
    });
  });
  afterEach(async () => {
    silent.closeAllConnections();
    await forwarder.close();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('waits no longer than it may for an instance that says nothing, whatever garbage is collected meanwhile', async () => {
    const address = { url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, token: 'token' };
    const command = { category: 'counter', id: 'c', command: { type: 'Count' }, metadata: { commandId: 'x' } };
    const answers: unknown[] = [];
    for (let partition = 0; partition < 10; partition += 1)
      void forwarder.send(address, partition, command as ForwardedCommand)?.then((answer) => answers.push(answer));
    await eventually(() => expect(requests).toBe(10), { everyMs: 10 });
    // A collection of all that a busy test process has may take longer than the forwards do; without an end they never end.
    await eventually(
      () => {
        collectGarbage();
        expect(answers).toHaveLength(10);
      },
      { everyMs: 50 },
    );
    expect(answers).toContainEqual({ status: 'not-forwarded', handover: expect.any(String) as string });
    expect(warnings).toEqual(Array.from({ length: 10 }, () => 'instance-unreachable'));
  });
});
