import { describe, expect, it } from '@jest/globals';
import { KafkaContext } from '@nestjs/microservices';
import { z } from 'zod';
import { onlyCommand } from '../../fixtures/counter.js';
import type { Log, LogFacts } from '../../logging/log.js';
import type { ServiceEventStore } from '../../store/service-event-store.js';
import { answerCommandMessage } from './answer-command-message.js';

const commands = onlyCommand('Fill', {
  ...{ category: 'jar', schema: z.strictObject({ text: z.string() }) },
  handle: () => Promise.reject(new Error('was decided')),
});

describe('a command over Kafka', () => {
  const said: LogFacts[] = [];
  const keep = (event: string, facts: LogFacts = {}): void => void said.push({ event, ...facts });
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep };

  const answerTo = (value: string) => {
    const message = { value: Buffer.from(value), key: 'jar-1', offset: '7', headers: {} };
    const place = [message, 0, 'jars.commands'] as const;
    const context = new KafkaContext([...place, undefined, undefined, undefined] as never);
    return answerCommandMessage(context, { commands, store: {} as ServiceEventStore, log });
  };

  it.each([
    ['half an emoji', '{"id":"c-1","type":"Fill","stream":"jar-1","data":{"text":"\\ud83d"}}', 'data.text'],
    ['equal names', '{"id":"c-1","type":"Fill","stream":"jar-1","data":{"text":"a","text":"b"}}', 'data.text'],
    ['an inexact number', '{"id":"c-1","type":"Fill","stream":"jar-1","data":{"text":1e400}}', 'data.text'],
    ['__proto__', '{"id":"c-1","type":"Fill","stream":"jar-1","data":{"text":"a","__proto__":1}}', 'data.__proto__'],
  ])('is refused with %s, and the answer names the field', async (_what, value, field) => {
    said.length = 0;
    expect(await answerTo(value)).toMatchObject({
      ...{ id: 'c-1', status: 400, code: 'validation-failed', errors: [{ field }] },
    });
    expect(said).toEqual([
      {
        event: 'command-refused',
        topic: 'jars.commands',
        partition: 0,
        offset: '7',
        id: 'c-1',
        code: 'validation-failed',
      },
    ]);
  });
});
