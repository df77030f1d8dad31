import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import { logLevel } from 'kafkajs';
import { firstValueFrom, timeout } from 'rxjs';

/** One command, as the services take it. */
export interface SentCommand {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly data: unknown;
}

export type Reply = Readonly<Record<string, unknown>>;

/** What a message of kafkajs has that a spec may want to be odd. */
export interface OddMessage {
  readonly key?: string | Buffer | null;
  readonly value: unknown;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}

export interface CommandClientOptions {
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly group: string;
  readonly ssl?: { readonly ca: string };
  readonly sasl?: { readonly mechanism: 'plain'; readonly username: string; readonly password: string };
}

const ANSWERED_WITHIN_MS = 20_000;

Logger.overrideLogger(['error']);

/** Another service, with nothing but Nest's own client of Kafka. */
export class CommandClient {
  readonly kafka: ClientKafka;

  private constructor({ brokers, topics, group, ...security }: CommandClientOptions) {
    this.kafka = new ClientKafka({
      client: { brokers: [...brokers], clientId: group, logLevel: logLevel.NOTHING, ...security },
      consumer: { groupId: group, maxWaitTimeInMs: 100 },
      // As it is, a client that is new begins at the end of the replies, and misses those to its first commands.
      subscribe: { fromBeginning: true },
    });
    for (const topic of topics) this.kafka.subscribeToResponseOf(topic);
  }

  static async connect(options: CommandClientOptions): Promise<CommandClient> {
    const client = new CommandClient(options);
    await client.kafka.connect();
    return client;
  }

  /** Sends the command and waits for its reply. */
  send(topic: string, command: SentCommand, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.ask(topic, { key: command.stream, value: command, headers });
  }

  ask(topic: string, message: OddMessage): Promise<Reply> {
    return firstValueFrom(this.kafka.send<Reply>(topic, message).pipe(timeout(ANSWERED_WITHIN_MS)));
  }

  /** Sends commands in one request, in this order, and waits for no reply. */
  async emit(topic: string, commands: readonly SentCommand[]): Promise<void> {
    const messages = commands.map((command) => ({ key: command.stream, value: command }));
    await firstValueFrom(this.kafka.emitBatch<unknown>(topic, { messages }));
  }

  close(): Promise<void> {
    return this.kafka.close();
  }
}
