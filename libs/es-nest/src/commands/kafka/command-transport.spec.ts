import { LogMisconfigured } from '@ledgerline/es-core';
import { eventually } from '@ledgerline/es-testing';
import { AnotherInstanceWrites } from '../../instances/command-handover.js';
import type { LogFacts } from '../../logging/log.js';
import { CommandTransport } from './command-transport.js';

describe('commands over Kafka', () => {
  it('are left to the instance that writes, until this one is to take its place', async () => {
    const [said, opened]: [LogFacts[], (readonly string[])[]] = [[], []];
    const keep = (event: string, facts: LogFacts = {}): void => void said.push({ event, ...facts });
    const instances = { standby: new AnotherInstanceWrites() as AnotherInstanceWrites | undefined };
    const transport = new CommandTransport({
      ...{ service: 'jar', onBatchRefused: () => undefined },
      broker: {
        clientOptions: () => ({ brokers: ['127.0.0.1:1'], clientId: 'spec' }),
        nameOnCluster: (name) => name,
        requireTopics: (topics) => {
          opened.push(topics);
          return Promise.reject(new LogMisconfigured('jars.commands', ['there is no such topic']));
        },
        // Nothing is fetched here.
        ...{ refusalOf: () => undefined, withBoundedFetching: (of) => of },
      },
      log: { debug: keep, info: keep, warn: keep, error: keep },
      instances: Object.assign(instances, { onChange: () => () => undefined }),
    });
    transport.addHandler('jars.commands', () => Promise.resolve());
    await transport.listen(() => undefined);
    try {
      await eventually(() =>
        expect(said).toMatchObject([{ event: 'commands-not-taken', code: 'another-instance-writes' }]),
      );
      expect(opened).toEqual([]);
      instances.standby = undefined;
      await eventually(() => expect(opened).toContainEqual(['jars.commands', 'jars.commands.reply']));
    } finally {
      await transport.close();
    }
  });
});
