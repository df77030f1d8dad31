import { EsError } from '@ledgerline/es-core';
import { ordersCommands, paymentsCommands } from '@ledgerline/events';
import { withStorage } from '../logs/shop-logs.js';
import { TOPICS } from '../logs/topics.js';
import type { Result } from '../terminal/print.js';

/** `es topics create`: makes what is missing of the topics on Kafka. May be repeated, and run by several at once. */
export const createTopicsVerb = (): Promise<Result> =>
  withStorage(async ({ provision, provisionCommands }) => {
    if (!provision || !provisionCommands) throw notOnKafka();
    const commands = [ordersCommands, paymentsCommands];
    const notes: string[] = [];
    for (const topic of TOPICS) notes.push(...(await provision(topic)).map((note) => `${topic}: ${note}`));
    for (const topic of commands) await provisionCommands(topic);
    const topics = [...TOPICS, ...commands];
    return { json: { topics, notes }, text: [...topics.map((topic) => `${topic} is ready`), ...notes].join('\n') };
  });

const notOnKafka = (): EsError =>
  new EsError(
    'not-on-kafka',
    'KAFKA_BROKERS is not set: on the embedded log each service makes its own topic, and nothing has to be made before',
    false,
  );
